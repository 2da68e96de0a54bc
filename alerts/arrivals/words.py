"""Words that begin to be used together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from alerts.arrivals.said import Said

RARE = 2
"""Earlier texts in which a word may stand and still be new."""
FEWEST = 3
"""Accounts from which on a word is looked at."""
TOGETHER = 0.5
"""Share of a word's accounts who use the leading one, too, from which both belong together."""
MOST_TERMS = 8


@dataclass(frozen=True)
class Cluster:
    """A leading word, and those that are used with it."""

    terms: tuple[tuple[str, int], ...]
    """Each with its accounts, the leading one first."""
    said: tuple[Said, ...]
    """The first mention with the leading word of each account, in order."""

    @property
    def accounts(self) -> int:
        return len(self.said)


def known_words(texts: Iterable[Iterable[str]]) -> frozenset[str]:
    """The words that stand in more than RARE of the texts."""
    counts = Counter(word for words in texts for word in words)
    return frozenset(word for word, count in counts.items() if count > RARE)


def clusters(said: Sequence[Said], known: Set[str]) -> list[Cluster]:
    """The groups of words that are not known, those of most accounts first; of one mention each wording.

    A word belongs to the first group with whose leading word it goes together.
    """
    users = _users(said, known)
    left = sorted(users, key=lambda word: (-len(users[word]), word))
    found = []
    while left:
        lead = left[0]
        group = [word for word in left if _together(users[word].keys(), users[lead].keys())]
        terms = tuple((_written(word, users[word].values()), len(users[word])) for word in group[:MOST_TERMS])
        found.append(Cluster(terms, tuple(users[lead].values())))
        left = [word for word in left if word not in set(group)]
    return found


def _users(said: Sequence[Said], known: Set[str]) -> dict[str, dict[str, Said]]:
    """For each new word that enough accounts use: the first mention of each of them with it."""
    users: dict[str, dict[str, Said]] = {}
    for one in said:
        for word in one.words.keys() - known:
            users.setdefault(word, {}).setdefault(one.account, one)
    return {word: by for word, by in users.items() if len(by) >= FEWEST}


def _written(word: str, said: Iterable[Said]) -> str:
    """As most of them write it."""
    ways = Counter(one.words[word] for one in said)
    return min(ways, key=lambda way: (-ways[way], way))


def _together(accounts: Set[str], leading: Set[str]) -> bool:
    return len(accounts & leading) >= TOGETHER * len(accounts)
