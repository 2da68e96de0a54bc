"""An alert is computed again from the stored minutes, or it is said plainly why that cannot be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from alerts.alert import Alert
from alerts.explained.replay import Again, again
from alerts.tick import tick
from alerts.tuning.service import Wish, set_detector
from kit.core import Core
from mentions.counts import minute_of
from tests.alerts.cast import Cast, alerts, an_alert, change, counted, make_cast
from tests.clock import MovableClock

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    """A day and a half of calm is stored: three mentions a minute, one of them negative."""
    cast = await make_cast(core)
    now = minute_of(core.clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - 3 * DAY // 2, now), (3, 1)))
    return cast


async def live(
    core: Core, clock: MovableClock, cast: Cast, minutes: int, volume: Callable[[int], int]
) -> None:
    """Minutes as they happen: the tick looks before a minute is over, and more arrives after it."""
    for i in range(minutes):
        minute = minute_of(clock.now())
        await counted(core, cast.monitor_id, {minute: (volume(i), 1)})
        clock.forward(seconds=50)
        await tick(core)
        await counted(core, cast.monitor_id, {minute: (volume(i) + 1, 1)})
        clock.forward(seconds=10)


async def explained(core: Core, alert: Alert) -> Again:
    async with core.database.read() as session:
        return await again(session, await session.get_one(Alert, alert.id))


async def a_burst(core: Core, clock: MovableClock, cast: Cast, calm: int = 15) -> Alert:
    await live(core, clock, cast, calm, lambda _: 3)
    await live(core, clock, cast, 6, lambda _: 25)
    return (await alerts(core))[0]


async def test_the_same_digits_come_out_of_the_stored_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    found = await explained(core, alert)
    assert found.why == ()
    assert found.same
    assert found.computed is not None
    assert found.computed["score"] == alert.evidence["score"]
    assert found.computed["reason"] == alert.evidence["reason"]
    assert not found.from_memory


async def test_the_same_digits_come_out_of_the_state_that_was_put_aside_a_day_before(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    for _ in range(2 * DAY // 360):  # the process was busy: a tick every six hours
        clock.forward(minutes=360)
        now = minute_of(clock.now())
        await counted(core, cast.monitor_id, dict.fromkeys(range(now - 360, now), (3, 1)))
        await tick(core)
    found = await explained(core, await a_burst(core, clock, cast))
    assert found.why == ()
    assert found.from_memory


async def test_an_alert_that_got_worse_is_explained_by_its_newest_claim(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await a_burst(core, clock, cast)
    await live(core, clock, cast, 20, lambda _: 90)
    alert = (await alerts(core))[0]
    assert alert.level == "red"
    found = await explained(core, alert)
    assert found.why == ()


async def test_a_past_that_was_changed_is_named_by_its_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    minute = minute_of(alert.opened_at) - 3
    async with core.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE minute_count SET volume = volume + 40 WHERE minute = :minute"), {"minute": minute}
        )
    found = await explained(core, alert)
    assert not found.same
    assert found.changed == (minute,)
    assert "was changed since" in found.why[0]
    assert "observed" in found.differing


async def test_a_setting_that_was_changed_afterwards_changes_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    async with core.database.unit_of_work() as session:
        wish = Wish(numbers={"score": 60.0, "harm_score": 60.0})
        await set_detector(session, cast.ada, cast.monitor_id, wish, seen=0, now=core.clock.now())
    found = await explained(core, alert)
    assert found.same


async def test_another_formula_is_not_pretended_to(core: Core, clock: MovableClock, cast: Cast) -> None:
    alert = await a_burst(core, clock, cast)
    await change(core, Alert, alert.id, evidence={**alert.evidence, "formula": "live-0"})
    found = await explained(core, alert)
    assert found.computed is None
    assert "formula live-0" in found.why[0]


async def test_what_has_no_basis_says_so(core: Core, cast: Cast) -> None:
    plain, tool = await an_alert(core, cast), await an_alert(core, cast, signal="tool", monitor_id=None)
    await change(core, Alert, tool, evidence={"tool": {"source": "Other"}})
    async with core.database.read() as session:
        for key, words in ((plain, "formula unknown"), (tool, "Another tool")):
            found = await again(session, await session.get_one(Alert, key))
            assert not found.same
            assert words in found.why[0]
