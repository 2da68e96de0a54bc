"""A real crisis, post by post, over generated calm: one incident, in time, and none before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts import tick
from alerts.alert import Alert
from incident.incident import Incident
from mentions.draft import MentionDraft
from mentions.files import read
from mentions.monitor import Monitor
from people.organisations import Brand
from tests.clock import MovableClock
from tests.world import World
from tocsin.demo import generator

CRASH = datetime(2013, 7, 24, 18, 41, tzinfo=UTC)
FIRST_POSTS = datetime(2013, 7, 24, 19, 27, tzinfo=UTC)
WATCHED_BEFORE = timedelta(hours=6)
WATCHED_AFTER = timedelta(hours=3)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(CRASH - WATCHED_BEFORE)


def posts_of(shared: Path) -> list[MentionDraft]:
    """The Spanish collection, less the one post that speaks of exports ten hours before the crash."""
    file = shared / "data/replay/2013_spain_train_crash.csv"
    drafts = list(read(file, field_map={}, now=CRASH + timedelta(days=365)))
    assert len(drafts) == 1000
    posts = [d for d in drafts if isinstance(d, MentionDraft) and d.published_at > CRASH]
    assert len(posts) == 999
    return sorted(posts, key=lambda draft: draft.published_at)


async def railway(world: World) -> None:
    """Listen for the railway instead of the ferry line."""
    async with world.core.database.unit_of_work() as session:
        brand = (await session.execute(select(Brand).where(Brand.slug == "almadia"))).scalar_one()
        brand.name = "Ferrocarril"
        monitor = (
            await session.execute(
                select(Monitor).where(Monitor.brand_id == brand.id, Monitor.type == "brand")
            )
        ).scalar_one()
        monitor.query = f"{monitor.query} OR tren OR trenes OR renfe OR adif OR santiago OR train OR trens"


async def live_through(
    world: World, mentions: Sequence[MentionDraft], until: datetime, *, step: int = 1
) -> None:
    """What was said arrives, then the workers look, every `step` minutes; all of them with a reason."""
    waiting = sorted(mentions, key=lambda draft: draft.published_at)
    while world.clock.now() < until:
        now = min(until, world.clock.now() + timedelta(minutes=step))
        world.clock.set(now)
        said = [draft for draft in waiting if draft.published_at <= now]
        if said:
            waiting = waiting[len(said) :]
            await world.remember([replace(draft, arrived_at=draft.published_at) for draft in said])
        if await tick.tick(world.core) or await incidents_of(world):
            await world.settle()


async def incidents_of(world: World) -> Sequence[Incident]:
    async with world.core.database.read() as session:
        brand = (await session.execute(select(Brand).where(Brand.slug == "almadia"))).scalar_one()
        query = select(Incident).where(Incident.brand_id == brand.id).order_by(Incident.id)
        return (await session.execute(query)).scalars().all()


async def first_alert(world: World) -> Alert:
    async with world.core.database.read() as session:
        return (await session.execute(select(Alert).order_by(Alert.id).limit(1))).scalar_one()


async def take_the_mail(world: World) -> None:
    """Nobody acknowledges that night: pages go up the levels, as they must."""
    world.mail.take_all()


async def test_over_a_fortnight_of_calm_it_opens_one_incident_in_time(world: World, shared: Path) -> None:
    await railway(world)
    rng, start = random.Random(11), CRASH - timedelta(days=14)
    minutes = int((FIRST_POSTS + WATCHED_AFTER - start).total_seconds() // 60)
    calm = generator.calm(rng, start, minutes, 1.2, "almadia")
    now = world.clock.now()
    await world.remember([draft for draft in calm if draft.published_at <= now])
    still_to_come = [draft for draft in calm if draft.published_at > now]
    posts = posts_of(shared)

    await live_through(world, still_to_come, FIRST_POSTS - timedelta(minutes=1), step=5)
    assert await incidents_of(world) == []  # none before the first posts about the crash
    world.mail.nothing()

    await live_through(
        world,
        [d for d in [*still_to_come, *posts] if d.published_at > world.clock.now()],
        FIRST_POSTS + timedelta(minutes=10),
    )
    incidents = await incidents_of(world)
    assert len(incidents) == 1
    assert FIRST_POSTS <= incidents[0].detected_at <= FIRST_POSTS + timedelta(minutes=10)
    assert incidents[0].type == "accident"
    assert not (await first_alert(world)).evidence["insufficient_history"]

    await live_through(
        world,
        [d for d in [*still_to_come, *posts] if d.published_at > world.clock.now()],
        FIRST_POSTS + WATCHED_AFTER,
        step=5,
    )
    assert len(await incidents_of(world)) == 1
    await take_the_mail(world)


async def test_without_any_calm_before_it_the_cold_start_rule_opens_it_and_says_so(
    world: World, shared: Path
) -> None:
    await railway(world)
    posts = posts_of(shared)
    world.clock.set(FIRST_POSTS - timedelta(minutes=5))
    await live_through(world, posts, FIRST_POSTS + WATCHED_AFTER, step=2)
    assert len(await incidents_of(world)) == 1
    alert = await first_alert(world)
    assert alert.evidence["insufficient_history"]
    assert "history" in alert.evidence["reason"]
    await take_the_mail(world)
