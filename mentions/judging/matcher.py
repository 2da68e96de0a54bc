"""Which monitors an item belongs to, all of them in one pass over its words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import ahocorasick
import structlog

from kit.errors import Invalid
from mentions.query import Matchable, Node, Reading, parse
from mentions.query.item import values
from mentions.query.nodes import ANY

__all__ = ["Matchable", "Matcher", "Queries", "matcher_of"]

log = structlog.get_logger(__name__)

Queries = tuple[tuple[int, str], ...]
"""Monitors' ids and what they listen for."""


class Matcher:
    """All monitors' queries at once: an item is tried only with those of whose anchors it has one.

    The needles of all queries are one automaton (Aho and Corasick 1975, doi:10.1145/360825.360855), which
    finds all of them in one walk over the line of words, however many there are.
    """

    def __init__(self, queries: Sequence[tuple[int, str]]) -> None:
        """Take (monitor id, query) pairs. One that cannot be read is logged; the others go on listening."""
        self._known = list(_readable(queries))
        self._always: list[int] = []
        self._fields: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        needles: dict[str, list[int]] = defaultdict(list)
        crowd = Counter(anchor for _, root in self._known for anchor in root.anchors() or ())
        for place, (_, root) in enumerate(self._known):
            for anchor in root.anchors(crowd) or ():
                if anchor == ANY:
                    self._always.append(place)
                elif isinstance(anchor, str):
                    needles[anchor].append(place)
                else:
                    self._fields[anchor[0]][anchor[1]].append(place)
        self._automaton = _automaton(needles)

    def match(self, items: Sequence[Matchable]) -> list[list[int]]:
        """For each item the ids of the monitors it belongs to, in ascending order."""
        return [self.of(Reading(item)) for item in items]

    def of(self, reading: Reading) -> list[int]:
        """The same of one item that has been read."""
        tried = set(self._always)
        if self._automaton is not None:
            tried.update(*(places for _, places in self._automaton.iter(reading.line)))
        for field, table in self._fields.items():
            tried.update(*(table[value] for value in values(reading.item, field) if value in table))
        known = self._known
        return [known[place][0] for place in sorted(tried) if known[place][1].holds(reading)]


@lru_cache(maxsize=8)
def matcher_of(queries: Queries) -> Matcher:
    """The matcher of these queries, built when they change and kept while they do not."""
    return Matcher(queries)


def _readable(queries: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Node]]:
    for monitor_id, query in sorted(queries):
        try:
            yield monitor_id, parse(query).root
        except Invalid as error:
            log.error("monitor.unreadable", monitor_id=monitor_id, error=error.message)


def _automaton(needles: dict[str, list[int]]) -> ahocorasick.Automaton | None:
    if not needles:
        return None
    automaton = ahocorasick.Automaton()
    for needle, places in needles.items():
        automaton.add_word(needle, tuple(places))
    automaton.make_automaton()
    return automaton
