"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    def __init__(self, start: datetime = datetime(2026, 3, 10, 2, 55, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def forward(self, **parts: float) -> datetime:
        """Move by a timedelta given in parts (`minutes=5`); returns the new time."""
        self._now += timedelta(**parts)
        return self._now

    def set(self, moment: datetime) -> None:
        assert moment >= self._now, "this clock never runs backwards"
        self._now = moment
