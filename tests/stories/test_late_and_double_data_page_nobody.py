"""What comes late, fills a gap or comes twice corrects the history; it pages nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text

from alerts.alert import Alert
from alerts.judging.checkpoint import SETTLE_MINUTES
from alerts.ticker.tick import tick
from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.drafts.draft import MentionDraft
from tests.alerts.cast import Cast, alerts, counted, make_cast
from tests.alerts.minutes import lived, past
from tests.clock import MovableClock
from tests.stories.test_a_source_that_dies_at_the_height_of_a_crisis import listening, live
from tests.world import World

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    """Two days of calm, watched for a quarter of an hour: four mentions a minute, one of them negative."""
    cast = await make_cast(core)
    await past(core, cast, 2 * DAY, lambda _: (4, 1))
    await tick(core)
    return cast


def calm(_: int) -> tuple[int, int]:
    return 4, 1


async def test_an_outage_and_the_backfill_after_it_page_nobody(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """For two hours nothing comes in; then all of it, as of the minutes in which it was said."""
    gap = minute_of(clock.now())
    await lived(core, clock, cast, 120, lambda _: (0, 0), every=4)
    filled = dict.fromkeys(range(gap, gap + 120), (4, 1))
    filled |= {gap + 60 + i: (40, 30) for i in range(10)}  # what would have been a crisis, two hours ago
    await counted(core, cast.monitor_id, filled)
    assert await lived(core, clock, cast, 60, calm, every=4) == 0
    assert await alerts(core) == []


async def test_a_past_filled_in_before_it_was_watched_is_learned_from(
    core: Core, clock: MovableClock
) -> None:
    """The archive of a new monitor comes in days later than the monitor: ten a minute were always usual."""
    cast = await make_cast(core)
    await past(core, cast, DAY, lambda _: (1, 0))
    await tick(core)
    now = minute_of(clock.now())
    await counted(core, cast.monitor_id, dict.fromkeys(range(now - 5 * DAY, now), (10, 2)))
    assert await lived(core, clock, cast, 30, lambda _: (10, 2), every=3) == 0
    assert await alerts(core) == []


@pytest.mark.parametrize(("late", "opens"), [(SETTLE_MINUTES - 3, True), (SETTLE_MINUTES + 20, False)])
async def test_counts_that_settle_late_are_judged_and_those_later_still_are_not(
    core: Core, clock: MovableClock, cast: Cast, late: int, opens: bool
) -> None:
    minute = minute_of(clock.now())
    await lived(core, clock, cast, late, calm, every=3)
    await counted(core, cast.monitor_id, {minute: (60, 50), minute + 1: (60, 50)})
    await lived(core, clock, cast, 12, calm, every=3)
    assert bool(await alerts(core)) is opens


async def test_a_batch_sent_again_and_again_counts_once(world: World) -> None:
    now = world.clock.now()
    month = [
        MentionDraft(f"past-{n}", f"Almadía sails at {n}", now - timedelta(minutes=20 * n + 30))
        for n in range(200)
    ]
    await world.remember(month)
    batch = {
        "mentions": [
            {"id": f"same-{n}", "text": f"Almadía is late again, {n} hours", "author": f"a{n}"}
            for n in range(3)
        ]
    }
    for _ in range(12):
        await world.send(batch)
        await world.forward(minutes=1)
    async with world.core.database.read() as session:
        assert (await session.scalars(select(Alert))).all() == []
        counted_now = await session.scalar(
            text("SELECT sum(volume) FROM minute_count WHERE minute >= :since"),
            {"since": minute_of(now)},
        )
    assert counted_now == 3, "one for each, of the one monitor that they speak of"
    world.mail.nothing()


async def test_an_archive_imported_on_a_quiet_day_pages_nobody(world: World) -> None:
    """Three thousand mentions of last week's storm come in at once: they count where they were said."""
    now = world.clock.now()
    usual: list[Any] = [
        MentionDraft(f"calm-{n}", f"Almadía sails at {n}", now - timedelta(minutes=10 * n + 30))
        for n in range(800)
    ]
    await world.remember(usual)
    await world.settle()
    storm = MentionDraft("", "Almadía: stranded for hours, a disgrace", now - timedelta(days=3))
    await world.remember(
        [replace(storm, native_id=f"storm-{n}", text=f"{storm.text} {n}", author=f"s{n}") for n in range(600)]
    )
    await world.forward(minutes=15, step=120)
    async with world.core.database.read() as session:
        assert (await session.scalars(select(Alert))).all() == []
    world.mail.nothing()


