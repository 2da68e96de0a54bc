"""What an author edits is understood again: who is meant, which story, whose case; and never a burst."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select

from kit.core import Core
from mentions import recount
from mentions.copies.fold import Stories
from mentions.intake.store import enabled_monitors, store
from mentions.mention import Match, Mention
from mentions.monitor import MinuteCount, Monitor
from mentions.recount import ask_for, recount_due
from mentions.sentiment.corrections import correct
from mentions.triage.case import Case, CaseQueue
from mentions.triage.opening import work_off
from mentions.waiting.batch import Batch
from people.departments import Department
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, make_monitor, minutes, put, scorer, viewer

MILD = "Renfe ha llegado"
COMPLAINT = "Renfe es una vergüenza, qué asco de servicio, quiero una hoja de reclamaciones"
THREAT = "Renfe, os voy a denunciar, hablaréis con mi abogado"
LONG = "Renfe: el tren de Vigo lleva tres horas parado en medio del campo sin luz"
OTHER = "Renfe: mañana por la tarde salimos todos juntos de excursión a la playa"


async def stored(core: Core) -> list[Mention]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Mention).order_by(Mention.published_at)))


async def matches(core: Core) -> list[int]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Match.monitor_id).order_by(Match.monitor_id)))


async def test_words_that_become_a_threat_are_queued_however_old_the_mention(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    first = draft(MILD, at=clock.now())
    await put(core, source, first)
    clock.forward(days=3)
    edit = replace(first, text=THREAT, revised_at=clock.now())
    await put(core, source, edit)
    (row,) = await stored(core)
    async with core.database.unit_of_work() as session:
        queued = list(await session.scalars(select(CaseQueue.mention_id)))
        await session.execute(delete(CaseQueue))
    assert (row.triage, queued) == ("threat", [row.id])
    history = replace(edit, text=THREAT + " mañana", revised_at=clock.now() + minutes(1))
    clock.forward(days=3)
    await put(core, source, history)
    async with core.database.read() as session:
        assert list(await session.scalars(select(CaseQueue))) == [], "it was edited days ago"


async def test_a_complaint_edited_into_a_threat_turns_its_case(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        session.add_all(Department(slug=slug, name=slug) for slug in ("customer-service", "legal"))
    first = draft(COMPLAINT, at=clock.now(), author="ana")
    for said in (first, replace(first, text=THREAT, revised_at=clock.now() + minutes(1))):
        await put(core, source, said)
        async with core.database.unit_of_work() as session:
            assert await work_off(session, now=clock.now()) == 1
    async with core.database.read() as session:
        row = (await session.scalars(select(Case))).one()
        department = await session.get_one(Department, row.department_id)
    assert (row.label, department.slug, row.mentions) == ("threat", "legal", 1)


async def test_an_edit_counts_for_whom_it_names_now_in_the_minute_of_the_mention(
    core: Core, clock: MovableClock
) -> None:
    brand, renfe, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        iryo = await make_monitor(session, brand, "iryo", at=clock.now())
        given = await make_monitor(session, brand, "nothing", at=clock.now())
    minute = int(clock.now().timestamp()) // 60
    first = draft("Renfe es una vergüenza, qué asco", at=clock.now())
    await put(core, source, first, also=[given.id])
    clock.forward(hours=2)
    edit = replace(first, text="Iryo es una vergüenza, qué asco: hay muertos", revised_at=clock.now())
    for _ in range(2):
        await put(core, source, edit)
    assert await matches(core) == [iryo.id, given.id]
    assert await counted(core) == {
        (renfe.id, minute): (0, 0, 0),
        (iryo.id, minute): (1, 1, 0),
        (given.id, minute): (1, 1, 0),
    }
    before = await counts(core)
    async with core.database.unit_of_work() as session:
        for monitor in (renfe, iryo):
            await ask_for(session, monitor, [monitor.query], clock.now())
    clock.forward(minutes=1)
    while await recount_due(core):
        pass
    assert await counts(core) == before, "as a plain recount has it"


@pytest.mark.parametrize(("query", "before"), [("Iryo", "Renfe"), ("Renfe", "Iryo")])
async def test_an_edit_amid_a_recount_is_what_the_recount_counts(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, query: str, before: str
) -> None:
    """The old words are found by one of the monitor's queries, and the new ones by the other."""
    brand, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        monitor = await make_monitor(session, brand, before, at=clock.now())
    first = draft("Renfe ha llegado", at=clock.now())
    await put(core, source, first)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Monitor, monitor.id)).query = query
        await ask_for(session, monitor, [before], clock.now())
    clock.forward(minutes=1)
    there = recount._there

    async def edited_meanwhile(*of: Any) -> set[int]:
        await put(core, source, replace(first, text="Iryo ha llegado", revised_at=clock.now()))
        return await there(*of)

    monkeypatch.setattr(recount, "_there", edited_meanwhile)
    assert await recount_due(core)
    assert (monitor.id in await matches(core)) == (query == "Iryo")
    figures = [volume for (key, _), (volume, *_) in (await counted(core)).items() if key == monitor.id]
    assert sum(figures) == (query == "Iryo")


