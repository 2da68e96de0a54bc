"""A better model by setting: a real ONNX file, and a real server with bad days."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from kit.settings import SettingsError, load
from mentions.sentiment import Scorer, Sentiment
from mentions.sentiment.masks import masked, names_in, pattern
from mentions.sentiment.model import Replaced
from mentions.sentiment.plugged import open_model, served
from mentions.sentiment.plugged.served import REST, BadAnswer, ServedModel, judgements

COMPLAINT = "This is a disgrace, I am furious"
TABLES = Scorer.load()

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def fine(asked: dict[str, Any]) -> tuple[int, bytes]:
    """All positive: what the tables would never say of a complaint."""
    one = {"label": "positive", "score": 0.5, "confidence": 0.75}
    return 200, json.dumps({"results": [one] * len(asked["texts"])}).encode()


class Server:
    """A model server on the loopback that answers as the test says and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = fine
        self.asked: list[dict[str, Any]] = []
        self.pause = 0.0
        """Seconds before each byte."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(content)
                status, body = outer.answer(content)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):
                    for byte in body if outer.pause else ():
                        time.sleep(outer.pause)
                        self.wfile.write(bytes([byte]))
                if not outer.pause:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/judge"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(server: Server, clock: Clock) -> Iterator[ServedModel]:
    model = ServedModel(server.url, tables=Scorer.load(), clock=clock)
    yield model
    model.close()


def judge(model: ServedModel, *texts: str) -> list[Sentiment]:
    model.prepare(texts, ["en"] * len(texts))
    return model.score(texts, ["en"] * len(texts))


def test_the_servers_word_counts(server: Server, model: ServedModel) -> None:
    assert judge(model, COMPLAINT) == [Sentiment("positive", 0.5, 0.75)]
    assert server.asked == [{"texts": [{"text": COMPLAINT, "lang": "en"}]}]
    assert model.failing is None


def test_texts_go_in_batches(server: Server, model: ServedModel) -> None:
    judge(model, *[f"text {number}" for number in range(150)])
    assert [len(asked["texts"]) for asked in server.asked] == [64, 64, 22]


def test_what_the_server_never_saw_is_judged_by_the_tables(model: ServedModel) -> None:
    assert model.score([COMPLAINT], ["en"]) == TABLES.score([COMPLAINT], ["en"])


@pytest.mark.parametrize(
    "answer",
    [
        (503, b"busy"),
        (200, b"not JSON"),
        (200, b"[]"),
        (200, b'{"results": []}'),
        (200, b'{"results": [{"label": "angry", "score": 0, "confidence": 1}]}'),
        (200, b'{"results": [{"label": "neutral", "score": 7, "confidence": 1}]}'),
        (200, b'{"results": [{"label": "neutral", "score": "0", "confidence": 1}]}'),
        (200, b'{"results": [{"label": "neutral", "score": NaN, "confidence": 1}]}'),
        (200, b" " * (served.MOST + 1)),
    ],
)
def test_a_bad_answer_leaves_it_to_the_tables_and_says_so(
    server: Server, model: ServedModel, answer: tuple[int, bytes]
) -> None:
    server.answer = lambda _: answer
    assert judge(model, COMPLAINT) == TABLES.score([COMPLAINT], ["en"])
    assert model.failing


def test_a_server_that_fails_is_left_alone_for_a_while(
    server: Server, model: ServedModel, clock: Clock
) -> None:
    server.answer = lambda _: (500, b"")
    judge(model, COMPLAINT)
    server.answer = fine
    assert judge(model, COMPLAINT)[0].label == "negative"
    assert len(server.asked) == 1
    clock.time += REST
    assert judge(model, COMPLAINT)[0].label == "positive"
    assert model.failing is None


def test_nobody_there_is_no_error(server: Server) -> None:
    server.close()
    model = ServedModel(server.url, tables=TABLES)
    assert judge(model, COMPLAINT)[0].label == "negative"
    assert model.failing
    model.close()
    server._server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # for the fixture to close
    server._thread = threading.Thread(target=server._server.serve_forever, daemon=True)
    server._thread.start()


def test_a_slow_server_costs_the_time_limit_once(
    server: Server, model: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "LIMIT", 0.1)
    leave = threading.Event()

    def slow(asked: dict[str, Any]) -> tuple[int, bytes]:
        leave.wait(0.4)
        return fine(asked)

    server.answer = slow
    assert judge(model, COMPLAINT)[0].label == "negative"
    leave.set()
    assert model.failing


def test_an_answer_that_drips_costs_the_time_limit_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "LIMIT", 0.2)
    server.pause = 0.03  # never silent for long, and never done
    model = ServedModel(server.url, tables=TABLES)
    begun = time.monotonic()
    assert judge(model, COMPLAINT) == TABLES.score([COMPLAINT], ["en"])
    assert time.monotonic() - begun < 10.0
    assert model.failing == "its answer takes too long"
    model.close()


def test_a_server_that_cannot_keep_up_judges_what_it_can(
    server: Server, model: ServedModel, clock: Clock
) -> None:
    def tired(asked: dict[str, Any]) -> tuple[int, bytes]:
        clock.time += 1.5
        return fine(asked)

    server.answer = tired
    found = judge(model, *[f"{COMPLAINT} {number}" for number in range(64 * 3)])
    assert [one.label for one in found] == ["positive"] * 128 + ["negative"] * 64
    assert model.failing == "it is too slow for what arrives"


def test_names_do_not_leave_the_house(server: Server, model: ServedModel) -> None:
    model.know(frozenset({"Best Buy"}))
    judge(model, "I hate best buy!")
    assert server.asked[0]["texts"][0]["text"] == "I hate @user!"


def test_an_answers_judgements_are_read_in_order() -> None:
    one = {"label": "negative", "score": -1, "confidence": 1}
    two = {"label": "neutral", "score": 0, "confidence": 0.5}
    assert judgements({"results": [one, two]}, 2) == [
        Sentiment("negative", -1.0, 1.0),
        Sentiment("neutral", 0.0, 0.5),
    ]
    with pytest.raises(BadAnswer, match="list of 3"):
        judgements({"results": [one, two]}, 3)


def test_names_are_the_capitalised_terms_of_queries() -> None:
    found = names_in(('renfe AND ("Best Buy" OR United) NOT refund', "Orange NEAR/3 fibra"))
    assert found == {"Best Buy", "United", "Orange"}


def test_a_name_is_masked_as_a_whole_word() -> None:
    names = pattern(["Free", "Best Buy"])
    assert masked("Free fibre, freedom, BEST BUY", names) == "@user fibre, freedom, @user"
    assert pattern([]) is None


# ONNX


def by_text(folder: Path, **scores: tuple[float, float, float]) -> Path:
    """A model over whole texts: the given scores for the given texts, mostly neutral for others."""
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    nodes = []
    for column in range(3):
        values = [float(row[column]) for row in scores.values()]
        nodes.append(
            helper.make_node(
                "LabelEncoder",
                ["text"],
                [f"one{column}"],
                domain="ai.onnx.ml",
                keys_strings=list(scores),
                values_floats=values,
                default_float=0.8 if column == 1 else 0.1,
            )
        )
    nodes.append(helper.make_node("Concat", ["one0", "one1", "one2"], ["scores"], axis=1))
    graph = helper.make_graph(
        nodes,
        "by text",
        [helper.make_tensor_value_info("text", TensorProto.STRING, [None, 1])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 3])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 2)]
    path = folder / "tiny.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(path))
    return path


def by_tokens(folder: Path) -> Path:
    """A model over token ids: a weight for each of three words, summed where the mask says so.

    It has nothing that is a number for `void`, and no row at all for `wild`: a run over that fails.
    """
    onnx = pytest.importorskip("onnx")
    tokenizers = pytest.importorskip("tokenizers")
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel(
            {"[UNK]": 0, "awful": 1, "lovely": 2, "void": 3, "wild": 4}, unk_token="[UNK]"
        )
    )
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(folder / "tokenizer.json"))
    weights = np.array([[0, 1, 0], [6, 0, 0], [0, 0, 6], [np.nan] * 3], np.float32)
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["each", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["logits"], keepdims=0),
    ]
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [None, None])
        for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(
        nodes,
        "by tokens",
        ids,
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [None, 3])],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "middle"),
        ],
    )
    path = folder / "tokens.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def test_an_onnx_file_over_texts_judges(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    model = open_model(str(by_text(tmp_path, **{"fine day": (0.1, 0.2, 0.7)})))
    found = model.score(["fine day", "some other"] * 50, [None] * 100)
    assert [one.label for one in found] == ["positive", "neutral"] * 50
    assert found[0].score == pytest.approx(0.6)
    assert found[0].confidence == pytest.approx(0.7)


def test_the_columns_order_is_read_from_beside_the_model(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    path = by_text(tmp_path, **{"fine day": (0.1, 0.2, 0.7)})
    path.with_suffix(".json").write_text('{"labels": ["positive", "neutral", "negative"]}')
    assert open_model(str(path)).score(["fine day"], ["en"])[0].label == "negative"


def test_an_onnx_file_over_tokens_judges(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    model = open_model(str(by_tokens(tmp_path)))
    found = model.score(["awful", "lovely", "a lovely lovely day", "desk"], ["en"] * 4)
    assert [one.label for one in found] == ["negative", "positive", "positive", "neutral"]
    assert model.score([], []) == []
    assert model.score(["awful " * 5000], [None])[0].label == "negative"
    model.know(frozenset({"lovely"}))
    assert model.score(["lovely"], [None])[0].label == "neutral"


@pytest.mark.parametrize(
    ("beside", "content", "why"),
    [
        ("tiny.json", "{", "not a JSON object"),
        ("tiny.json", '{"labels": ["good", "bad"]}', "labels must be"),
        ("tiny.json", '{"max_tokens": 0}', "max_tokens"),
        ("tiny.onnx", "not a model", "cannot be opened"),
    ],
)
def test_a_broken_model_is_named(tmp_path: Path, beside: str, content: str, why: str) -> None:
    pytest.importorskip("onnxruntime")
    path = by_text(tmp_path, a=(1, 0, 0))
    (tmp_path / beside).write_text(content)
    with pytest.raises(SettingsError, match=why):
        open_model(str(path))


def test_a_token_model_without_its_tokeniser_is_named(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    path = by_tokens(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(SettingsError, match=r"no tokenizer\.json"):
        open_model(str(path))


@pytest.mark.parametrize("word", ["wild", "void"])
def test_a_run_of_a_file_that_fails_leaves_its_texts_to_the_tables_and_says_so(
    tmp_path: Path, word: str
) -> None:
    pytest.importorskip("onnxruntime")
    model = open_model(str(by_tokens(tmp_path)))
    texts = ["lovely"] * 64 + [f"{word}. {COMPLAINT}"]
    found = model.score(texts, ["en"] * 65)
    assert [one.label for one in found[:64]] == ["positive"] * 64
    assert found[64:] == TABLES.score(texts[64:], ["en"])
    assert isinstance(model, Replaced)
    assert model.failing
    assert model.score([], []) == []
    assert model.failing, "nothing was asked of it"
    model.score(["lovely"], ["en"])
    assert model.failing is None


# The setting


def test_without_the_setting_the_tables_judge() -> None:
    assert isinstance(open_model(None), Scorer)


@pytest.mark.parametrize("value", ["/nowhere/model.onnx", "ftp://example.org/model"])
def test_an_unclear_setting_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TOCSIN_SENTIMENT_MODEL"):
        load({"TOCSIN_SENTIMENT_MODEL": value})


def test_a_url_or_a_file_is_a_setting(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"x")
    for value in ("http://127.0.0.1:1/judge", str(tmp_path / "m.onnx")):
        assert load({"TOCSIN_SENTIMENT_MODEL": value}).sentiment_model == value