async def _calm(world: World, hours: float) -> None:
    """A mention every six minutes, heard as it was said; nothing since so many hours."""
    until = world.clock.now() - timedelta(hours=hours)
    calm = [
        MentionDraft(f"calm-{n}", f"Almadía sails at {n}", until - timedelta(minutes=6 * n))
        for n in range(720)
    ]
    await world.remember(calm)
    await world.settle()


def _said(world: World, text: str, ago: list[float]) -> dict[str, Any]:
    """As a suite sends it: published so many minutes ago."""
    now = world.clock.now()
    return {
        "mentions": [
            {
                "id": f"late-{n}",
                "text": f"{text} {n}",
                "author": f"l{n}",
                "published_at": (now - timedelta(minutes=minutes)).isoformat(),
            }
            for n, minutes in enumerate(ago)
        ]
    }


async def test_the_backlog_of_a_hook_pages_nobody(world: World) -> None:
    """Four hours come in one batch, and the complaints of yesterday in another."""
    await _calm(world, 4)
    await world.forward(minutes=12, step=240)
    await world.send(_said(world, "Almadía sails at", [6.0 * n for n in range(1, 39)]))
    await world.forward(minutes=3, step=60)
    complaints = _said(
        world, "Almadía: stranded for hours, a disgrace", [60 * 20 + 3.0 * n for n in range(60)]
    )
    for one in complaints["mentions"]:
        one["id"] += "-complaint"
    await world.send(complaints)
    await world.forward(minutes=6, step=60)
    assert await world.alerts() == []
    world.mail.take_all()  # of sources that say nothing meanwhile


async def test_a_suite_that_gathers_for_six_hours_pages_nobody(world: World) -> None:
    """What each push holds was said while it gathered; it is not usually late, and is no heap."""
    await _calm(world, 0)
    for push in range(7):
        world.clock.set(world.clock.now() + timedelta(hours=6))
        gathered = _said(world, "Almadía sails at", [1 + 12.0 * n for n in range(30)])
        for one in gathered["mentions"]:
            one["id"] += f"-{push}"
        await world.send(gathered)
        await world.work_off_stream()
    await world.forward(minutes=2, step=60)
    assert await world.alerts() == []
    world.mail.take_all()  # of sources that say nothing meanwhile
    await world.forward(hours=5.5, step=5.5 * 3600)
    await world.send(_said(world, "Almadía: stranded, a disgrace", [1 + 0.5 * n for n in range(60)]))
    await world.forward(minutes=2, step=60)
    assert await world.alerts() != [], "it began before the push, and still burns"
    world.mail.take_all()


async def test_a_feed_that_was_down_for_hours_pages_nobody(world: World) -> None:
    """It is back with all that was said meanwhile, at once."""
    async with listening(world) as (feed, runner):
        await _calm(world, 0)
        first = world.clock.now()
        feed.say([MentionDraft("first", "Almadía sails", first)])
        await live(world, runner, 6, step=6)
        feed.die()
        await live(world, runner, 240, step=60)
        feed.say(
            [
                MentionDraft(f"after-{n}", f"Almadía sails, says {n}", first + timedelta(minutes=6 * n))
                for n in range(1, 41)
            ]
        )
        await live(world, runner, 24, step=8)
        async with world.core.database.read() as session:
            assert (
                await session.scalar(text("SELECT count(*) FROM mention WHERE native_id LIKE 'after-%'"))
                == 40
            )
        assert await world.alerts() == []
        world.mail.take_all()  # that the feed was silent


async def test_a_crisis_in_a_backlog_is_heard_while_it_burns(world: World) -> None:
    await _calm(world, 1)
    await world.forward(minutes=12, step=240)
    await world.send(_said(world, "Almadía: stranded, a disgrace", [15 + 0.5 * n for n in range(60)]))
    await world.forward(minutes=2, step=60)
    assert await world.alerts() != []
    world.mail.take_all()
