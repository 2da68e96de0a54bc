"""Which words set one pile of texts apart from another. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import log, sqrt
from typing import TypeVar

from mentions.texts.stopwords import STOPWORDS
from mentions.texts.text import fold

PRIOR_SHARE, MOST_PRIOR = 0.02, 500.0
"""Strength of the prior in words, as a share of all words, and its limit: how much it takes to believe."""
SIGNIFICANT = 1.96  # z score: by chance one word in forty
MIN_COUNT = 3
SAME = 0.7  # two words are one expression when so much of the rarer one stands in it

Name = TypeVar("Name")

# A mail address is looked for at the beginnings of words only: from within a long one it would take for ever.
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S[^\s@]*@\S+\.\S+", re.IGNORECASE)
_WORD = re.compile(r"[#@]?\w+|[.,;:!?…¡¿()\"«»“”\n]+")


@dataclass(frozen=True)
class Term:
    """A word or pair of words. `count`, `expected`: texts with it, seen and to be expected from before."""

    term: str
    count: int
    expected: float
    score: float
    """z score of the log-odds ratio."""


@dataclass
class Vocabulary:
    """In how many texts each term stands, and how people mostly write it."""

    texts: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same, each way of writing a term by itself."""

    @cached_property
    def spellings(self) -> dict[str, str]:
        """How each term is mostly written, of ways as frequent the one that came first."""
        return {term: spelling for (term, spelling), _ in reversed(self.written.most_common())}


def count_terms(texts: Iterable[str], *, without: Set[str] = frozenset()) -> Vocabulary:
    """Count in how many texts each word and pair of neighbours stands.

    Left out: stopwords, handles, links, numbers, words of one or two letters, and `without` (folded).
    """
    found = Vocabulary()
    for text in texts:
        found.texts += 1
        terms = _terms(text, without)
        found.counts.update(terms.keys())
        found.written.update(terms.items())
    return found


def words_of(text: str, without: Set[str] = frozenset()) -> dict[str, str]:
    """The single words of `count_terms` in a text, folded and as written; tags without their sign."""
    found: dict[str, str] = {}
    for folded, written in _words(text, without):
        if folded:
            found.setdefault(folded, written)
    return {word.lstrip("#"): written.lstrip("#") for word, written in found.items()}


def _terms(text: str, without: Set[str]) -> dict[str, str]:
    """Each term of the text, folded, and how it is written there. A sign or stopword ends a pair."""
    found: dict[str, str] = {}
    before = "", ""
    for word in _words(text, without):
        folded, written = word
        if folded:
            found.setdefault(folded, written)
            if before[0]:
                found.setdefault(f"{before[0]} {folded}", f"{before[1]} {written}")
        before = word
    return found


def _words(text: str, without: Set[str]) -> Iterator[tuple[str, str]]:
    """Each word of the text in order, folded and as written; folded empty where it says nothing."""
    for token in _WORD.findall(_LINK.sub(" . ", text)):
        word = _word(token)
        yield word if word[0].lstrip("#") not in without else ("", "")


@lru_cache(maxsize=32_768)  # the same words come again and again, in the next text as in the next look
def _word(token: str) -> tuple[str, str]:
    """The token folded, and in small letters; folded it is empty where it says nothing."""
    folded = fold(token)
    bare = folded.lstrip("#")
    says_something = (
        len(bare) > 2
        and bare[0].isalpha()  # neither a handle nor a number nor a sign
        and bare not in STOPWORDS
    )
    return folded if says_something else "", token.lower()


def distinctive(now: Vocabulary, before: Vocabulary, *, limit: int = 8) -> list[Term]:
    """The terms that are more frequent in `now` than in `before`, the most certain first.

    Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi, Quinn: "Fightin' Words", 2008):
    the prior is the usage of both piles together, so that rare words need more to stand out than common ones.
    """
    scored = [
        Term(
            now.spellings[term],
            now.counts[term],
            _expected(before.counts[term], now.texts, before.texts),
            score,
        )
        for term, score in over_represented(now.counts, before.counts).items()
        if score >= SIGNIFICANT and now.counts[term] >= min(MIN_COUNT, now.texts)
    ]
    # pairs before their words, so that "engine failure" takes the place of "engine" and "failure"
    scored.sort(key=lambda found: (-found.score, -len(found.term)))
    return _without_repeats(scored, now, limit)


def over_represented(now: Counter[Name], before: Counter[Name]) -> dict[Name, float]:
    """For each name of `now` the z score of its log-odds ratio against `before`: terms, stories, places, …

    The prior is the usage of both together, its strength a share of all counts (see `distinctive`).
    """
    total_now, total_before = now.total(), before.total()
    whole_prior = min(MOST_PRIOR, PRIOR_SHARE * (total_now + total_before))
    scores = {}
    for name, count in now.items():
        earlier = before[name]
        prior = whole_prior * (count + earlier) / (total_now + total_before)
        scores[name] = round(_log_odds(count, total_now, earlier, total_before, prior, whole_prior), 2)
    return scores


def share_table(now: Counter[str], before: Counter[str], limit: int) -> list[Term]:
    """The most frequent names of `now` with how many were to be expected, and their z scores."""
    scores = over_represented(now, before)
    most = sorted(now.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    return [
        Term(name, count, _expected(before[name], now.total(), before.total()), scores[name])
        for name, count in most
    ]


def _expected(earlier: int, now: int, before: int) -> float:
    """How many there would be if people had said it as often as before, in as many texts as now."""
    return round(earlier * now / before, 2) if before else 0.0


def _log_odds(
    count: int, total: int, earlier: int, total_earlier: int, prior: float, whole_prior: float
) -> float:
    if total_earlier == 0:
        return sqrt(count)  # nothing to compare with: the plain count ranks, every term stands out
    if (count, earlier) == (total, total_earlier):  # the only name there is, now as before
        return 0.0
    here = log((count + prior) / (total - count + (whole_prior - prior)))
    there = log((earlier + prior) / (total_earlier - earlier + (whole_prior - prior)))
    return (here - there) / sqrt(1 / (count + prior) + 1 / (earlier + prior))


def _without_repeats(scored: Sequence[Term], now: Vocabulary, limit: int) -> list[Term]:
    """An expression and its words are one thing: keep the pair where it covers most of the word."""
    pairs = [found for found in scored if " " in found.term]
    covered = {
        word for pair in pairs for word in pair.term.split() if pair.count >= SAME * now.counts[fold(word)]
    }
    kept: list[Term] = []
    for found in scored:
        words = set(found.term.lstrip("#").split())
        if found.term in covered or any(words & set(other.term.lstrip("#").split()) for other in kept):
            continue
        kept.append(found)
        if len(kept) == limit:
            break
    return kept
