"""A model in an ONNX file, run here by onnxruntime on one core.

`model.onnx` has one output of three columns, probabilities or logits. Its input is either one column of texts
(tensor of strings, shape [n] or [n, 1]), or `input_ids` and `attention_mask` (int64, [n, length]), made by
the tokeniser in `tokenizer.json` beside it. `model.json` beside it is optional:
{"labels": ["negative", "neutral", "positive"], "max_tokens": 128}, the labels in the order of the columns.

A run that fails, or gives what is no number, costs no mention: the tables judge its texts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import structlog
from numpy.typing import NDArray

from mentions.sentiment.masks import masked, pattern
from mentions.sentiment.model import LABELS, Sentiment
from mentions.sentiment.scorer import Scorer

AT_ONCE = 64
"""Texts in one run."""
MAX_TOKENS = 128
MAX_CHARS = 4_000
"""What of a text is read: more than any tokeniser makes MAX_TOKENS of."""

Floats = NDArray[np.float64]

log = structlog.get_logger(__name__)


class BrokenModel(Exception):
    """The file, or what lies beside it, is not what the contract says."""


class OnnxModel:
    """Texts in, judgements out."""

    def __init__(self, path: Path) -> None:
        """Open the file and try it on a word. Raises BrokenModel."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own errors share no other base
            raise BrokenModel(f"{path.name} cannot be opened as an ONNX model") from error
        beside = _settings(path.with_suffix(".json"))
        self._order = [beside["labels"].index(label) for label in LABELS]
        self._inputs = {given.name: given for given in self._session.get_inputs()}
        self._tokenizer = _tokenizer(path, beside["max_tokens"]) if "input_ids" in self._inputs else None
        self._names = pattern(())
        self._tables = Scorer.load()
        self.name = path.name
        self.failing: str | None = None
        """Why the tables judged texts of the last batch; None: they did not."""
        self._try()

    def know(self, names: frozenset[str]) -> None:
        """Mask these names before a text is read."""
        self._names = pattern(names)
        self._tables.know(names)

    def prepare(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        """Nothing to do: the model is here."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return one judgement per text; the model finds the language out for itself."""
        if len(texts) != len(langs):
            raise ValueError("as many languages as texts")
        found: list[Sentiment] = []
        why: str | None = None
        for at in range(0, len(texts), AT_ONCE):
            part = texts[at : at + AT_ONCE]
            try:
                found += self._run(part)
            except Exception as error:  # onnxruntime's own errors share no other base
                why = str(error)[:200] or type(error).__name__
                found += self._tables.score(part, langs[at : at + AT_ONCE])
        if texts:
            self._note(why)
        return found

    def _run(self, texts: Sequence[str]) -> list[Sentiment]:
        rows = self._probabilities([masked(text[:MAX_CHARS], self._names) for text in texts])
        if rows.shape != (len(texts), len(LABELS)) or not np.isfinite(rows).all():
            raise BrokenModel(f"{self.name} does not give three finite numbers a text")
        return [_judgement(row) for row in rows.tolist()]

    def _note(self, why: str | None) -> None:
        if why is not None and self.failing is None:
            log.warning("sentiment.file_fails", file=self.name, why=why, instead="tables")
        elif why is None and self.failing is not None:
            log.info("sentiment.file_back", file=self.name)
        self.failing = why

    def _probabilities(self, texts: list[str]) -> Floats:
        (output, *_) = self._session.run(None, self._given(texts))
        columns = np.asarray(output, np.float64)[:, self._order]
        if (columns < 0).any() or not np.allclose(columns.sum(1), 1, atol=0.01):
            raised = np.exp(columns - columns.max(1, keepdims=True))
            columns = raised / raised.sum(1, keepdims=True)
        return columns

    def _given(self, texts: list[str]) -> dict[str, Any]:
        if self._tokenizer is None:
            ((name, given),) = self._inputs.items()
            column = np.array(texts, dtype=object)
            return {name: column.reshape(-1, 1) if len(given.shape) == 2 else column}
        coded = self._tokenizer.encode_batch(texts)
        made = {
            "input_ids": np.array([one.ids for one in coded], np.int64),
            "attention_mask": np.array([one.attention_mask for one in coded], np.int64),
        }
        made["token_type_ids"] = np.zeros_like(made["input_ids"])
        return {name: made[name] for name in self._inputs}

    def _try(self) -> None:
        try:
            self._run(["good", "bad"])
        except BrokenModel:
            raise
        except Exception as error:  # onnxruntime's own errors share no other base
            raise BrokenModel(f"{self.name} does not take texts as the contract says") from error


def _judgement(row: list[float]) -> Sentiment:
    sure = max(row)
    return Sentiment(LABELS[row.index(sure)], row[2] - row[0], sure)


def _settings(path: Path) -> dict[str, Any]:
    """Read what lies beside the model, or the defaults."""
    found: dict[str, Any] = {"labels": list(LABELS), "max_tokens": MAX_TOKENS}
    if path.exists():
        try:
            found |= json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, TypeError) as error:
            raise BrokenModel(f"{path.name} is not a JSON object") from error
    if not isinstance(found["labels"], list) or sorted(map(str, found["labels"])) != sorted(LABELS):
        raise BrokenModel(f"{path.name}: labels must be {', '.join(LABELS)}, in the columns' order")
    if not isinstance(found["max_tokens"], int) or not 1 <= found["max_tokens"] <= 4096:
        raise BrokenModel(f"{path.name}: max_tokens must be a whole number from 1 to 4096")
    return found


def _tokenizer(path: Path, longest: int) -> Any:
    beside = path.with_name("tokenizer.json")
    if not beside.exists():
        raise BrokenModel(f"{path.name} takes input_ids, and there is no tokenizer.json beside it")
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(beside))
    except Exception as error:  # the library raises bare exceptions
        raise BrokenModel("tokenizer.json cannot be read") from error
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding()
    return tokenizer
