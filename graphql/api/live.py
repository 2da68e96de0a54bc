"""Wakes the subscriptions of this process when something was committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kit.bell import EVENTS, SEATS, SIGNALS, Bell

WAKE_ANYWAY = 1.0  # seconds: the longest a subscriber waits when the broker is silent


class Hub:
    """One listener on the bell for all subscribers; it runs only while there are any."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._waiting: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self.seats = 0
        """Grows when people's rights may have changed: who is listened to is looked up again."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set when there may be news. Clear it, look into the database, wait again."""
        rung = asyncio.Event()
        self._waiting.add(rung)
        if self._task is None:
            self._task = asyncio.create_task(self._listen())
        try:
            yield rung
        finally:
            self._waiting.discard(rung)
            if not self._waiting:
                await self.stop()

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        async for topic in self._bell.listen(EVENTS, SEATS, SIGNALS, every=WAKE_ANYWAY):
            self.seats += topic == SEATS
            for rung in self._waiting:
                rung.set()
