"""How many WebSockets a process keeps open: in all, and of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from people.permissions import Viewer

MOST = 2_000
MOST_EACH = 50
"""Of one person: each page that lies open somewhere has one. And of their programs together."""
MOST_STRANGERS = 20
"""Of all who are not signed in together: nothing is live for them."""


class Sockets:
    """Those that are open now."""

    def __init__(self) -> None:
        self._open: Counter[tuple[int, bool] | None] = Counter()

    @contextmanager
    def place(self, viewer: Viewer | None) -> Iterator[bool]:
        """Whether there is room for one more of this person (None: of nobody known); held while it lasts.

        Their programs have room of their own: one that is stolen takes none from their pages.
        """
        whose = (viewer.member_id, viewer.program is not None) if viewer else None
        most = MOST_STRANGERS if whose is None else MOST_EACH
        if self._open.total() >= MOST or self._open[whose] >= most:
            yield False
            return
        self._open[whose] += 1
        try:
            yield True
        finally:
            self._open -= Counter({whose: 1})  # drops who has none left
