"""How far the model's word can be trusted, by language: on held-back texts, and by people who looked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kit.db import ReadSession
from mentions.sentiment import corrections
from mentions.sentiment.corrections import Agreement, wilson

FILE = Path(__file__).parent / "tables" / "accuracy.json"


class HeldBack(NamedTuple):
    """What `mentions.sentiment.measure` found on one set of texts; shares in per cent."""

    source: str
    texts: int
    macro_f1: float
    negative_recall: float
    negative_precision: float


class Accuracy(NamedTuple):
    """One language: figures of the tables in the package, and what people said of the model in use."""

    lang: str
    held_back: Sequence[HeldBack]
    people: Agreement


@cache
def measured() -> dict[str, list[HeldBack]]:
    """Return the figures that ship with the tables, by language."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {lang: [HeldBack(**one) for one in sources] for lang, sources in found.items()}


async def by_language(session: ReadSession) -> list[Accuracy]:
    """Return the measured languages in their order, then others of which people have judged something."""
    people = {one.lang: one for one in await corrections.agreement(session)}
    shipped = measured()
    langs = [*shipped, *(lang for lang in people if lang not in shipped)]
    return [Accuracy(lang, shipped.get(lang, []), people.get(lang, _nobody(lang))) for lang in langs]


def _nobody(lang: str) -> Agreement:
    return Agreement(lang, 0, 0, *wilson(0, 0))
