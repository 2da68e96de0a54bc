"""The bell: who listens can be told to stop at any moment."""

from __future__ import annotations

import asyncio

from kit.bell import EVENTS, SIGNALS
from kit.core import Core


async def test_who_is_cancelled_in_the_moment_of_subscribing_listens_no_more(core: Core) -> None:
    """A page that is opened and left at once: its line would never end, and nor would the process."""

    async def listen() -> None:
        async for _ in core.bell.listen(EVENTS, SIGNALS, every=0.01):
            pass

    for steps in range(60):
        task = asyncio.create_task(listen())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        async with asyncio.timeout(60):
            await asyncio.wait({task})
        assert task.cancelled()
