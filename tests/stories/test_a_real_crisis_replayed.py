"""Real crises, post by post, over generated calm: one incident each, in time, and none before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from alerts.alert import Alert
from alerts.ticker import tick
from incident.incident import Incident
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import read
from mentions.monitor import Monitor
from mentions.texts.harm import of_harm
from people.organisations import Brand
from tests.clock import MovableClock
from tests.world import World
from tocsin.demo import generator

pytestmark = pytest.mark.long

MINUTE = timedelta(minutes=1)
WATCHED_BEFORE = timedelta(hours=6)
WATCHED_AFTER = timedelta(hours=3)
WORKED_EXAMPLE = Path(__file__).parents[2] / "docs/detection.md"
"""Quotes the first alert of the first story."""


@dataclass(frozen=True)
class Crisis:
    """A collection of posts: those from `began` on; `told`: when the first speak of what happened."""

    file: str
    query: str
    began: datetime
    told: datetime

    def posts(self, shared: Path) -> list[MentionDraft]:
        """In their order."""
        drafts = list(read(shared / "data/replay" / self.file, field_map={}, now=self.began + timedelta(365)))
        assert len(drafts) == 1000
        posts = [d for d in drafts if isinstance(d, MentionDraft) and d.published_at >= self.began]
        return sorted(posts, key=lambda draft: draft.published_at)


SPAIN = Crisis(
    "2013_spain_train_crash.csv",
    "tren OR trenes OR renfe OR adif OR santiago OR train OR trens",
    datetime(2013, 7, 24, 18, 41, tzinfo=UTC),  # one post of that morning speaks of exports
    datetime(2013, 7, 24, 19, 27, tzinfo=UTC),
)
LAC_MEGANTIC = Crisis(
    "2013_lac_megantic_train_crash.csv",
    "megantic OR lac OR mma OR train",
    datetime(
        2013, 7, 6, 7, 37, tzinfo=UTC
    ),  # two posts about films of a catastrophe, then nearly three hours of none
    datetime(2013, 7, 6, 11, 21, tzinfo=UTC),
)


@pytest.fixture
def clock(crisis: Crisis) -> MovableClock:
    return MovableClock(crisis.told - WATCHED_BEFORE)


async def listen_for(world: World, crisis: Crisis) -> None:
    """Listen for the railway instead of the ferry line."""
    async with world.core.database.unit_of_work() as session:
        brand = (await session.execute(select(Brand).where(Brand.slug == "almadia"))).scalar_one()
        brand.name = "Ferrocarril"
        monitor = (
            await session.execute(
                select(Monitor).where(Monitor.brand_id == brand.id, Monitor.type == "brand")
            )
        ).scalar_one()
        monitor.query = f"{monitor.query} OR {crisis.query}"


async def live_through(
    world: World, mentions: Sequence[MentionDraft], until: datetime, *, step: int = 1
) -> None:
    """What was said arrives, then the workers look, every `step` minutes; all of them with a reason."""
    now = world.clock.now()
    waiting = sorted((d for d in mentions if d.published_at > now), key=lambda draft: draft.published_at)
    while world.clock.now() < until:
        now = min(until, world.clock.now() + step * MINUTE)
        world.clock.set(now)
        said = [draft for draft in waiting if draft.published_at <= now]
        if said:
            waiting = waiting[len(said) :]
            await world.remember([replace(draft, arrived_at=draft.published_at) for draft in said])
        if await tick.tick(world.core) or await incidents_of(world):
            await world.settle(trusting=now < until)


async def after_a_fortnight(world: World, crisis: Crisis, rate: float) -> list[MentionDraft]:
    """A fortnight of calm is past, the last hours of it watched; what goes on of it."""
    await listen_for(world, crisis)
    start, end = crisis.told - timedelta(days=14), crisis.told + WATCHED_AFTER
    calm = generator.calm(random.Random(11), start, (end - start) / MINUTE, rate, "almadia")
    await world.remember([draft for draft in calm if draft.published_at <= world.clock.now()])
    return calm


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


@pytest.mark.parametrize(
    ("crisis", "rate", "kept"),
    [
        (SPAIN, 1.2, 1.0),
        (LAC_MEGANTIC, 0.6, 1.0),
        (SPAIN, 0.12, 0.1),
    ],
    ids=["train crash in Spain", "slow build-up, half the calm", "a tenth of calm and posts"],
)
async def test_over_a_fortnight_of_calm_it_opens_one_incident_in_time(
    world: World, shared: Path, crisis: Crisis, rate: float, kept: float
) -> None:
    calm = await after_a_fortnight(world, crisis, rate)
    rng = random.Random(1)
    posts = [draft for draft in crisis.posts(shared) if rng.random() < kept]
    first, second = [d.published_at for d in posts if of_harm(d.text)][:2]
    said = [*calm, *posts]

    await live_through(world, said, first - MINUTE, step=15)
    assert await incidents_of(world) == []  # none before the first posts about the crash
    world.mail.nothing()

    assert second - first <= 10 * MINUTE
    await live_through(world, said, second + 3 * MINUTE)
    incidents = await incidents_of(world)
    assert len(incidents) == 1
    assert first <= incidents[0].detected_at <= first + 10 * MINUTE
    assert incidents[0].type == "accident"
    alert = await first_alert(world)
    assert not alert.evidence["insufficient_history"]
    if crisis is SPAIN and kept == 1.0:
        assert f"= {alert.evidence['score']} nats" in WORKED_EXAMPLE.read_text(encoding="utf-8")

    await live_through(world, said, first + WATCHED_AFTER, step=15)
    assert len(await incidents_of(world)) == 1
    await take_the_mail(world)


@pytest.mark.parametrize("crisis", [SPAIN], ids=["train crash in Spain"])
async def test_without_any_calm_before_it_the_cold_start_rule_opens_it_and_says_so(
    world: World, shared: Path, crisis: Crisis
) -> None:
    await listen_for(world, crisis)
    posts = crisis.posts(shared)
    world.clock.set(crisis.told - 5 * MINUTE)
    while not await incidents_of(world) and world.clock.now() < crisis.told + WATCHED_AFTER:
        await live_through(world, posts, world.clock.now() + 2 * MINUTE, step=2)
    await live_through(world, posts, crisis.told + WATCHED_AFTER, step=15)
    assert len(await incidents_of(world)) == 1
    alert = await first_alert(world)
    assert alert.evidence["insufficient_history"]
    assert "history" in alert.evidence["reason"]
    await take_the_mail(world)
