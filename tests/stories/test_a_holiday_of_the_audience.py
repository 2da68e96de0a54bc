"""A holiday of its audience is known by where they live; what is made of it can be checked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.alert import Alert
from alerts.backtest.past import beginning_of, past_of
from alerts.campaigns import service
from alerts.campaigns.lift import next_holidays
from alerts.explained.replay import again
from alerts.ticker.tick import tick
from alerts.tuning.service import set_holidays
from kit.core import Core
from kit.errors import Conflict, Forbidden
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from people.organisations import Brand
from tests.alerts.cast import Cast, alerts, make_cast
from tests.alerts.minutes import Count, lived, past
from tests.clock import MovableClock

INDEPENDENCE = datetime(2026, 3, 11, 9, tzinfo=UTC)
"""A public holiday in Lithuania."""


@pytest.fixture
async def cast(core: Core, clock: MovableClock) -> Cast:
    """Two days of calm are stored: four mentions a minute, one of them negative. It is a Wednesday."""
    clock.forward(seconds=(INDEPENDENCE - clock.now()).total_seconds())
    cast = await make_cast(core)
    await past(core, cast, 2 * 1440, lambda _: (4, 1))
    return cast


async def through(core: Core, clock: MovableClock, cast: Cast, count: Count, minutes: int) -> list[Alert]:
    await lived(core, clock, cast, minutes, count, every=4)
    return await alerts(core)


async def observed(core: Core, cast: Cast, regions: list[str] | None, seen: int = 0) -> None:
    async with core.database.unit_of_work() as session:
        await set_holidays(session, cast.ada, cast.monitor_id, regions, seen=seen, now=core.clock.now())


async def test_much_more_is_an_alert_where_it_is_no_holiday(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await observed(core, cast, ["ES-CT"])
    assert await through(core, clock, cast, lambda _: (11, 3), 60)


async def test_it_is_no_alert_on_a_holiday_and_a_crisis_says_what_was_expected_and_why(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await observed(core, cast, ["ES-CT", "LT"])
    assert await through(core, clock, cast, lambda _: (11, 3), 60) == []
    (found, *_) = await through(core, clock, cast, lambda _: (48, 12), 12)
    (named,) = found.evidence["holidays"]
    assert named["title"] == "Lietuvos nepriklausomybės atkūrimo diena"
    assert found.evidence["lift"] >= 2
    assert found.evidence["campaigns"] == []
    async with core.database.read() as session:
        assert (await again(session, await session.get_one(Alert, found.id))).same
    await observed(core, cast, [], seen=1)
    async with core.database.read() as session:
        said = await again(session, await session.get_one(Alert, found.id))
    assert any("public holidays of the audience were changed" in why for why in said.why)


async def test_the_brand_s_holidays_hold_for_a_monitor_that_has_none_of_its_own(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        await service.set_clock(session, cast.bo, cast.brand_id, "Europe/Vilnius", holidays=["lt"], now=now)
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, cast.monitor_id)
        (today, *_), begun = await next_holidays(session, monitor, now), await beginning_of(session, monitor)
        assert today.starts_at == datetime(2026, 3, 10, 22, tzinfo=UTC)
        seen = await past_of(session, monitor, minute_of(now) - 1440, minute_of(now) + 1, begun)
    assert seen.around.lift is not None, "the back-test goes by it, too"
    assert (seen.around.lift.times[0, 0], seen.around.lift.times[0, -1]) == (1.0, 2.0)
    await observed(core, cast, [])
    async with core.database.read() as session:
        assert await next_holidays(session, await session.get_one(Monitor, cast.monitor_id), now) == []


async def test_a_zone_that_is_set_right_moves_no_expectation(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """Nobody gets up at another hour because somebody corrects where we thought that they live."""
    await lived(core, clock, cast, 20, lambda _: (4, 1), every=4)
    async with core.database.unit_of_work() as session:
        await service.set_clock(session, cast.bo, cast.brand_id, "Asia/Tokyo", now=core.clock.now())
    assert await through(core, clock, cast, lambda _: (4, 1), 40) == []
    assert await through(core, clock, cast, lambda _: (48, 12), 12)
    async with core.database.read() as session:
        assert (await session.get_one(Brand, cast.brand_id)).time_zone == "Asia/Tokyo"


async def test_who_may_not_and_who_comes_second_changes_nothing(core: Core, cast: Cast) -> None:
    await observed(core, cast, ["LT"])
    with pytest.raises(Conflict):
        await observed(core, cast, ["ES"])
    for viewer in (cast.cleo, cast.pia):
        with pytest.raises(Forbidden):
            async with core.database.unit_of_work() as session:
                await set_holidays(session, viewer, cast.monitor_id, ["ES"], seen=1, now=core.clock.now())
    assert await tick(core) == 0
