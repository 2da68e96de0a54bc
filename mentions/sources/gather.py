"""One batch instead of many single mentions: what a stream brings within a moment goes on together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from mentions.draft import MentionDraft
from mentions.sources.base import Items

MOST = 500  # drafts in one batch
MOMENT = 1.0  # seconds that a draft waits for others
QUIET = 15.0  # seconds without a draft after which we say that we are still there, and how far


@dataclass
class _Held:
    """What waits to go on."""

    drafts: list[MentionDraft] = field(default_factory=list)
    last: Items = field(default_factory=Items)
    since: float | None = None

    def add(self, items: Items, now: float) -> None:
        cursor = self.last.cursor if items.cursor is None else items.cursor
        self.last = Items((), cursor, self.last.rejected + items.rejected, items.wait)
        self.drafts.extend(items.drafts)
        if self.drafts and self.since is None:
            self.since = now

    @property
    def filled(self) -> bool:
        return bool(self.drafts or self.last.rejected or self.last.cursor is not None)

    def take(self) -> Items:
        found = Items(tuple(self.drafts), self.last.cursor, self.last.rejected, self.last.wait)
        self.drafts, self.last, self.since = [], Items(), None
        return found


async def gathered(steps: AsyncIterator[Items]) -> AsyncIterator[Items]:
    """The same drafts in fewer steps, each with the cursor that stands behind its last one.

    When `steps` fails, what it brought before goes on first. While nothing comes, an empty step every
    QUIET seconds tells that the connection lives. It is not read ahead: a slow consumer slows the sender.
    """
    clock = asyncio.get_running_loop().time
    held, told = _Held(), clock()
    coming = asyncio.ensure_future(_next(steps))
    try:
        while True:
            due = told + QUIET if held.since is None else held.since + MOMENT
            await asyncio.wait({coming}, timeout=max(0.0, due - clock()))
            if coming.done():
                if coming.exception() is not None or (items := coming.result()) is None:
                    break
                held.add(items, clock())
                coming = asyncio.ensure_future(_next(steps))
            if len(held.drafts) >= MOST or clock() >= due:
                yield held.take()
                told = clock()
        if held.filled:
            yield held.take()
        await coming
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await coming
        if isinstance(steps, AsyncGenerator):
            await steps.aclose()


async def _next(steps: AsyncIterator[Items]) -> Items | None:
    return await anext(steps, None)