async def counts(core: Core) -> list[tuple[object, ...]]:
    """All figures of all minutes."""
    columns = MinuteCount.__table__.columns
    async with core.database.read() as session:
        return [tuple(row) for row in await session.execute(select(*columns).order_by(*columns))]


async def test_a_persons_word_stands_while_all_else_follows(core: Core, clock: MovableClock) -> None:
    brand, monitor, source = await make_all(core)
    first = draft(MILD, at=clock.now())
    await put(core, source, first)
    async with core.database.unit_of_work() as session:
        member = Member(organisation_id=brand.organisation_id, name="Marta", email="m@x.test", role="admin")
        session.add(member)
        await session.flush()
        await correct(session, viewer(), (await stored(core))[0].id, "positive", now=clock.now())
    await put(
        core, source, replace(first, text="Renfe: hay muertos y heridos", revised_at=clock.now() + minutes(1))
    )
    (row,) = await stored(core)
    assert (row.sentiment, row.text) == ("positive", "Renfe: hay muertos y heridos")
    async with core.database.read() as session:
        count = (await session.scalars(select(MinuteCount))).one()
    assert (count.monitor_id, count.positive, count.harm) == (monitor.id, 1, 1)


@pytest.mark.parametrize("apart", [True, False])
async def test_an_edit_leaves_the_story_that_it_told_and_joins_another(
    core: Core, clock: MovableClock, apart: bool
) -> None:
    """`apart`: a copy gets words of its own; else words of one's own become a copy."""
    _, _, source = await make_all(core)
    first = draft(LONG, at=clock.now(), author="ana")
    second = draft(LONG if apart else OTHER, at=clock.now() + minutes(1), author="bea")
    await put(core, source, first, second, arrived_at=clock.now() + minutes(1))
    one, two = await stored(core)
    assert (two.story_id, two.copy) == ((one.id, True) if apart else (two.id, False))
    edit = replace(second, text=OTHER if apart else LONG, revised_at=clock.now() + minutes(2))
    await put(core, source, edit)
    one, two = await stored(core)
    assert (two.story_id, two.copy) == ((two.id, False) if apart else (one.id, True))
    async with core.database.read() as session:
        count = (await session.scalars(select(MinuteCount))).one()
    assert (count.volume, count.copies) == (2, 0 if apart else 1)
    assert count.independent == 1, "an edited copy is no further voice" if apart else "and a copy is none"


async def test_who_began_a_story_stays_its_first(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    first = draft(LONG, at=clock.now(), author="ana")
    await put(core, source, first, draft(LONG, at=clock.now() + minutes(1), author="bea"))
    await put(core, source, draft(OTHER, at=clock.now() + minutes(2), author="eva"))
    await put(core, source, replace(first, text=OTHER, revised_at=clock.now() + minutes(3)))
    one, two, _ = await stored(core)
    assert (one.story_id, one.copy, two.story_id, two.copy) == (one.id, False, one.id, True)


@pytest.mark.parametrize("was_a_copy", [True, False])
async def test_edited_words_begin_a_story_where_the_mention_told_none_of_its_own(
    core: Core, clock: MovableClock, was_a_copy: bool
) -> None:
    """Known to workers that go on; else the new words are news to them until they restart."""
    _, _, source = await make_all(core)
    workers = [Stories(), Stories()]
    edited = draft(LONG, at=clock.now() + minutes(1))
    said = [
        *([draft(LONG, at=clock.now())] if was_a_copy else []),
        edited,
        replace(edited, text=OTHER, revised_at=clock.now() + minutes(2)),
    ]
    repeated = [draft(OTHER, at=clock.now() + minutes(number)) for number in (3, 4)]
    for at, one in enumerate([*said, *repeated]):
        async with core.database.unit_of_work() as session:
            batch = Batch(source.id, one.revised_at or one.published_at, (one,))
            monitors = await enabled_monitors(session)
            await store(session, [batch], scorer=scorer(), monitors=monitors, stories=workers[at % 2])
    rows = {row.native_id: row for row in await stored(core)}
    first = rows[edited.native_id] if was_a_copy else rows[repeated[0].native_id]
    told = [rows[one.native_id] for one in repeated]
    assert [row.story_id for row in told] == [first.id] * 2
    assert [row.copy for row in told] == [was_a_copy, True]
