"""Labels learned from what people decided, and how often that is right. Pure.

Multinomial naive Bayes, each word once a text (A. McCallum and K. Nigam, "A Comparison of Event Models for
Naive Bayes Text Classification", 1998), smoothed towards how often all say a word (the Dirichlet prior of
C. Zhai and J. Lafferty, "A Study of Smoothing Methods for Language Models", 2001):

    P(feature | label) = (its count + PRIOR · its share of all counts) / (all counts of the label + PRIOR)
    P(label) = (its texts + 1) / (all texts + labels)

What nobody decided about is taught, too, with the rules' label and a small weight each: people look at what
seems wrong, and by their decisions alone the rules would always be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mentions.triage.learned import ANSWERS, Floats, Heard, Learned, choose, columns, known

PRIOR = 20.0
BACKGROUND = 2.0
"""What nobody decided about weighs so many times what people decided, each as one decision at most."""
VOCABULARY = 4_000
TWICE = 2
"""Decisions that have a feature which gets a row: what one text alone says is not kept."""


class Lesson(NamedTuple):
    """A text and a person's label for it."""

    heard: Heard
    label: str


class Tried(NamedTuple):
    """How often rules and model are right, each decision judged by what the others teach."""

    decisions: int
    rules_right: int
    learned_right: int


@dataclass(frozen=True)
class Counts:
    """What was counted of decisions and background."""

    rows: Mapping[str, int]
    """Where each feature is, from 1."""
    features: Floats
    """[1 + features, labels], from row 1."""
    texts: Floats
    """[labels]."""
    decided: Counter[str]
    """How often people gave each label."""

    @cached_property
    def words(self) -> Floats:
        """[labels] all counts of features."""
        return np.asarray(self.features.sum(axis=0))

    def learned(self) -> Learned:
        table = [_log_prior(self.texts), *_log_likelihood(self.features[1:], self.words)]
        return Learned(self.rows, np.array(table), self.decided)

    def without(self, lesson: Lesson) -> Floats:
        """[labels] the sum for this text by what all the others teach."""
        found, own = known(self.rows, lesson.heard), ANSWERS.index(lesson.label)
        features, words, texts = self.features[found], self.words.copy(), self.texts.copy()
        features[:, own] -= 1
        words[own] -= len(found)
        texts[own] -= 1
        return np.asarray(_log_prior(texts) + _log_likelihood(features, words).sum(axis=0))


def count(decisions: Sequence[Lesson], background: Sequence[Heard]) -> Counts:
    """Count what people decided, and, lightly, what they did not."""
    found = Counter(feature for one in decisions for feature in one.heard.features())
    often = sorted((name for name in found if found[name] >= TWICE), key=lambda name: (-found[name], name))
    rows = {name: row for row, name in enumerate(often[:VOCABULARY], start=1)}
    features, texts = np.zeros((len(rows) + 1, len(ANSWERS))), np.zeros(len(ANSWERS))
    weight = min(1.0, BACKGROUND * len(decisions) / max(1, len(background)))
    taught = [(one.heard, one.label, 1.0) for one in decisions]
    for heard, label, much in (*taught, *((one, one.ruled, weight) for one in background)):
        own = ANSWERS.index(label)
        features[known(rows, heard), own] += much
        texts[own] += much
    return Counts(rows, features, texts, Counter(one.label for one in decisions))


def tried(counts: Counts, decisions: Sequence[Lesson]) -> Tried:
    """Judge each decision by all the others."""
    if not decisions:
        return Tried(0, 0, 0)
    ruled = columns(one.heard.ruled for one in decisions)
    right = columns(one.label for one in decisions)
    chosen = np.array([_by_others(counts, one) for one in decisions])
    return Tried(len(decisions), int((ruled == right).sum()), int((chosen == right).sum()))


def _by_others(counts: Counts, lesson: Lesson) -> int:
    """The column of the label that the others would have given it."""
    ruled = columns([lesson.heard.ruled])
    decided = counts.decided - Counter([lesson.label])
    return int(choose(counts.without(lesson)[np.newaxis], ruled, decided)[0])


def _log_prior(texts: Floats) -> Floats:
    return np.asarray(np.log((texts + 1) / (texts.sum() + len(ANSWERS))))


def _log_likelihood(features: Floats, words: Floats) -> Floats:
    share = features.sum(axis=1, keepdims=True) / words.sum()
    return np.asarray(np.log((features + PRIOR * share) / (words + PRIOR)))
