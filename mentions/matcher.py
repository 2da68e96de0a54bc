"""Which monitors a text belongs to, all of them in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import structlog

from kit.errors import Invalid
from mentions.query import Node, parse
from mentions.text import Text

log = structlog.get_logger(__name__)


class Matcher:
    """All monitors' queries at once: a text is tried only with those of whose anchors it has one."""

    def __init__(self, queries: Sequence[tuple[int, str]]) -> None:
        """Take (monitor id, query) pairs. One that cannot be read is logged; the others go on listening."""
        self._by_token: dict[str, list[tuple[int, Node]]] = defaultdict(list)
        for monitor_id, query in queries:
            try:
                read = parse(query)
            except Invalid as error:
                log.error("monitor.unreadable", monitor_id=monitor_id, error=error.message)
                continue
            for token in read.anchors:
                self._by_token[token].append((monitor_id, read.root))

    def match(self, texts: Iterable[str]) -> list[list[int]]:
        """For each text the ids of the monitors it belongs to, in ascending order."""
        return [self._one(Text(text)) for text in texts]

    def _one(self, text: Text) -> list[int]:
        tried: dict[int, Node] = {}
        for token in text.tokens & self._by_token.keys():
            tried.update(self._by_token[token])
        return sorted(monitor_id for monitor_id, node in tried.items() if node.holds(text))
