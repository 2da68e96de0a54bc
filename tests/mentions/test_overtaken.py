"""A deletion or an edit that comes before what it is about, through another worker or another batch."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace
from sqlalchemy import func, select

from kit.core import Core
from mentions.intake.store import enabled_monitors, store
from mentions.mention import Mention, MentionKey
from mentions.privacy.retention import expire
from mentions.source import Source
from mentions.waiting.batch import Batch
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, make_source, minutes, put, scorer
from tests.waiting import somebody_waits

ANGRY = "Renfe es una vergüenza, qué asco de servicio"
HAPPY = "Me encanta Renfe, gracias, un viaje maravilloso"


async def rows(core: Core) -> list[Mention]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Mention).order_by(Mention.id)))


async def keys(core: Core) -> int:
    async with core.database.read() as session:
        return await session.scalar(select(func.count()).select_from(MentionKey)) or 0


async def test_taken_back_before_it_came_is_as_taken_back_after(core: Core, clock: MovableClock) -> None:
    _, monitor, source = await make_all(core)
    said = replace(draft(ANGRY, at=clock.now()), author="ana", uri="https://social.example/1")
    gone = replace(said, text="", author=None, deleted=True)
    stored = await put(core, source, gone, gone)
    assert (stored.new, stored.revised, stored.duplicates) == (0, 0, 2)
    clock.forward(minutes=10)
    stored = await put(core, source, said)
    assert (stored.new, stored.revised, stored.duplicates) == (1, 0, 0)
    (row,) = await rows(core)
    assert (row.text, row.author, row.deleted_at) == ("", None, clock.now())
    assert await counted(core) == {(monitor.id, int(said.published_at.timestamp()) // 60): (1, 1, 0)}
    assert (await put(core, source, said, gone)).duplicates == 2, "and stays so"


async def test_a_deletion_waits_for_an_original_that_is_being_stored(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    original = draft(ANGRY, at=now)
    async with core.database.unit_of_work() as session:
        batch = Batch(source.id, now, (original,))
        await store(session, [batch], scorer=scorer(), monitors=await enabled_monitors(session))
        other = asyncio.create_task(put(core, source, replace(original, text="", deleted=True)))
        await somebody_waits(session)  # it has seen no such mention, and waits for the key
    assert (await other).revised == 1
    assert [row.text for row in await rows(core)] == [""]


async def test_an_original_waits_for_a_deletion_that_is_being_noted(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    original = draft(ANGRY, at=now)
    async with core.database.unit_of_work() as session:
        batch = Batch(source.id, now, (replace(original, text="", deleted=True),))
        await store(session, [batch], scorer=scorer(), monitors=await enabled_monitors(session))
        other = asyncio.create_task(put(core, source, original))
        await somebody_waits(session)
    assert (await other).new == 1
    assert [row.text for row in await rows(core)] == [""]


async def test_what_another_source_still_says_stays(core: Core) -> None:
    _, _, one = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    now = core.clock.now()
    mine, theirs = (replace(draft(ANGRY, at=now), uri="https://social.example/1") for _ in range(2))
    await put(core, one, replace(mine, text="", deleted=True))
    await put(core, other, theirs)
    assert (await put(core, one, mine)).duplicates == 1
    assert [row.text for row in await rows(core)] == [ANGRY]


async def test_a_deletion_waits_for_an_hour_and_no_longer(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    said = draft(ANGRY, at=clock.now())
    await put(core, source, replace(said, text="", deleted=True))
    clock.forward(minutes=59)
    await expire(core)
    assert await keys(core) == 1
    clock.forward(minutes=2)
    await expire(core)
    assert await keys(core) == 0
    await put(core, source, said)
    assert [row.text for row in await rows(core)] == [ANGRY]


async def test_an_edit_that_comes_before_the_original_stands(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    first = draft(ANGRY, at=now)
    edited = replace(first, text=HAPPY, revised_at=now + minutes(1))
    await put(core, source, edited)
    assert (await put(core, source, first)).duplicates == 1
    assert [row.text for row in await rows(core)] == [HAPPY]
    assert await counted(core) == {(monitor.id, int(now.timestamp()) // 60): (1, 0, 1)}


async def test_what_nobody_asked_for_is_not_kept_to_be_wiped(core: Core) -> None:
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).keep = "matched"
    said = draft("Llueve", at=core.clock.now())
    await put(core, source, replace(said, text="", deleted=True))
    assert (await put(core, source, said)).unmatched == 1
    assert await rows(core) == []


async def test_what_an_account_says_that_came_back_stays(core: Core, clock: MovableClock) -> None:
    """Whether its end is told in the same portion, or only to a worker that comes later."""
    _, _, source = await make_all(core)
    ana = "did:plc:ana"
    before, kept = (draft(text, at=clock.now(), author=ana) for text in (ANGRY, HAPPY))
    heard = clock.now()
    ended, back, later = (heard + minutes(number) for number in (10, 20, 30))
    edit = replace(kept, text=f"{HAPPY} otra vez", revised_at=back)
    late = draft("Renfe, ya he vuelto", at=ended - minutes(5), author=ana)
    new = draft("Renfe, aquí estoy otra vez", at=later, author=ana)
    clock.set(later)
    await put(core, source, new)
    batches = [
        Batch(source.id, heard, (before, kept)),
        Batch(source.id, ended, (), gone=(ana,)),
        Batch(source.id, back, (before, late, edit)),
    ]
    async with core.database.unit_of_work() as session:
        await store(session, batches, scorer=scorer(), monitors=await enabled_monitors(session))
    texts = {row.native_id: row.text for row in await rows(core)}
    assert texts == {
        before.native_id: "",
        kept.native_id: edit.text,
        late.native_id: late.text,
        new.native_id: new.text,
    }
