"""What a source carried is counted from its mentions as it was counted when they came."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from sqlalchemy import select

from kit.core import Core
from mentions import leaving
from mentions.counts import minute_of
from mentions.figures import Change
from mentions.leaving import CARRIED, DAY
from mentions.source import SourceHealth
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, put

HATE, LOVE = "Renfe, un desastre horrible, nunca más", "Renfe, una maravilla, me encanta viajar así"


async def test_what_it_carried_is_counted_as_it_was_when_it_came(core: Core, clock: MovableClock) -> None:
    """Copies, people who speak twice within an hour, audiences of every size, moods."""
    _, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    now = clock.now()
    for author, followers in (
        ("ada", 500),
        ("bo", 12_345),
        ("bo", 12_345),
        ("cleo", 80_000_000),
        ("dan", None),
    ):
        for words in (HATE, LOVE, f"Renfe llega a las diez, dice {author}"):
            await put(core, source, draft(words, at=clock.now(), author=author, followers=followers))
        clock.forward(minutes=25)
    await put(core, source, draft(at=clock.now(), author="paper", reach=30_000, followers=3))
    await put(
        core, other, draft("Qué vergüenza de Renfe, fatal", at=clock.now(), author="eva", followers=1_001)
    )
    clock.forward(hours=1)
    async with core.database.read() as session:
        since, until = minute_of(now), minute_of(clock.now())
        (found,) = await leaving._carried(session, source.id, [monitor.id], since, until)
    of_other = Change(1, 1, 0, 0, 0, 1, 1, 1, 0, 0)._asdict()
    rest = (found.of_all - found.of_it).sum(axis=1)
    assert dict(zip(CARRIED, rest.tolist(), strict=True)) == {name: of_other[name] for name in CARRIED}
    assert np.array_equal(found.of_all.sum(axis=0) > 0, found.of_it.sum(axis=0) > 0), "at the same hours"
    assert (found.of_it.sum(axis=1) > 0).all()


async def test_a_part_of_nothing_and_one_switched_on_meanwhile_leave_nothing(
    core: Core, clock: MovableClock
) -> None:
    _, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    for one in (source, *[other] * 60):
        await put(core, one, draft(at=clock.now()))
    clock.forward(days=2)
    now = clock.now()
    for one in (source, other):
        async with core.database.unit_of_work() as session:
            await leaving.switched_off(session, one.id, now)
    async with core.database.unit_of_work() as session:
        await leaving.switched_on(session, other.id, now)
    while await leaving.leave_due(core):
        pass
    async with core.database.read() as session:
        assert await leaving.left(session, [monitor.id], 0, minute_of(now) + DAY) == []
        rows = await session.scalars(select(SourceHealth).order_by(SourceHealth.source_id))
        assert [(row.left_to, row.ended_at) for row in rows] == [(None, now), (None, None)]


async def test_who_was_switched_off_on_its_first_day_has_another(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await put(core, source, draft(at=clock.now()))
    for hours, again in ((5, True), (30, False)):
        clock.forward(hours=hours)
        for turn in (leaving.switched_off, leaving.switched_on):
            async with core.database.unit_of_work() as session:
                await turn(session, source.id, clock.now())
        async with core.database.read() as session:
            since = await session.scalar(select(SourceHealth.heard_since))
        assert (since == clock.now()) is again
        assert since is not None
        assert clock.now() - since <= timedelta(hours=30)
