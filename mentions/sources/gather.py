"""One batch instead of many single mentions: what a stream brings within a moment goes on together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mentions.drafts.draft import MentionDraft
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
    """Since when a draft waits, by the loop's clock."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """A first draft waits, it is full, or nothing more comes."""
    emptied: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, items: Items) -> None:
        cursor = self.last.cursor if items.cursor is None else items.cursor
        gone, handles = (*self.last.gone, *items.gone), (*self.last.handles, *items.handles)
        self.last = Items((), cursor, self.last.rejected + items.rejected, items.wait, gone, handles)
        self.drafts.extend(items.drafts)
        if self.drafts and self.since is None:
            self.since = asyncio.get_running_loop().time()
            self.changed.set()
        if self.full:
            self.changed.set()

    @property
    def full(self) -> bool:
        return len(self.drafts) >= MOST

    @property
    def filled(self) -> bool:
        last = self.last
        return bool(self.drafts or last.rejected or last.gone or last.handles or last.cursor is not None)

    def take(self) -> Items:
        found = replace(self.last, drafts=tuple(self.drafts))
        self.drafts, self.last, self.since = [], Items(), None
        self.emptied.set()
        return found


async def gathered(steps: AsyncIterator[Items]) -> AsyncIterator[Items]:
    """The same drafts in fewer steps, each with the cursor that stands behind its last one.

    When `steps` fails, what it brought before goes on first. While nothing comes, an empty step every
    QUIET seconds tells that the connection lives. One batch is read ahead, no more: a slow consumer slows
    the sender.
    """
    clock = asyncio.get_running_loop().time
    held, told = _Held(), clock()
    pump = asyncio.create_task(_pump(steps, held))
    pump.add_done_callback(lambda _: held.changed.set())
    try:
        while not pump.done():
            due = _due(held, told)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due - clock())):
                    await held.changed.wait()
            held.changed.clear()
            if held.full or clock() >= _due(held, told):
                yield held.take()
                told = clock()
        if held.filled:
            yield held.take()
        await pump
    finally:
        pump.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await pump
        if isinstance(steps, AsyncGenerator):
            await steps.aclose()


def _due(held: _Held, told: float) -> float:
    """When what is held goes on, be it nothing."""
    return told + QUIET if held.since is None else held.since + MOMENT


async def _pump(steps: AsyncIterator[Items], held: _Held) -> None:
    async for items in steps:
        held.add(items)
        while held.full:
            held.emptied.clear()
            await held.emptied.wait()
