"""A brand's own campaign opens no alert; what is worse than announced, or negative, does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.alert import Alert
from alerts.campaigns import service
from alerts.campaigns.wish import Wish
from kit.core import Core
from mentions.monitor import Monitor
from tests.alerts.cast import Cast, alerts, make_cast
from tests.alerts.minutes import Count, lived, past
from tests.clock import MovableClock

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    """Two days of calm are stored: four mentions a minute, one of them negative."""
    cast = await make_cast(core)
    await past(core, cast, 2 * DAY, lambda _: (4, 1))
    return cast


async def announced(core: Core, cast: Cast, hours: float, lift: float, **parts: float) -> int:
    """A campaign that begins now, or so much later; its id."""
    starts_at = core.clock.now() + timedelta(**parts)
    wish = Wish("Summer sale", starts_at, starts_at + timedelta(hours=hours), lift)
    async with core.database.unit_of_work() as session:
        row = await service.announce(session, cast.ada, cast.brand_id, wish, now=core.clock.now())
        return row.id


def six_times(_: int) -> tuple[int, int]:
    return 24, 6


async def through(
    core: Core, clock: MovableClock, cast: Cast, count: Count, minutes: int = 40
) -> list[Alert]:
    await lived(core, clock, cast, minutes, count, every=4)
    return await alerts(core)


async def test_without_an_announcement_it_would_be_an_alert(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    assert await through(core, clock, cast, six_times)


async def test_what_was_announced_is_no_alert_and_the_day_after_is_judged_as_before(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """What is learned in the campaign is what is usual without it: the next burst is seen at once."""
    await announced(core, cast, hours=3, lift=7)
    assert await through(core, clock, cast, six_times, minutes=180) == []
    assert await through(core, clock, cast, lambda _: (8, 2), minutes=20) == []  # the talk about it ebbs
    assert await through(core, clock, cast, lambda _: (4, 1), minutes=120) == []
    found = await through(core, clock, cast, six_times, minutes=12)
    assert found
    assert found[0].evidence["campaigns"] == []
    assert found[0].evidence["expected"] / found[0].evidence["window_minutes"] == pytest.approx(4, rel=0.3)


async def test_a_campaign_that_nobody_noticed_teaches_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await announced(core, cast, hours=4, lift=50)
    assert await through(core, clock, cast, lambda _: (4, 1), minutes=240) == []
    assert await through(core, clock, cast, lambda _: (4, 1), minutes=150) == []


async def test_more_than_was_announced_is_an_alert_that_says_in_which_campaign(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    number = await announced(core, cast, hours=3, lift=3)
    found = await through(core, clock, cast, lambda _: (48, 12))
    assert found
    (named,) = found[0].evidence["campaigns"]
    assert (named["id"], named["title"], named["lift"]) == (number, "Summer sale", 3)


async def test_what_is_negative_is_not_excused(core: Core, clock: MovableClock, cast: Cast) -> None:
    """As many mentions as announced, but they are angry."""
    await announced(core, cast, hours=3, lift=10)
    found = await through(core, clock, cast, lambda _: (24, 18))
    assert {alert.signal for alert in found} == {"negative"}
    assert found[0].evidence["campaigns"][0]["title"] == "Summer sale"


async def test_an_announcement_that_comes_when_it_has_begun_ends_the_alert(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """Marketing remembers to say so when the first alert is open: no second one, and this one ends."""
    opened = [alert.id for alert in await through(core, clock, cast, six_times, minutes=12)]
    assert opened
    await announced(core, cast, hours=12, lift=8, minutes=-12)
    found = await through(core, clock, cast, six_times, minutes=400)
    assert [alert.id for alert in found] == opened
    assert all(alert.ended_at for alert in found)


async def test_a_campaign_of_another_monitor_excuses_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    wish = Wish("Elsewhere", core.clock.now(), core.clock.now() + timedelta(hours=3), 10)
    async with core.database.unit_of_work() as session:
        other = Monitor(
            brand_id=cast.brand_id, name="other", query="other", created_at=core.clock.now(), enabled=False
        )
        session.add(other)
        await session.flush()
        await service.announce(
            session, cast.ada, cast.brand_id, wish, monitor_id=other.id, now=core.clock.now()
        )
    assert await through(core, clock, cast, six_times)
