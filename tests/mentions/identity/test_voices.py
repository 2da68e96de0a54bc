"""A thousand posts of one account are no crowd, in whatever batches and order they come."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from kit.core import Core
from mentions.identity.voices import VoiceHour
from mentions.intake.store import enabled_monitors
from mentions.mention import Mention
from mentions.monitor import MinuteCount, Recount
from mentions.notable import put as put_notable
from mentions.privacy.retention import expire
from mentions.recount import ask_for, recount_due
from mentions.sentiment.corrections import correct
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_all, make_source, minutes, put, viewer

ANGRY = "Renfe es una vergüenza, qué asco de servicio"
HAPPY = "Me encanta Renfe, gracias, un viaje maravilloso"
WORDS = [f"palabra{number}" for number in range(16)]


def angry(number: int) -> str:
    """A complaint in words of its own."""
    return f"{ANGRY}: {' '.join(WORDS[(number * 7 + at) % 16] + str(number) for at in range(8))}"


async def summed(core: Core) -> dict[str, int]:
    """All that was counted, of all monitors and minutes."""
    names = [c.name for c in MinuteCount.__table__.columns if c.name not in ("monitor_id", "minute")]
    async with core.database.read() as session:
        columns = [func.coalesce(func.sum(getattr(MinuteCount, name)), 0) for name in names]
        row = (await session.execute(select(*columns))).one()
    return {name: int(value) for name, value in zip(names, row, strict=True)}


async def test_one_accounts_flood_is_one_voice_an_hour(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    now = clock.now().replace(minute=10)
    later, next_hour = now + minutes(20), now + minutes(55)
    flood = [draft(angry(i), at=now if i < 20 else later, author="@loud") for i in range(30)]
    await put(core, source, *flood[:20], arrived_at=now)
    await put(core, source, *flood[20:], arrived_at=later)
    await put(core, source, draft(angry(40), at=next_hour, author="LOUD"), arrived_at=next_hour)
    found = await summed(core)
    assert (found["volume"], found["negative"]) == (31, 31)
    assert (found["voices"], found["independent"], found["independent_negative"]) == (2, 2, 2)
    await put(core, source, draft(angry(41), at=now, author="@loud"), arrived_at=now + minutes(50))
    assert (await summed(core))["voices"] == 2  # the hour of the one before it


async def test_each_account_counts_with_its_first_complaint_even_when_it_said_something_else_before(
    core: Core,
) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now().replace(minute=0)
    await put(core, source, draft("Renfe: salgo de Lleida hacia Madrid en el tren", at=now, author="a"))
    await put(core, source, draft(angry(1), at=now, author="a"))
    await put(core, source, draft(angry(2), at=now, author="a"))
    found = await summed(core)
    assert (found["voices"], found["independent"], found["independent_negative"]) == (1, 1, 1)


async def test_copies_are_voices_but_not_in_words_of_their_own(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, *(draft(angry(1), at=now, author=f"a{i}") for i in range(9)))
    found = await summed(core)
    assert (found["volume"], found["copies"]) == (9, 8)
    assert (found["voices"], found["independent"], found["independent_negative"]) == (9, 1, 1)


async def test_articles_and_nameless_posts_are_voices_of_their_own(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, *(draft(angry(i), at=now, author="El Diari", kind="article") for i in range(3)))
    await put(core, source, *(draft(angry(10 + i), at=now) for i in range(3)))
    assert (await summed(core))["voices"] == 6


async def test_two_sources_know_different_accounts(core: Core) -> None:
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    for one in (source, other):
        await put(core, one, draft(angry(one.id), at=core.clock.now(), author="maria"))
    assert (await summed(core))["voices"] == 2


async def test_workers_that_store_at_once_count_what_one_counts(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    flood = [draft(angry(i), at=now, author=f"a{i % 5}") for i in range(40)]
    await asyncio.gather(*(put(core, source, *flood[part::4]) for part in range(4)))
    found = await summed(core)
    assert (found["volume"], found["voices"], found["independent_negative"]) == (40, 5, 5)


async def test_the_order_of_a_batch_makes_no_difference(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    said = [
        draft(angry(i) if i % 3 else f"{HAPPY} {angry(i)[-40:]}", at=now + minutes(i), author=f"a{i % 4}",
              followers=5_000 * (i + 1), arrived_at=now + minutes(i))
        for i in range(12)
    ]  # fmt: skip
    await put(core, source, *reversed(said), arrived_at=now + minutes(20))
    backwards = await summed(core)
    async with core.database.unit_of_work() as session:
        second = await make_source(session, "other")
    await put(core, second, *said, arrived_at=now + minutes(20))
    assert {name: value // 2 for name, value in (await summed(core)).items() if name != "copies"}[
        "voices"
    ] == backwards["voices"]
    async with core.database.read() as session:
        rows = await session.execute(select(Mention.firsts).order_by(Mention.native_id, Mention.source_id))
    firsts = [row[0] & 1 for row in rows]
    assert firsts[::2] == firsts[1::2]


async def test_a_correction_moves_every_figure_and_back(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, draft(angry(1), at=now, author="a", followers=2_000_000))
    before = await summed(core)
    assert (before["independent_negative"], before["notable"], before["reach"]) == (1, 1, 330)
    async with core.database.unit_of_work() as session:
        (number,) = await session.scalars(select(Mention.id))
        session.add(
            Member(organisation_id=1, name="Marta", email="marta@example.org", role="responder", id=1)
        )
    for label, negative, positive in (("positive", 0, 1), ("neutral", 0, 0), ("negative", 1, 0)):
        async with core.database.unit_of_work() as session:
            await correct(session, viewer(), number, label, now=now)
        found = await summed(core)
        assert found["independent_negative"] == found["negative"] == found["notable"] == negative
        assert found["independent_positive"] == found["positive"] == positive
    assert await summed(core) == before


async def test_an_edit_moves_every_figure_and_a_deletion_none(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    said: dict[str, Any] = {"at": now, "author": "a", "native_id": "one", "followers": 2_000_000}
    await put(core, source, draft(f"{ANGRY}, hay heridos y muertos", **said))
    assert (await summed(core))["harm"] == 1
    await put(core, source, draft(HAPPY, **said, revised_at=now + minutes(1)))
    found = await summed(core)
    assert (found["harm"], found["negative"], found["independent_negative"], found["notable"]) == (0, 0, 0, 0)
    assert (found["independent_positive"], found["voices"], found["reach"]) == (1, 1, 330)
    await put(core, source, draft("", at=now, native_id="one", deleted=True))
    assert await summed(core) == found


async def test_a_recount_adds_and_takes_away_what_storing_counts(core: Core, clock: MovableClock) -> None:
    _, monitor, source = await make_all(core, query="nothing at all")
    now = clock.now()
    said = [
        draft(angry(i % 7), at=now, author=f"a{i % 5}", followers=400_000 * i, arrived_at=now - minutes(i))
        for i in range(20)
    ]
    await put(core, source, *said)
    assert not any((await summed(core)).values())
    for query, counted in (("renfe", 20), ("nothing at all", 0)):
        async with core.database.unit_of_work() as session:
            row = await session.get_one(type(monitor), monitor.id)
            before, row.query = row.query, query
            await ask_for(session, row, [before], clock.now())
        clock.forward(minutes=1)
        while await recount_due(core):
            pass
        found = await summed(core)
        assert found["volume"] == counted
        assert bool(found["notable"]) == bool(found["reach"]) == bool(found["voices"]) == bool(counted)
    assert not any(found.values())
    async with core.database.read() as session:
        assert (await session.scalars(select(Recount))).all() == []


async def test_who_weighs_is_the_brands_own_business_and_counts_from_then_on(core: Core) -> None:
    brand, _, source = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        await put_notable(session, viewer(), brand.id, ["@ElDiari", "https://www.prensa.es"], None, now=now)
    said: list[dict[str, Any]] = [
        {"author": "eldiari"},
        {"author": "ElDiari "},
        {"author": "x", "domain": "economia.prensa.es"},
        {"author": "y", "domain": "laprensa.es"},
        {"author": "z", "followers": 50_000_000},  # no audience weighs by itself any more
    ]
    drafts = [draft(angry(i), **{"at": now, **values}) for i, values in enumerate(said)]
    history = draft(angry(9), at=now - timedelta(hours=7), author="@eldiari", arrived_at=now)
    await put(core, source, *drafts, history)
    await put(core, source, draft(HAPPY, at=now, author="@eldiari"))  # praise wakes nobody
    assert (await summed(core))["notable"] == 3
    async with core.database.read() as session:
        assert len(await enabled_monitors(session)) == 1


async def test_past_hours_are_forgotten(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await put(core, source, draft(angry(1), at=clock.now(), author="a"))
    await expire(core)
    async with core.database.read() as session:
        assert len((await session.scalars(select(VoiceHour))).all()) == 1
    clock.forward(hours=2)
    await expire(core)
    async with core.database.read() as session:
        assert (await session.scalars(select(VoiceHour))).all() == []


async def test_two_who_make_the_first_list_at_once_follow_one_another(core: Core) -> None:
    brand, _, _ = await make_all(core)

    async def first(name: str) -> None:
        async with core.database.unit_of_work() as session:
            await put_notable(session, viewer("responder"), brand.id, [name], None, now=core.clock.now())

    await asyncio.gather(first("@a"), first("@b"), first("@c"))


async def test_neither_order_nor_batches_nor_sources_change_what_a_minute_counts(
    core: Core, clock: MovableClock
) -> None:
    """The same said on four days: as it comes, backwards, one by one, and half of the accounts elsewhere."""
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    ways = []
    for day in range(4):
        now = clock.now().replace(minute=30, second=0)
        said = [
            draft(
                f"{HAPPY} {angry(100 * day + i)[-60:]}" if i % 3 == 0 else angry(100 * day + i),
                at=now, author=f"a{i % 5}", followers=(0, 2_000, 3_000_000)[i % 5 % 3],
            )
            for i in range(15)
        ]  # fmt: skip
        before = await summed(core)
        if day == 0:
            await put(core, source, *said, arrived_at=now)
        elif day == 1:
            await put(core, source, *reversed(said), arrived_at=now)
        else:
            for number, one in enumerate(said):
                await put(core, (source, other)[number % 5 % 2 if day == 3 else 0], one, arrived_at=now)
        after = await summed(core)
        ways.append({name: after[name] - before[name] for name in after})
        clock.forward(days=1)
    assert ways[0]["volume"] == 15
    assert ways[0]["voices"] == 5
    assert ways == [ways[0]] * 4
