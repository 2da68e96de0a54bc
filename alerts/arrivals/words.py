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


class Known:
    """The words that stand in more than RARE of some texts, of which some come and some go."""

    def __init__(self, texts: Iterable[Iterable[str]] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self.words: set[str] = set()
        for text in texts:
            self.add(text)

    def add(self, text: Iterable[str]) -> None:
        """Another text, by its words, each once."""
        for word in text:
            self._counts[word] += 1
            if self._counts[word] == RARE + 1:
                self.words.add(word)

    def drop(self, text: Iterable[str]) -> None:
        """One that was added."""
        for word in text:
            self._counts[word] -= 1
            if self._counts[word] == RARE:
                self.words.discard(word)


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
