"""Letting minutes pass over a monitor whose counts a test decides, with ticks as a worker makes them."""

from __future__ import annotations

from collections.abc import Callable

from alerts.ticker.tick import tick
from kit.core import Core
from mentions.counting.counts import minute_of
from tests.alerts.cast import Cast, counted
from tests.clock import MovableClock

Count = Callable[[int], tuple[int, int]]
"""Mentions and negative ones of a minute."""


async def past(core: Core, cast: Cast, minutes: int, count: Count) -> None:
    """Store what was counted in the minutes before now."""
    now = minute_of(core.clock.now())
    await counted(core, cast.monitor_id, {minute: count(minute) for minute in range(now - minutes, now)})


async def lived(
    core: Core, clock: MovableClock, cast: Cast, minutes: int, count: Count, *, every: int = 1
) -> int:
    """Let minutes pass, with a tick near the end of every so many; returns how often something changed."""
    changed, ended = 0, minute_of(clock.now()) + minutes
    while (now := minute_of(clock.now())) < ended:
        until = min(now + every, ended)
        await counted(core, cast.monitor_id, {minute: count(minute) for minute in range(now, until)})
        clock.forward(minutes=until - now - 1, seconds=50)
        if until - now == every:
            changed += await tick(core)
        clock.forward(seconds=10)
    return changed
