"""A mention is stored and counted once, however often, however late and by however many it comes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text

from kit.bell import SIGNALS
from kit.core import Core
from mentions.intake import store as storing
from mentions.intake.store import enabled_monitors, store
from mentions.mention import Match, Mention
from mentions.monitor import MinuteCount
from mentions.privacy.partitions import partition, week_of
from mentions.source import Source, SourceHealth
from mentions.waiting.batch import Batch
from tests.clock import MovableClock
from tests.mentions.makers import (
    counted,
    draft,
    make_all,
    make_brand,
    make_monitor,
    make_source,
    minutes,
    put,
    scorer,
)
from tests.waiting import somebody_waits

ANGRY = "Renfe es una vergüenza, qué asco de servicio"
HAPPY = "Me encanta Renfe, gracias, un viaje maravilloso"


async def health(core: Core) -> SourceHealth:
    async with core.database.read() as session:
        return (await session.scalars(select(SourceHealth))).one()


async def test_a_mention_is_judged_matched_and_counted(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    stored = await put(core, source, draft(ANGRY, at=now), draft(HAPPY, at=now), draft("Llueve", at=now))
    assert (stored.new, stored.duplicates) == (3, 0)
    assert await counted(core) == {(monitor.id, int(now.timestamp()) // 60): (2, 1, 1)}
    async with core.database.read() as session:
        found = (await session.scalars(select(Mention).order_by(Mention.text))).all()
    assert [(one.sentiment, one.lang) for one in found[1:]] == [("positive", "es"), ("negative", "es")]
    assert found[2].score < 0 < found[1].score


async def test_redelivery_changes_nothing_but_the_duplicates_figure(core: Core) -> None:
    _, _, source = await make_all(core)
    batch = [draft(ANGRY, at=core.clock.now()) for _ in range(5)]
    await put(core, source, *batch[:3])
    before = await counted(core)
    assert (await put(core, source, *batch[:3])).duplicates == 3
    assert await counted(core) == before
    again = await put(core, source, *batch, batch[4])
    assert (again.new, again.duplicates) == (2, 4)
    assert [volume for volume, _, _ in (await counted(core)).values()] == [5]
    figures = await health(core)
    assert (figures.received, figures.duplicates) == (5, 7)


async def test_the_same_id_of_two_sources_is_two_mentions(core: Core) -> None:
    _, _, one = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    mention = draft(ANGRY, at=core.clock.now())
    assert (await put(core, one, mention)).new == 1
    assert (await put(core, other, mention)).new == 1


async def test_workers_that_store_the_same_at_once_count_it_once(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    batch = [draft(f"Renfe {number}", at=now, arrived_at=now + minutes(number % 7)) for number in range(300)]
    stored = await asyncio.gather(*(put(core, source, *batch[:: 1 - 2 * (n % 2)]) for n in range(4)))
    assert sum(one.new for one in stored) == 300
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 300


async def test_it_counts_in_the_minute_of_arrival_unless_it_is_late(core: Core) -> None:
    _, monitor, source = await make_all(core)
    arrived = datetime(2026, 3, 10, 2, 59, 59, 999999, tzinfo=UTC)
    late = draft(ANGRY, at=arrived - timedelta(days=3))
    await put(core, source, late, draft(ANGRY, at=arrived - timedelta(minutes=1)), arrived_at=arrived)
    future = draft(ANGRY, at=arrived + timedelta(days=300))
    await put(core, source, future, arrived_at=arrived + timedelta(microseconds=1))
    minute = int(arrived.timestamp()) // 60
    assert await counted(core) == {
        (monitor.id, minute - 3 * 1440): (1, 1, 0),
        (monitor.id, minute): (1, 1, 0),
        (monitor.id, minute + 1): (1, 1, 0),
    }


async def test_every_monitor_gets_its_own_and_the_disabled_ones_nothing(core: Core) -> None:
    brand, first, source = await make_all(core, "renfe")
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        other = await make_brand(session, "Adif", "adif")
        second = await make_monitor(session, other, "adif OR renfe", at=now)
        silent = await make_monitor(session, brand, "renfe", at=now, enabled=False)
        broken = await make_monitor(session, brand, "((", at=now)
    await put(core, source, draft("Renfe y Adif", at=now), draft("Adif", at=now), draft("Iryo", at=now))
    assert {monitor: volume for (monitor, _), (volume, _, _) in (await counted(core)).items()} == {
        first.id: 1,
        second.id: 2,
    }
    assert {silent.id, broken.id}.isdisjoint({monitor for monitor, _ in await counted(core)})
    await put(core, source, draft("nothing to do with it", at=now), also=[silent.id])
    async with core.database.read() as session:
        assert len((await session.scalars(select(Match).where(Match.monitor_id == silent.id))).all()) == 1


async def test_a_rolled_back_batch_leaves_nothing(core: Core) -> None:
    _, _, source = await make_all(core)
    with pytest.raises(Exception, match="minute_count"):
        await put(core, source, draft(ANGRY, at=core.clock.now()), also=[999_999])
    assert await counted(core) == {}
    assert (await put(core, source, draft(ANGRY, at=core.clock.now()))).new == 1


async def test_health_tells_the_newest_times_and_the_rejected(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, draft(at=now - minutes(1)), rejected=2)
    await put(core, source, draft(at=now - minutes(60)), arrived_at=now - minutes(30), rejected=1)
    await put(core, source)
    figures = await health(core)
    assert (figures.last_received_at, figures.last_published_at) == (now, now - minutes(1))
    assert (figures.received, figures.rejected) == (2, 3)


async def test_what_is_told_again_is_no_sign_of_life(core: Core, clock: MovableClock) -> None:
    """A feed that stands still is asked every few minutes, and gives what it gave before each time."""
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).keep = "matched"
    then = core.clock.now()
    kept, dropped = draft(ANGRY, at=then), draft("Llueve", at=then)
    for _ in range(3):
        await put(core, source, kept, dropped)
        assert (await health(core)).last_received_at == then
        clock.forward(minutes=10)
        await put(core, source, draft(native_id="gone", text="", at=core.clock.now(), deleted=True))
    await put(core, source, kept, dropped, draft("Nieva", at=core.clock.now()))
    assert (await health(core)).last_received_at == core.clock.now(), "news, though no monitor asked for it"
    clock.forward(minutes=10)
    await put(core, source, kept, draft(ANGRY, at=then + minutes(30)))
    figures = await health(core)
    assert figures.last_received_at == core.clock.now(), "news, however late"
    assert figures.published_lag_seconds == 600, "of what is new, not of what is told again"
    await put(core, source, replace(draft("Graniza", at=then), arrived_at=then))
    assert (await health(core)).published_lag_seconds == 600, "a file tells of no lag"


async def test_the_bell_rings_for_what_is_new_only(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where it is asked for: on the channel, tests beside this one ring, too."""
    _, _, source = await make_all(core)
    mention, rung = draft(ANGRY, at=core.clock.now()), list[str]()
    monkeypatch.setattr(storing, "ring_later", lambda _, channel: rung.append(channel))
    for _ in range(2):
        await put(core, source, mention)
    assert rung == [SIGNALS]


