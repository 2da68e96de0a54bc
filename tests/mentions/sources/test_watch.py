"""Outages as rows, told once; the rhythm learnt; the minutes in which we were deaf."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.events import Event
from kit.phrasebook import BETWEEN
from mentions.counting.counts import minute_of
from mentions.source import Source, SourceHealth
from mentions.sources import contact, notices, silence, watch
from mentions.sources.health import Seen, judge
from mentions.sources.outage import SourceOutage, SourceRhythm, brand_deafness, deaf_minutes
from mentions.sources.troubles import TROUBLES
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


async def test_a_source_that_is_asked_for_the_first_time_while_it_is_looked_at(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session, expected_minutes=60, enabled_at=clock.now())

    async def asked_meanwhile(session: ReadSession, now: datetime) -> list[watch.Watched]:
        found = await watched(session, now)
        async with core.database.unit_of_work() as other:
            await contact.failed(other, source.id, "HTTP 503", now)
        return found

    monkeypatch.setattr(watch, "watched", asked_meanwhile)
    clock.forward(minutes=90)
    assert await watch_sources(core) == 1
    async with core.database.read() as asking:
        seen = await asking.get_one(SourceHealth, source.id)
        assert (seen.silent_since is not None, seen.error) == (True, "HTTP 503")


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
    async with core.database.read() as session:
        papers = [letter.paper for letter in await session.scalars(select(Letter).order_by(Letter.id))]
    assert [paper["sections"][0]["lines"][0] for paper in papers] == [
        "Since 10 Mar, 02:55.", "Des del 10 de març, 02:55."
    ]  # fmt: skip
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
    async with core.database.read() as asking:
        assert list(await asking.scalars(select(Event.kind))) == ["source.went_out"]


async def judged(core: Core) -> tuple[str, str]:
    """What comes out for the newest outage now, and all that is told of it."""
    newest = (await outages(core))[-1]
    return silence.state_of(newest.judged), "\n".join(silence.sentences(newest.judged))


async def test_a_silence_is_judged_again_from_the_rhythm_that_it_was_judged_by(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    for _ in range(30 * 6):
        await put(core, source, draft("renfe llega", at=clock.now()))
        await watch_sources(core)
        clock.forward(minutes=10)
    last = clock.now() - timedelta(minutes=10)
    clock.forward(minutes=15)
    assert await watch_sources(core) == 1
    state, told = await judged(core)
    assert state == "same"
    assert f"The last item came at {last:%Y-%m-%dT%H:%M:%SZ}; " in told
    assert "nothing had come for 1500.0 s." in told
    assert "at this hour the longest usual gap is 600.0 s. Nothing may come for 2 times that" in told
    assert "300 s at least: 1200.0 s." in told
    async with core.database.unit_of_work() as session:  # what is learned, or set, later makes no difference
        for slot in await session.scalars(select(SourceRhythm)):
            slot.usual = slot.running = 9_000.0
    await expect(core, source, 6_000)
    assert (await judged(core))[0] == "same"
    async with core.database.unit_of_work() as session:
        outage = (await session.scalars(select(SourceOutage))).one()
        outage.judged = [{**outage.judged[0], "allowed": 1199.0}]
    state, told = await judged(core)
    assert state == "differs"
    assert "Not the same: allowed: claimed 1199.0, now 1200.0" in told


async def test_what_was_set_and_what_fails_is_judged_again_too_each_change_by_itself(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    await expect(core, source, 60)
    await put(core, source, draft("renfe llega", at=clock.now()))
    clock.forward(minutes=61)
    await watch_sources(core)
    assert "People set that nothing may come for 3600.0 s." in (await judged(core))[1]
    async with core.database.unit_of_work() as session:
        health = await session.get_one(SourceHealth, source.id)
        health.failing_since = clock.now()
        clock.forward(minutes=3)
        health.last_tried_at = clock.now()
    await watch_sources(core)
    state, told = await judged(core)
    assert (state, [one["state"] for one in (await outages(core))[0].judged]) == (
        "same",
        ["silent", "failing"],
    )
    assert "People set" in told
    assert "120 s are borne." in told


async def test_an_outage_that_an_older_version_noticed_is_not_pretended_to(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    await expect(core, source, 60)
    await put(core, source, draft("renfe llega", at=clock.now()))
    clock.forward(minutes=61)
    await watch_sources(core)
    (outage,) = await outages(core)
    assert silence.state_of([{**outage.judged[0], "formula": "silence-0"}]) == "impossible"
    assert silence.state_of([]) == "impossible"
    assert "an older version" in silence.sentences([])[0]


@pytest.mark.parametrize("language", ["es", "ca", "fr"])
def test_all_that_is_told_of_a_judgement_is_told_in_every_language(language: str) -> None:
    now, hour = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(hours=1)
    seen = Seen(True, False, None, True, None, None, now - 30 * hour, None, None)
    polled = replace(seen, every=hour, pushed=False)
    cases = [
        (replace(seen, expected=hour), {}),
        (seen, {}),
        (seen, dict.fromkeys(range(168), 600.0)),
        (replace(seen, enabled_at=now - 26 * hour), {}),
        (replace(polled, failing_since=now - hour), {}),
        (replace(polled, last_tried_at=now - 3 * hour), {}),
    ]
    for known, usual in cases:
        one = silence.evidence(known, usual, judge(known, usual, now), now)
        assert silence.state_of([one]) == "same"
        for line in [*silence.sentences([one]), *silence.sentences([{**one, "allowed": 1.0}])]:
            for sentence in BETWEEN.split(line):
                assert TROUBLES.told(sentence, language) != sentence
        assert TROUBLES.told(silence.sentences([{**one, "formula": "x"}])[0], language).find("x") > 0
    assert TROUBLES.told(silence.NOTHING_KEPT, language) != silence.NOTHING_KEPT
