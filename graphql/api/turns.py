"""How many questions of one costly kind a person may have open at once, and in a minute, in one process."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import Unavailable

MINUTE = 60.0  # seconds


class Turns:
    """Who asks more is told so instead of keeping everybody else waiting."""

    def __init__(self, most: int, *, a_minute: int | None = None) -> None:
        self._most = most
        self._a_minute = a_minute
        self._open: Counter[int] = Counter()
        self._begun: defaultdict[int, deque[float]] = defaultdict(deque)

    @contextmanager
    def of(self, member_id: int) -> Iterator[None]:
        """One question by this person; Unavailable while they have the most, or had in this minute."""
        if self._open[member_id] >= self._most:
            raise Unavailable("You have asked this {} times at once. Wait for an answer first.", self._most)
        if self._a_minute is not None:
            self._count(member_id, self._a_minute)
        self._open[member_id] += 1
        try:
            yield
        finally:
            self._open[member_id] -= 1
            self._open += Counter()  # forgets who has none

    def _count(self, member_id: int, most: int) -> None:
        now, begun = time.monotonic(), self._begun[member_id]
        while begun and now - begun[0] >= MINUTE:
            begun.popleft()
        if len(begun) >= most:
            raise Unavailable("You have asked this {} times within a minute. Wait a little.", most)
        begun.append(now)
