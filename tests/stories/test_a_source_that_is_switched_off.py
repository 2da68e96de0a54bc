"""A house switches a source off: what it brought is not expected any more, nor is its return a spike."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from alerts.backtest.run import backtest
from alerts.backtest.trial import Choice, Raised
from alerts.backtest.verdict import Known
from alerts.detection.live import BALANCED
from alerts.families import family_of
from alerts.ticker.tick import tick
from kit.core import Core
from mentions.counting import leaving
from mentions.counting import left as ends
from mentions.counting.counts import minute_of, moment_of
from mentions.counting.newcomers import DAY
from mentions.monitor import Monitor
from mentions.privacy import partitions
from mentions.source import Source
from mentions.sources import connecting
from tests.alerts.cast import alerts, make_cast
from tests.clock import MovableClock
from tests.mentions.makers import viewer
from tests.stories.test_a_source_that_began_yesterday import House, checked, heard, known, learned_anew

QUIET, LOUD = 1, 8
"""Mentions a minute of the suite, and of the forum that is switched off."""

_MENTIONS = text("""
    WITH said AS (
        INSERT INTO mention
            (arrived_at, source_id, native_id, text, author, lang, sentiment, score, published_at)
        SELECT at, :source, at || ' ' || n, 'words', 'author ' || n, 'en',
            CASE WHEN n % 4 = 0 THEN 'negative' ELSE 'neutral' END, 0, at
        FROM generate_series(CAST(:first AS timestamptz), :last, interval '1 minute') AS at,
            generate_series(1, CAST(:each AS int)) AS n
        RETURNING id, arrived_at)
    INSERT INTO mention_match (monitor_id, mention_id, arrived_at)
    SELECT :monitor, id, arrived_at FROM said""")


class Old(House):
    """A monitor that has heard two sources for two days."""

    forum: Source

    async def said_by_the_forum(self, first: int, until: int) -> None:
        """As mentions, not as counts alone."""
        asked = {"source": self.forum.id, "monitor": self.cast.monitor_id, "each": LOUD}
        await self.said(self.forum, LOUD, range(first, until))
        async with self.core.database.unit_of_work() as session:
            stretch = {"first": moment_of(first), "last": moment_of(until - 1)}
            await session.execute(_MENTIONS, asked | stretch)

    async def switch(self, *, on: bool) -> None:
        async with self.core.database.unit_of_work() as session:
            await connecting.switch(session, viewer("admin"), self.forum.id, on, self.clock.now())
        while await leaving.leave_due(self.core):
            pass


@pytest.fixture
async def house(core: Core, clock: MovableClock) -> Old:
    found = Old(core, clock, await make_cast(core), await heard(core, "suite", timedelta(days=2)))
    found.forum = await heard(core, "forum", timedelta(days=2))
    now = minute_of(clock.now())
    async with core.database.unit_of_work() as session:
        days = [clock.now() - timedelta(days=day) for day in range(3)]
        await partitions.ensure(session, days, clock.now())
    await found.said(found.suite, QUIET, range(now - 2 * DAY, now))
    await found.said_by_the_forum(now - 2 * DAY, now)
    await tick(core)
    return found


async def test_a_crisis_is_heard_as_soon_as_if_it_had_never_been_there(house: Old) -> None:
    await house.switch(on=False)
    assert await house.live(30, every=15, calm=QUIET) == [], "that it is gone is no news"
    first, *_ = await house.live(8, every=2, calm=8 * QUIET)
    assert first.evidence["expected"] < 2 * QUIET * first.evidence["window_minutes"]
    await checked(house.core, first)


async def test_its_return_is_no_spike_and_what_was_usual_is_usual_again(house: Old) -> None:
    await house.switch(on=False)
    await house.live(60, every=30, calm=QUIET)
    await house.switch(on=True)
    loud = (house.forum, LOUD)
    assert await house.live(2, loud, every=1, calm=QUIET) == []
    assert await house.live(30, loud, every=15, calm=QUIET) == []
    saved = await known(house)
    fresh = await learned_anew(house, saved.state.minute)
    assert saved.state.to_bytes() == fresh.state.to_bytes(), "whoever starts anew knows the same"
    assert not saved.state.firing.any()
    first, *_ = await house.live(10, (house.forum, 5 * LOUD), every=2, calm=QUIET)
    assert first.evidence["expected"] > LOUD * first.evidence["window_minutes"] / 2
    await checked(house.core, first)


async def test_a_newcomer_that_is_switched_off_on_its_first_day_never_becomes_usual(house: Old) -> None:
    stream = await house.another("stream")
    loud = (house.forum, LOUD)
    await house.live(15 * 60, loud, (stream, 9 * LOUD), every=300, calm=QUIET)
    async with house.core.database.unit_of_work() as session:
        await connecting.switch(session, viewer("admin"), stream.id, False, house.clock.now())
    while await leaving.leave_due(house.core):
        pass
    await house.live(10 * 60, loud, every=300, calm=QUIET)
    assert await alerts(house.core) == []
    first, *_ = await house.live(8, (house.forum, 5 * LOUD), every=2, calm=QUIET)
    assert first.evidence["expected"] < 2 * (LOUD + QUIET) * first.evidence["window_minutes"]


async def test_a_source_that_was_all_that_a_monitor_heard_changes_nothing(house: Old) -> None:
    async with house.core.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM minute_count"))
    now = minute_of(house.clock.now())
    await house.said(house.forum, LOUD, range(now - 2 * DAY, now))
    await house.switch(on=False)
    async with house.core.database.read() as session:
        assert await ends.left(session, [house.cast.monitor_id], now, now + 5) == []


async def test_live_explain_and_back_test_agree_on_a_crisis_after_it(house: Old) -> None:
    since = house.clock.now() - timedelta(hours=1)
    await house.switch(on=False)
    assert await house.live(60, every=30, calm=QUIET) == []
    first, *_ = await house.live(8, every=1, calm=8 * QUIET)
    await checked(house.core, first)
    raised = next(one for one in await tried_again(house, since) if one.family == family_of(first.signal))
    claimed = first.evidence
    assert raised.opened == claimed["minute"] - 1, (
        "live there was one more minute, of which a second was over"
    )
    assert [raised.evidence[name] for name in ("since", "observed")] == [
        claimed["since"],
        claimed["observed"],
    ]
    assert claimed["expected"] == pytest.approx(raised.evidence["expected"], rel=0.02)
    async with house.core.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM source_left"))
    assert await tried_again(house, since) == [], "had it not been taken out, nothing had been heard"


async def test_live_and_back_test_agree_on_its_return(house: Old) -> None:
    since = house.clock.now() - timedelta(hours=1)
    await house.switch(on=False)
    await house.live(60, every=30, calm=QUIET)
    await house.switch(on=True)
    assert await house.live(60, (house.forum, LOUD), every=30, calm=QUIET) == []
    assert await tried_again(house, since) == []
    async with house.core.database.unit_of_work() as session:
        await session.execute(text("UPDATE source_left SET back = NULL"))
    assert await tried_again(house, since) != [], "had it not been put in again, it had been a spike"


async def tried_again(house: Old, since: datetime) -> list[Raised]:
    """What the back-test raises since then with the settings of the monitor."""
    async with house.core.database.read() as session:
        monitor = await session.get_one(Monitor, house.cast.monitor_id)
        choices, until = [Choice("balanced", BALANCED)], house.clock.now()
        found = await backtest(session, monitor, choices, Known(), since=since, until=until)
    return list(found.trials[0].alerts)
