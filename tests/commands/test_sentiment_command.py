"""`tocsin sentiment`: JSON lines in, JSON lines out, one clear line when the input is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HARNESS = (
    "import argparse, sys; from tocsin.commands import sentiment as c; p = argparse.ArgumentParser();"
    "c.configure(p); sys.exit(c.run(p.parse_args()))"
)


def run(given: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", HARNESS, *args]
    return subprocess.run(command, input=given, capture_output=True, cwd=ROOT, timeout=60, check=False)


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_each_line_gets_one_answer_in_order() -> None:
    done = run(
        lines(
            {"text": "I love this, thank you!", "lang": "en"},
            {"text": "Ningú no em respon i el paquet ha arribat trencat, quina vergonya"},
            {"text": "Quelle honte, je suis furieux", "lang": "fr-CA"},
        )
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert done.stderr == b""
    assert [(one["lang"], one["label"]) for one in answers] == [
        ("en", "positive"),
        ("ca", "negative"),
        ("fr", "negative"),
    ]
    assert all(set(one) == {"lang", "label", "score"} and -1 <= one["score"] <= 1 for one in answers)


def test_nothing_in_nothing_out() -> None:
    done = run(b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_blank_lines_a_missing_last_newline_and_crlf_are_fine() -> None:
    done = run(b'\n{"text": "good morning"}\r\n\n{"text": "bad luck"}')
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2


def test_an_empty_text_is_a_text() -> None:
    done = run(lines({"text": ""}, {"text": "", "lang": "es"}, {"text": "hola", "lang": None}))
    assert done.returncode == 0
    assert [json.loads(line)["lang"] for line in done.stdout.splitlines()][:2] == ["und", "es"]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b"{", "not JSON"),
        (b"[1]", "expected an object"),
        (b'"text"', "expected an object"),
        (b'{"lang": "en"}', '"text" is missing'),
        (b'{"text": 5}', '"text" is not a string'),
        (b'{"text": null}', '"text" is not a string'),
        (b'{"text": "a\\ud800b"}', "surrogate"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b'{"text": "a", "lang": 3}', '"lang" is not a string'),
        (b'{"text": "a", "lang": "\\"}"}', '"lang" is not a language code'),
        (b'{"text": ' + b"[" * 100_000, "JSON"),
        (b'{"text": "a", "n": ' + b"9" * 10_000 + b"}", "JSON"),
    ],
)
def test_a_broken_line_is_named_in_one_line(broken: bytes, why: str) -> None:
    done = run(lines({"text": "fine"}) + b"\n" + broken + b"\n" + lines({"text": "never read"}))
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    message = done.stderr.decode()
    assert message.count("\n") == 1
    assert "line 3" in message
    assert why in message


def test_a_line_without_an_end_is_refused_before_the_memory_is_full() -> None:
    done = run(lines({"text": "fine"}) + bytes(11_000_000))
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 1)
    assert done.stderr == b"tocsin sentiment: line 2: longer than 10,000,000 bytes\n"


def test_a_huge_text_is_scored() -> None:
    done = run(lines({"text": "terrible service, never again! " * 40_000}, {"text": "x" * 2_000_000}))
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["label"] == "negative"


def test_masked_names_do_not_count() -> None:
    text = {"text": "Best Buy opens at nine", "lang": "en"}
    masked = json.loads(run(lines(text), "--mask", "Best Buy").stdout)
    assert (
        masked["score"] == json.loads(run(lines({"text": "@x opens at nine", "lang": "en"})).stdout)["score"]
    )


def test_a_reader_that_leaves_is_no_error() -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", HARNESS],
        stdin=subprocess.PIPE,
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    os.close(writing)
    os.close(reading)
    _, errors = process.communicate(lines(*[{"text": "hello there"}] * 2000), timeout=60)
    assert errors == b""
    assert process.returncode == 0


def test_answers_come_while_the_input_stays_open() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HARNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines({"text": "what a lovely day", "lang": "en"}))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["label"] == "positive"
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_starting_does_not_load_what_scoring_does_not_need() -> None:
    code = (
        "import sys; import tocsin.commands.sentiment; "
        "print(sorted({'sklearn', 'scipy', 'pydantic', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
