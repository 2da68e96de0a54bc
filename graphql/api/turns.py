"""How many questions of one costly kind a person may have open at once, in one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import Unavailable


class Turns:
    """Who asks more at once is told so instead of keeping everybody else waiting."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[int] = Counter()

    @contextmanager
    def of(self, member_id: int) -> Iterator[None]:
        """One question by this person; Unavailable while they have the most."""
        if self._open[member_id] >= self._most:
            raise Unavailable("You have asked this {} times at once. Wait for an answer first.", self._most)
        self._open[member_id] += 1
        try:
            yield
        finally:
            self._open[member_id] -= 1
            self._open += Counter()  # forgets who has none
