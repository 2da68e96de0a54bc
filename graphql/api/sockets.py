"""How many WebSockets a process keeps open: in all, and of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 2_000
MOST_EACH = 50
"""Of one person: each page that lies open somewhere has one."""
MOST_STRANGERS = 20
"""Of all who are not signed in together: nothing is live for them."""


class Sockets:
    """Those that are open now."""

    def __init__(self) -> None:
        self._open: Counter[int | None] = Counter()

    @contextmanager
    def place(self, member_id: int | None) -> Iterator[bool]:
        """Whether there is room for one more of this person (None: of nobody known); held while it lasts."""
        most = MOST_STRANGERS if member_id is None else MOST_EACH
        if self._open.total() >= MOST or self._open[member_id] >= most:
            yield False
            return
        self._open[member_id] += 1
        try:
            yield True
        finally:
            self._open -= Counter({member_id: 1})  # drops who has none left