async def test_texts_that_are_hard_to_store_come_back_as_they_were(core: Core) -> None:
    _, _, source = await make_all(core)
    texts = ["renfe 😀", "renfe '); DROP TABLE mention; --", 'renfe \\ " { } \u202e', "renfe " + "ñ" * 19_000]
    await put(core, source, *(draft(text, at=core.clock.now()) for text in texts))
    async with core.database.read() as session:
        assert set(await session.scalars(select(Mention.text))) == set(texts)


async def test_an_edit_replaces_the_text_and_moves_the_judgement(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    first = draft(ANGRY, at=now)
    await put(core, source, first)
    edited = replace(first, text=HAPPY, revised_at=now + minutes(5))
    assert (await put(core, source, edited, arrived_at=now + minutes(6))).revised == 1
    assert await counted(core) == {(monitor.id, int(now.timestamp()) // 60): (1, 0, 1)}
    assert (await put(core, source, edited)).revised == 0, "twice is once"
    older = replace(first, text=ANGRY, revised_at=now + minutes(4))
    assert (await put(core, source, older)).revised == 0, "out of order: the newest stands"
    async with core.database.read() as session:
        (row,) = (await session.scalars(select(Mention))).all()
    assert (row.text, row.sentiment, row.arrived_at) == (HAPPY, "positive", now)


async def test_an_edit_that_races_with_the_original_is_not_lost(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    original = draft(HAPPY, at=now)
    edit = replace(original, text=ANGRY, revised_at=now + minutes(1))
    async with core.database.unit_of_work() as session:
        batch = Batch(source.id, now, (original,))
        await store(session, [batch], scorer=scorer(), monitors=await enabled_monitors(session))
        other = asyncio.create_task(put(core, source, edit))
        await somebody_waits(session)  # it has seen no such mention, and waits for the key
    assert (await other).revised == 1
    async with core.database.read() as session:
        assert (await session.scalars(select(Mention.text))).one() == ANGRY


async def test_an_edit_that_tells_of_harm_counts_as_harm(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    first = draft("Renfe: tren parado", at=now)
    await put(core, source, first)
    edited = replace(first, text="Renfe: hay muertos y heridos", revised_at=now + minutes(1))
    await put(core, source, edited)
    async with core.database.read() as session:
        assert (await session.scalars(select(MinuteCount.harm))).all() == [1]


async def test_what_its_author_took_back_is_wiped_and_stays_counted(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    first = replace(draft(ANGRY, at=now), author="ana", url="https://social.example/1", place="Vigo")
    await put(core, source, first)
    before = await counted(core)
    gone = replace(first, text="", deleted=True)
    assert (await put(core, source, gone)).revised == 1
    assert (await put(core, source, gone, replace(first, revised_at=now + minutes(9)))).revised == 0
    async with core.database.read() as session:
        (row,) = (await session.scalars(select(Mention))).all()
    assert (row.text, row.author, row.url, row.place, row.deleted_at) == ("", None, None, None, now)
    assert await counted(core) == before


async def test_said_and_taken_back_within_one_batch_was_said(core: Core) -> None:
    _, _, source = await make_all(core)
    first = draft(ANGRY, at=core.clock.now())
    unseen = replace(draft(ANGRY, at=core.clock.now()), deleted=True, text="")
    stored = await put(core, source, first, replace(first, deleted=True, text=""), unseen)
    assert (stored.new, stored.revised, stored.duplicates) == (1, 1, 1)
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 1


async def test_one_item_from_two_sources_counts_once_and_goes_when_both_took_it_back(core: Core) -> None:
    _, _, one = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    now = core.clock.now()
    here = replace(draft(ANGRY, at=now), uri="https://social.example/1")
    there = replace(draft(ANGRY, at=now), uri="https://social.example/1")
    assert (await put(core, one, here)).new == 1
    assert (await put(core, other, there)).duplicates == 1
    assert (await put(core, other, there)).duplicates == 1
    both = replace(draft(ANGRY, at=now), uri="x"), replace(draft(ANGRY, at=now), uri="x")
    assert (await put(core, other, *both)).new == 1, "nor within one batch"
    assert (await put(core, one, replace(here, text="", deleted=True))).revised == 0
    assert (await put(core, other, replace(there, text="", deleted=True))).revised == 1
    async with core.database.read() as session:
        gone = (await session.scalars(select(Mention.deleted_at).order_by(Mention.id))).all()
    assert gone == [now, None]


async def test_no_source_changes_what_another_brought_by_claiming_its_uri(core: Core) -> None:
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        hostile = await make_source(session, "hostile")
    now = core.clock.now()
    said = replace(draft(ANGRY, at=now), author="ana", uri="https://social.example/1")
    await put(core, source, said)
    claimed = replace(said, native_id="mine")
    edited = replace(claimed, text="Renfe, gracias por todo", revised_at=now + minutes(1))
    gone = replace(claimed, text="", deleted=True)
    at_once = [replace(claimed, native_id="2"), replace(gone, native_id="2")]
    for forged in ([claimed], [edited], [gone], at_once):
        stored = await put(core, hostile, *forged)
        assert (stored.new, stored.revised, stored.duplicates) == (0, 0, len(forged))
    async with core.database.read() as session:
        (row,) = (await session.scalars(select(Mention))).all()
    assert (row.text, row.author, row.sentiment, row.deleted_at) == (ANGRY, "ana", "negative", None)


async def test_a_source_that_keeps_what_is_asked_for_stores_nothing_else(core: Core) -> None:
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).keep = "matched"
    now = core.clock.now()
    stored = await put(core, source, draft(ANGRY, at=now), draft("Llueve", at=now))
    assert (stored.new, stored.unmatched) == (1, 1)
    figures = await health(core)
    assert (figures.received, figures.unmatched, figures.duplicates) == (1, 1, 0)


async def test_an_arrival_is_never_later_than_its_batch(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    await put(core, source, draft(ANGRY, at=now, arrived_at=now + timedelta(days=400)))
    async with core.database.read() as session:
        assert (await session.scalars(select(Mention.arrived_at))).all() == [now]


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=700), timedelta(days=20_000)])
async def test_every_week_finds_its_table(core: Core, ago: timedelta) -> None:
    _, monitor, source = await make_all(core)
    then = core.clock.now() - ago
    await put(core, source, draft(ANGRY, at=then, arrived_at=then))
    name = partition("mention", week_of(then)) if ago.days <= 700 else "mention_other"
    async with core.database.read() as session:
        where = await session.execute(
            text(f"SELECT count(*) FROM {name} WHERE arrived_at = :at"), {"at": then}
        )
        assert where.scalar_one() == 1
        assert (await session.scalars(select(Match.monitor_id))).all() == [monitor.id]
