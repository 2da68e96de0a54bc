"""What was learned from people's decisions about labels, applied: a naive Bayes that says why. Pure.

P(label | text) ∝ P(label) Π P(feature | label); `mentions.triage.teaching` makes the table, and cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mentions.texts.stopwords import STOPWORDS
from mentions.texts.text import fold
from mentions.triage.labels import LABELS, Told, decide

ANSWERS = (*LABELS, "")
"""What a text can be: the columns of all tables."""
ENOUGH = 20
"""Decisions for a label before it is learned."""
SURE = 0.9
"""Posterior that a learned label has at least."""
CLEARER = 10.0
"""Times that it is likelier than the rules' label."""
NEVER_TAKEN = "threat"
WORDS = 100
"""Of a text, as many are looked at."""
REASONS = 3
"""Words that are told as a reason, at most."""

_WORD = re.compile(r"\w+")

Floats = NDArray[np.float64]
Columns = NDArray[np.intp]


class Heard(NamedTuple):
    """What is known of one text."""

    words: Sequence[str]
    """In their order, folded, as the rules see them."""
    lang: str
    sentiment: str
    ruled: str
    """The rules' label."""

    def features(self) -> list[str]:
        """Each word once; no word has a colon in it."""
        about = (f"lang:{self.lang}", f"sentiment:{self.sentiment}", f"rules:{self.ruled}")
        return [*about, *dict.fromkeys(self.words[:WORDS])]


class Change(NamedTuple):
    """A label that is not the rules'."""

    label: str
    decisions: int
    """Of people for this label."""
    words: Sequence[str]
    """Those that spoke most for it and against the rules' label, folded; words like "the" come last."""

    def reason(self, text: str) -> str:
        """Why, as it is stored: the number of decisions, and the words as this text spells them."""
        spelt = {fold(word): word.lower() for word in _WORD.findall(text)}
        return " ".join([str(self.decisions), *(spelt.get(word, word) for word in self.words)])


@dataclass(frozen=True)
class Learned:
    """The weights of features: one look-up and one addition for each that a text has."""

    rows: Mapping[str, int]
    """Where each feature is in the table, from 1."""
    table: Floats
    """[1 + features, labels] log P(feature | label); row 0 is log P(label)."""
    decided: Mapping[str, int]
    """How often people gave each label."""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Learned:
        """What `written` gave."""
        rows = {feature: row for row, feature in enumerate(kept["features"], start=1)}
        return cls(rows, np.array(kept["table"]), kept["decided"])

    def written(self) -> dict[str, Any]:
        """As JSON."""
        table = self.table.round(3).tolist()
        return {"features": list(self.rows), "table": table, "decided": dict(self.decided)}

    def changes(self, heard: Sequence[Heard]) -> dict[int, Change]:
        """The texts, by their places, for which the rules' label is given up, each with what it gets."""
        if not heard:
            return {}
        ruled = columns(one.ruled for one in heard)
        found = [[0, *known(self.rows, one)] for one in heard]
        starts = [0, *accumulate(map(len, found[:-1]))]
        sums = np.add.reduceat(self.table[list(chain.from_iterable(found))], starts)
        chosen = choose(sums, ruled, self.decided)
        changed = np.flatnonzero(chosen != ruled).tolist()
        return {at: self._change(heard[at], chosen[at], ruled[at]) for at in changed}

    def _change(self, heard: Heard, label: int, ruled: int) -> Change:
        weight = {
            word: float(self.table[self.rows[word], label] - self.table[self.rows[word], ruled])
            for word in heard.words[:WORDS]
            if word in self.rows
        }
        spoke = (word for word in weight if weight[word] > 0)
        strongest = sorted(spoke, key=lambda word: (word in STOPWORDS, -weight[word]))
        return Change(ANSWERS[label], self.decided[ANSWERS[label]], strongest[:REASONS])


def labelled(
    texts: Sequence[str], langs: Sequence[str], told: Sequence[Told], learned: Learned | None
) -> list[tuple[str, str | None]]:
    """Return each text's label, and why where it is not the rules'."""
    ruled = [decide(one) for one in told]
    if learned is None:
        return [(label, None) for label in ruled]
    heard = [
        Heard(one.words, lang, one.sentiment.label, label)
        for one, lang, label in zip(told, langs, ruled, strict=True)
    ]
    changes = learned.changes(heard)
    return [
        (changes[at].label, changes[at].reason(text)) if at in changes else (label, None)
        for at, (text, label) in enumerate(zip(texts, ruled, strict=True))
    ]


def known(rows: Mapping[str, int], heard: Heard) -> list[int]:
    """The rows of the text's features, of those that have one."""
    return list(filter(None, map(rows.get, heard.features())))


def columns(labels: Iterable[str]) -> Columns:
    return np.array([ANSWERS.index(label) for label in labels], np.intp)


def choose(sums: Floats, ruled: Columns, decided: Mapping[str, int]) -> Columns:
    """The column of each text's label: the rules', unless another one is sure, clearer and well taught.

    `sums`: [texts, labels] log P(label) + Σ log P(feature | label).
    """
    at = np.arange(len(ruled))
    shares = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    taught = np.array([decided.get(label, 0) >= ENOUGH for label in ANSWERS])
    best = (shares * taught).argmax(axis=1)
    clear = taught[best] & (shares[at, best] >= np.maximum(SURE, CLEARER * shares[at, ruled]))
    return np.where(clear & (ruled != ANSWERS.index(NEVER_TAKEN)), best, ruled)
