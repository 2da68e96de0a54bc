"""Outages as rows, told once; the rhythm learnt; the minutes in which we were deaf."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kit.core import Core
from kit.db import WriteSession
from kit.events import Event
from mentions.counts import minute_of
from mentions.source import Source, SourceHealth
from mentions.sources import contact, notices
from mentions.sources.outage import SourceOutage, SourceRhythm, brand_deafness, deaf_minutes
from mentions.sources.watch import watch_sources, watched
from people.letters import Letter
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, put

HOUR = timedelta(hours=1)


async def admin(core: Core, language: str = "en") -> None:
    async with core.database.unit_of_work() as session:
        row = Member(
            organisation_id=1,
            name="Ada",
            email=f"{language}@x",
            role="admin",
            language=language,
            time_zone="UTC",
        )
        session.add(row)


async def subjects(core: Core) -> list[str]:
    async with core.database.read() as session:
        return [
            letter.paper["subject"] for letter in await session.scalars(select(Letter).order_by(Letter.id))
        ]


async def outages(core: Core) -> list[SourceOutage]:
    async with core.database.read() as session:
        return list(await session.scalars(select(SourceOutage).order_by(SourceOutage.id)))


async def expect(core: Core, source: Source, minutes: int) -> None:
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).expected_minutes = minutes


async def test_silence_is_told_once_and_so_is_its_end(core: Core, clock: MovableClock) -> None:
    _, monitor, source = await make_all(core)
    await admin(core)
    await admin(core, "ca")
    await expect(core, source, 60)
    await put(core, source, draft("renfe llega", at=clock.now()))
    began = clock.now()
    clock.forward(minutes=60)
    assert await watch_sources(core) == 0
    clock.forward(minutes=1)
    assert await watch_sources(core) == 1
    assert await watch_sources(core) == 0
    (outage,) = await outages(core)
    assert (outage.state, outage.began_at, outage.ended_at) == ("silent", began, None)
    assert outage.carries == {str(monitor.id): 1.0}
    assert await subjects(core) == ["suite is silent", "suite està en silenci"]
    await put(core, source, draft("renfe otra vez", at=clock.now()))
    assert await watch_sources(core) == 1
    assert (await outages(core))[0].ended_at == clock.now()
    assert await subjects(core) == [
        "suite is silent",
        "suite està en silenci",
        "suite speaks again",
        "suite torna a parlar",
    ]
    async with core.database.read() as session:
        kinds = await session.scalars(select(Event.kind).order_by(Event.seq))
        assert list(kinds) == ["source.went_out", "source.speaks"]
        health = await session.get_one(SourceHealth, source.id)
        assert health.silent_since is None


async def test_what_is_switched_off_is_not_told_as_back(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await admin(core)
    await expect(core, source, 5)
    await put(core, source, draft("renfe llega", at=clock.now()))
    clock.forward(minutes=6)
    await watch_sources(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).enabled = False
    await watch_sources(core)
    assert (await outages(core))[0].ended_at is not None
    assert await subjects(core) == ["suite is silent"]


async def test_a_failing_source_says_why(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await admin(core)
    async with core.database.unit_of_work() as session:
        await contact.failed(session, source.id, "The server refuses us access (401)", clock.now())
    assert await watch_sources(core) == 0, "one stumble is nobody's business"
    clock.forward(minutes=2)
    async with core.database.unit_of_work() as session:
        await contact.failed(session, source.id, "The server refuses us access (401)", clock.now())
    assert await watch_sources(core) == 1
    (outage,) = await outages(core)
    assert (outage.state, outage.reason) == ("failing", "The server refuses us access (401)")
    async with core.database.read() as session:
        letter = (await session.scalars(select(Letter))).one()
        assert "401" in str(letter.paper)
    async with core.database.unit_of_work() as session:
        await contact.went_well(session, source.id, clock.now())
    assert await watch_sources(core) == 1


async def test_a_source_that_never_rests_is_missed_within_minutes_once_its_rhythm_is_known(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    for hour in range(26):
        await put(core, source, draft(f"renfe {hour}", at=clock.now()), draft(f"y {hour}", at=clock.now()))
        await watch_sources(core)
        clock.forward(minutes=10)
        await put(core, source, draft(f"renfe {hour} again", at=clock.now()))
        await watch_sources(core)
        clock.forward(minutes=50)
    async with core.database.read() as session:
        assert (await session.scalar(select(func.count()).select_from(SourceRhythm)) or 0) >= 24
        (one,) = await watched(session, clock.now())
        assert one.health.allowed == timedelta(minutes=100), "twice the longest usual gap"
    clock.forward(minutes=45)
    await watch_sources(core)
    assert await outages(core) == []
    clock.forward(minutes=20)
    await watch_sources(core)
    assert [outage.state for outage in await outages(core)] == ["silent"]


@pytest.mark.parametrize(("others", "deaf"), [(1, True), (8, False)])
async def test_minutes_are_deaf_for_a_monitor_of_which_the_source_brings_much(
    core: Core, clock: MovableClock, others: int, deaf: bool
) -> None:
    brand, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    await expect(core, source, 30)
    await put(core, source, draft("renfe llega", at=clock.now()))
    await put(core, other, *(draft(f"renfe {n}", at=clock.now()) for n in range(others)))
    began = minute_of(clock.now())
    clock.forward(minutes=31)
    await watch_sources(core)
    async with core.database.read() as session:
        found = await deaf_minutes(session, [monitor.id, 999], began - 2, minute_of(clock.now()) + 1)
        assert found.shape == (2, 34)
        assert not found[1].any()
        assert found[0].tolist() == [False] * 2 + [deaf] * 32
        told = await brand_deafness(session, brand.id)
        assert [(one.name, one.share) for one in told] == [("suite", round(1 / (others + 1), 3))]


async def test_a_misspelt_zone_of_one_who_watches_blinds_nobody(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await admin(core)
    async with core.database.unit_of_work() as session:
        (await session.scalars(select(Member))).one().time_zone = "Europe/Nowhere"
    await expect(core, source, 5)
    await put(core, source, draft("renfe llega", at=clock.now()))
    clock.forward(minutes=6)
    assert await watch_sources(core) == 1
    assert await subjects(core) == ["suite is silent"]


async def test_a_source_that_cannot_be_noted_stops_no_other(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, source = await make_all(core)
    await admin(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "another")
    for one in (source, other):
        await expect(core, one, 5)
        await put(core, one, draft(f"renfe {one.name}", at=clock.now(), native_id=one.name))
    clock.forward(minutes=6)
    told = notices.went_out

    async def fails_for_one(session: WriteSession, out: Source, *rest: Any) -> None:
        if out.name == "another":
            raise LookupError("a defect of ours")
        await told(session, out, *rest)

    monkeypatch.setattr(notices, "went_out", fails_for_one)
    assert await watch_sources(core) == 1
    assert [outage.source_id for outage in await outages(core)] == [source.id]
    async with core.database.read() as session:
        assert list(await session.scalars(select(Event.kind))) == ["source.went_out"]
