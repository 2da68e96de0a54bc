"""A house adds a source to a monitor with a history: that is no spike, and hides none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from alerts.alert import Alert
from alerts.explained.replay import again
from alerts.judging.checkpoint import Checkpoint, brought_up, load
from alerts.judging.newcomers import asides, since_onsets
from alerts.judging.roster import SIGNALS
from alerts.ticker.tick import tick
from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.counting.newcomers import DAY
from mentions.counting.rollups import add
from mentions.figures import Change
from mentions.monitor import Monitor
from mentions.source import Source, SourceHealth
from tests.alerts.cast import Cast, alerts, make_cast
from tests.clock import MovableClock
from tests.mentions.makers import make_source
from tests.web.test_queries import counted

OLD, NEW = 4, 40
"""Mentions a minute of the source that was always there, and of the new one."""


class House:
    """A monitor that the suite has spoken to for three days, and sources that begin beside it."""

    def __init__(self, core: Core, clock: MovableClock, cast: Cast, suite: Source) -> None:
        self.core, self.clock, self.cast, self.suite = core, clock, cast, suite
        self.negative: dict[int, float] = {}
        """By source the share of what it says that is negative, where it is not a quarter."""

    async def another(self, name: str) -> Source:
        """It is heard for the first time now."""
        return await heard(self.core, name, timedelta())

    async def said(self, source: Source, mentions: int, minutes: Sequence[int], *, harm: int = 0) -> None:
        """In each of these minutes, counted as a worker does."""
        negative = int(mentions * self.negative.get(source.id, 0.25))
        each = Change(
            volume=mentions, voices=mentions, independent=mentions,
            negative=negative, independent_negative=negative, harm=harm,
        )  # fmt: skip
        async with self.core.database.unit_of_work() as session:
            await add(session, [((self.cast.monitor_id, at), each, source.id) for at in minutes])

    async def live(
        self, minutes: int, *loud: tuple[Source, int], every: int = 10, calm: int = OLD
    ) -> Sequence[Alert]:
        """Let minutes pass, with a tick after every so many; returns all alerts so far."""
        for _ in range(0, minutes, every):
            now = minute_of(self.clock.now())
            for source, mentions in ((self.suite, calm), *loud):
                await self.said(source, mentions, range(now, now + every))
            self.clock.forward(minutes=every)
            await tick(self.core)
        return await alerts(self.core)


async def heard(core: Core, name: str, ago: timedelta) -> Source:
    async with core.database.unit_of_work() as session:
        source = await make_source(session, name)
        session.add(SourceHealth(source_id=source.id, heard_since=core.clock.now() - ago))
        return source


@pytest.fixture
async def house(core: Core, clock: MovableClock) -> House:
    found = House(core, clock, await make_cast(core), await heard(core, "suite", timedelta(days=3)))
    now = minute_of(clock.now())
    await found.said(found.suite, OLD, range(now - 3 * DAY, now))
    await tick(core)
    return found


async def checked(core: Core, alert: Alert) -> None:
    async with core.database.read() as session:
        found = await again(session, await session.get_one(Alert, alert.id))
    assert found.same, (found.why, found.differing)


async def test_its_arrival_its_first_day_and_the_days_after_page_nobody(house: House) -> None:
    forum = await house.another("forum")
    house.negative[forum.id] = 0.6  # ten times as loud as all the others, who are a quarter negative
    assert await house.live(2 * 60, (forum, NEW), every=20) == []
    assert await house.live(DAY - 60, (forum, NEW), every=120) == []
    learned, negative = (await known(house)).state, SIGNALS.index("negative")
    assert 0.5 < learned.usual_part[negative] / learned.usual_whole[negative] < 0.6, "its share has joined"
    stream = await house.another("stream")
    assert await house.live(DAY + 3 * 60, (forum, NEW), (stream, 9), every=120) == []
    saved = await known(house)
    fresh = await learned_anew(house, saved.state.minute)
    assert saved.state.to_bytes() == fresh.state.to_bytes(), (
        "whoever starts anew knows the same, to the digit"
    )


async def test_what_the_old_source_says_is_heard_at_once_beside_it(house: House) -> None:
    forum = await house.another("forum")
    await house.live(60, (forum, NEW), every=20)
    first, *_ = await house.live(8, (forum, NEW), every=1, calm=8 * OLD)
    (aside,) = first.evidence["newcomers"]
    minutes = first.evidence["minute"] - first.evidence["since"]
    assert (aside["source"], aside["mentions"]) == ("forum", NEW * minutes)
    assert first.evidence["severity"]["inputs"]["mentions"] < 3 * NEW, "it makes nothing graver"
    await checked(house.core, first)
    await asked_once(house, first.evidence["since"])


async def asked_once(house: House, since: int) -> None:
    """However many alerts are open: what was put aside is read once for all of them."""
    until = minute_of(house.clock.now()) + 1
    onsets = {(house.cast.monitor_id, since - 7 * number) for number in range(5)}
    async with house.core.database.read() as session:
        with counted(house.core) as sent:
            found = await since_onsets(session, onsets, until)
        assert len([one for one in sent if "SELECT" in one]) <= 4
        for (monitor_id, onset), apart in found.items():
            alone = await asides(session, [monitor_id], onset, until)
            assert [one.put_aside for one in apart] == [one.put_aside for one in alone]
    assert found.keys() == onsets


async def test_a_burst_inside_it_is_heard_once_it_is_known_for_some_hours(house: House) -> None:
    forum = await house.another("forum")
    assert await house.live(60, (forum, 2), every=20) == []
    assert await house.live(20, (forum, 30)) == [], "what is usual of it nobody knows yet"
    assert await house.live(5 * 60, (forum, 2), every=60) == []
    first, *_ = await house.live(20, (forum, 60), every=1)
    await checked(house.core, first)
    assert first.evidence["expected"] > OLD + 2


@pytest.mark.parametrize("day_and_night", [False, True])
async def test_an_office_that_is_first_heard_at_night_is_no_burst_in_the_morning(
    house: House, day_and_night: bool
) -> None:
    """The suite speaks from 8 to 18, too, and that is known; or it speaks at all hours."""
    if not day_and_night:
        async with house.core.database.unit_of_work() as session:
            for table in ("minute_count", "detector_state", "detector_past"):
                await session.execute(text(f"DELETE FROM {table}"))
        now = minute_of(house.clock.now())
        open_ = [at for at in range(now - 3 * DAY, now) if 8 <= at // 60 % 24 < 18]
        await house.said(house.suite, OLD, open_)
        await house.said(house.suite, 1, range(now - 3 * DAY, now, 30))
        await tick(house.core)
    office, calm = await house.another("office"), OLD if day_and_night else 0
    for _ in range(10):
        await house.said(office, 1, [minute_of(house.clock.now())])
        assert await house.live(30, every=30, calm=calm) == []
    await house.live(10, every=10, calm=calm)
    assert house.clock.now().hour == 8
    assert await house.live(3 * 60, (office, NEW // 4), every=10) == []


async def test_harm_is_heard_from_its_first_minute(house: House) -> None:
    forum = await house.another("forum")
    now = minute_of(house.clock.now())
    await house.said(forum, 2, range(now, now + 3), harm=2)
    found = await house.live(6, every=1)
    assert [one.signal for one in found] == ["harm"]


async def test_a_source_beside_none_is_judged_as_ever(core: Core, clock: MovableClock) -> None:
    """A house whose past was brought in from elsewhere: its first source is what it listens to."""
    cast = await make_cast(core)
    suite = await heard(core, "suite", timedelta(hours=2))
    house = House(core, clock, cast, suite)
    now = minute_of(clock.now())
    await house.said(suite, OLD, range(now - 3 * DAY, now))
    await tick(core)
    assert await house.live(20, (await house.another("forum"), NEW), every=5) != []


async def test_a_source_of_a_monitor_that_heard_nothing_before_is_judged_as_ever(house: House) -> None:
    async with house.core.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM minute_count"))
        await session.execute(text("DELETE FROM detector_state"))
    forum = await house.another("forum")
    await house.live(60, (forum, 1), every=20, calm=0)
    assert await house.live(15, (forum, NEW), every=3, calm=0) != [], "as on the first day of any monitor"


async def test_what_it_brings_of_the_past_is_put_aside_there(house: House) -> None:
    forum, now = await house.another("forum"), minute_of(house.clock.now())
    await house.said(forum, NEW, range(now - 300, now))
    assert await house.live(30, (forum, NEW), every=5) == []


async def known(house: House) -> Checkpoint:
    async with house.core.database.read() as session:
        saved = await load(session)
    assert saved is not None
    return saved


async def learned_anew(house: House, until: int) -> Checkpoint:
    async with house.core.database.read() as session:
        monitor = await session.get_one(Monitor, house.cast.monitor_id)
        return await brought_up(session, None, [monitor], until, {})
