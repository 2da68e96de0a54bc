"""What is old goes, week by week or by a source's own limit; counts stay, and nothing comes back."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import func, select, text, update

from kit.core import Core
from mentions.mention import Match, Mention, MentionKey
from mentions.privacy import erase
from mentions.privacy.partitions import PARTITIONED, partition, week_of
from mentions.privacy.retention import expire
from mentions.sentiment.corrections import Correction, correct
from mentions.source import Source
from mentions.sources import raw
from mentions.sources.raw import RawPayload
from mentions.taught import export
from mentions.triage.decisions import Decision
from mentions.triage.raising import correct_label
from mentions.waiting.valkey_queue import DEAD, Outbox
from people.letters import Letter, Paper, Section, write
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, make_source, put, viewer

LIMIT = 400  # days, the default


async def stored(core: Core) -> tuple[int, int, int]:
    """How many mentions, matches and keys there are."""
    async with core.database.read() as session:
        found = [
            await session.scalar(select(func.count()).select_from(t)) for t in (Mention, Match, MentionKey)
        ]
    return tuple(number or 0 for number in found)  # type: ignore[return-value]


async def exists(core: Core, week: datetime) -> list[bool]:
    async with core.database.read() as session:
        names = [partition(table, week_of(week)) for table in PARTITIONED]
        return [
            await session.scalar(text("SELECT to_regclass(:n)"), {"n": name}) is not None for name in names
        ]


async def test_a_week_outlives_its_limit_and_is_dropped_whole(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    then = core.clock.now()
    await put(core, source, draft("Renfe, tarde", at=then))
    before = await counted(core)
    clock.set(then + timedelta(days=LIMIT))
    await expire(core)
    assert await stored(core) == (1, 1, 1), "its week is not over everywhere yet"
    clock.set(then + timedelta(days=LIMIT + 7))
    await put(core, source, draft("Renfe, tarde", at=core.clock.now()))
    assert await expire(core) > 0
    assert await stored(core) == (1, 1, 1)
    assert await exists(core, then) == [False, False]
    assert before.items() <= (await counted(core)).items(), "the counts are the detector's memory"
    assert await expire(core) == 0, "twice is once"


async def test_next_week_is_ready_before_it_begins(core: Core) -> None:
    await expire(core)
    assert await exists(core, core.clock.now() + timedelta(days=7)) == [True, True]


async def test_what_is_older_than_any_week_goes_row_by_row(core: Core) -> None:
    _, _, source = await make_all(core)
    then = core.clock.now() - timedelta(days=9_000)
    await put(core, source, *(draft(f"Renfe {n}", at=then, arrived_at=then) for n in range(3)))
    assert await stored(core) == (3, 3, 3)
    await expire(core)
    assert await stored(core) == (0, 0, 3)


async def test_what_is_gone_is_not_counted_again(core: Core, clock: MovableClock) -> None:
    """A file of old mentions is loaded again; a feed still tells what its source keeps for two days only."""
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).retention_days = 2
    now, long_ago = core.clock.now(), core.clock.now() - timedelta(days=LIMIT + 7)
    drafts = [draft("Renfe, ahora", at=now), draft("Renfe, antaño", at=long_ago, arrived_at=long_ago)]
    await put(core, source, *drafts)
    before = await counted(core)
    clock.set(now + timedelta(days=3))
    await expire(core)
    assert (await stored(core))[0] == 0
    await put(core, source, *drafts)
    assert await counted(core) == before


async def test_a_source_may_have_a_shorter_limit(core: Core, clock: MovableClock) -> None:
    _, _, short = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, short.id)).retention_days = 2
        long = await make_source(session, "long")
    then = core.clock.now()
    for source in (short, long):
        await put(core, source, draft("Renfe, tarde", at=then))
    clock.set(then + timedelta(days=2, seconds=1))
    await put(core, short, draft("Renfe, otra vez", at=core.clock.now()))
    await expire(core)
    async with core.database.read() as session:
        left = (await session.execute(select(Mention.source_id, Mention.text).order_by(Mention.id))).all()
    assert [tuple(row) for row in left] == [(long.id, "Renfe, tarde"), (short.id, "Renfe, otra vez")]
    assert (await stored(core))[:2] == (2, 2)


@pytest.mark.parametrize("days", [2, None])
async def test_what_people_said_of_a_text_goes_with_it(
    core: Core, clock: MovableClock, days: int | None
) -> None:
    """`days`: the source's own limit; None: by the week, as all goes."""
    brand, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Source, source.id)).retention_days = days
        member = Member(organisation_id=brand.organisation_id, name="Ada", email="a@x.test", role="responder")
        session.add(member)
    then, who = core.clock.now(), replace(viewer(), member_id=member.id)
    gone = then + (timedelta(days=2, seconds=1) if days else timedelta(days=LIMIT + 7))

    async def say(label: str) -> None:
        await put(core, source, draft(f"Renfe, {label}", at=core.clock.now()))
        async with core.database.unit_of_work() as session:
            newest = await session.scalar(select(func.max(Mention.id)))
            assert newest is not None
            await correct(session, who, newest, "negative", now=core.clock.now())
            await correct_label(session, who, newest, label=label, now=core.clock.now())

    await say("complaint")
    clock.set(gone)
    await say("question")
    await expire(core)
    async with core.database.read() as reading:
        for table in (Correction, Decision):
            assert [row.text async for row in export(reading, table)] == ["Renfe, question"]


async def test_letters_that_quote_mentions_are_not_kept_for_ever(core: Core, clock: MovableClock) -> None:
    brand, _, _ = await make_all(core)
    async with core.database.unit_of_work() as session:
        reader = Member(organisation_id=brand.organisation_id, name="Ada", email="a@x.test", role="observer")
        session.add(reader)
        await session.flush()
        paper = Paper("en", "Daily digest", [Section("Renfe", ["3 times: “Renfe, tarde”"])], "Read", "/")
        for key in ("sent", "due"):
            await write(session, paper, key=key, now=core.clock.now(), member_id=reader.id)
        await session.execute(update(Letter).where(Letter.key == "sent").values(state="sent"))

    async def letters() -> list[str]:
        async with core.database.read() as session:
            return sorted(await session.scalars(select(Letter.key)))

    clock.forward(days=30)
    await expire(core)
    assert await letters() == ["due", "sent"]
    clock.forward(seconds=1)
    await expire(core)
    assert await letters() == ["due"], "it has not left the house yet"


async def test_payloads_are_kept_only_where_asked_for_and_expire(core: Core, clock: MovableClock) -> None:
    _, _, source = await make_all(core)
    await raw.keep(core, source, b"{}", {}, core.clock.now())
    async with core.database.unit_of_work() as session:
        kept = await make_source(session, "kept", raw_days=7)
    await raw.keep(core, kept, b'{"mentions": []}', {}, core.clock.now())

    async def payloads() -> int:
        async with core.database.read() as session:
            return len((await session.scalars(select(RawPayload.sha256))).all())

    clock.set(core.clock.now() + timedelta(days=6))
    await expire(core)
    assert await payloads() == 1
    clock.set(core.clock.now() + timedelta(days=2))
    await expire(core)
    assert await payloads() == 0


async def test_an_author_is_erased_everywhere_and_does_not_come_back(core: Core) -> None:
    _, _, one = await make_all(core)
    async with core.database.unit_of_work() as session:
        other = await make_source(session, "other")
    now = core.clock.now()
    theirs = [structs.replace(draft(f"Renfe {n}", at=now), author="Ana", place="Vigo") for n in range(2)]
    await put(core, one, *theirs, structs.replace(draft("Renfe, de otro", at=now), author="Anabel"))
    await put(core, other, structs.replace(draft("Renfe y yo", at=now), author="ANA", uri="x"))
    before = await counted(core)
    async with core.database.unit_of_work() as session:
        assert len(await erase.erase(session, "ana")) == 3
        assert await erase.erase(session, "ana") == []
    await put(
        core, one, *theirs, *(structs.replace(d, text="otra", revised_at=now + timedelta(1)) for d in theirs)
    )
    async with core.database.read() as session:
        left = (await session.execute(select(Mention.author, Mention.text, Mention.place))).all()
    assert sorted(map(tuple, left), key=str) == [("Anabel", "Renfe, de otro", None)] + [(None, "", None)] * 3
    assert await counted(core) == before


async def test_erased_is_as_empty_as_taken_back(core: Core) -> None:
    _, _, source = await make_all(core)
    full = {
        "author": "Ana", "url": "https://x.example/1", "title": "Renfe", "followers": 3, "reach": 9,
        "thread": "t", "reply_to": "r", "place": "Vigo", "country": "ES", "domain": "x.example",
    }  # fmt: skip
    erased, gone = (draft("Renfe y yo", at=core.clock.now(), **full) for _ in range(2))
    await put(core, source, erased)
    async with core.database.unit_of_work() as session:
        await erase.erase(session, "ana")
    await put(core, source, gone)
    await put(core, source, structs.replace(gone, text="", deleted=True))
    own = {"id", "native_id", "deleted_at", "story_id", "copy", "firsts"}
    async with core.database.read() as session:
        rows = (await session.scalars(select(Mention))).all()
    left = [
        {name: getattr(row, name) for name in set(Mention.__table__.columns.keys()) - own} for row in rows
    ]
    assert left[0] == left[1]


async def test_payloads_that_name_an_erased_author_go_with_them(core: Core) -> None:
    await make_all(core)
    async with core.database.unit_of_work() as session:
        kept = await make_source(session, "kept", raw_days=7)
    said = '[{"author": "ÑANDÚ/\\"5"}]'
    utf16 = {"content-type": "application/json; charset=utf-16"}
    theirs: list[tuple[bytes, dict[str, str]]] = [
        (said.encode(), {}),
        (gzip.compress(said.encode()), {"content-encoding": "gzip"}),
        (said.encode("utf-16"), {}),
        (said.encode("utf-16"), utf16),
        (rb'[{"author": "\u00d1and\u00FA\/\u0022\u0035", "author": "Bea"}]', {}),
        ('not json, by ñandú/"5'.encode(), {}),
    ]
    for body, headers in theirs:
        await raw.keep(core, kept, body, headers, core.clock.now())
    await raw.keep(core, kept, b'[{"author": "Bea"}]', {}, core.clock.now())
    async with core.database.read() as session:
        assert len((await session.scalars(select(RawPayload.id))).all()) == 7
    async with core.database.unit_of_work() as session:
        await erase.erase(session, 'Ñandú/"5')
    async with core.database.read() as session:
        (left,) = (await session.scalars(select(RawPayload.body))).all()
    assert b"Bea" in zlib.decompress(left)


async def test_a_body_that_nobody_could_search_is_not_kept(core: Core) -> None:
    await make_all(core)
    async with core.database.unit_of_work() as session:
        kept = await make_source(session, "kept", raw_days=7)
    for body, headers in ((b"\xff\xff\x00", {}), (b"no gzip", {"content-encoding": "gzip"})):
        await raw.keep(core, kept, body, headers, core.clock.now())
    async with core.database.read() as session:
        assert (await session.scalars(select(RawPayload.id))).all() == []


async def test_batches_that_nobody_looked_into_go_after_a_month(core: Core, clock: MovableClock) -> None:
    then = int(core.clock.now().timestamp() * 1000)
    await core.bell.redis.xadd(DEAD, {"batch": b"x"}, id=f"{then}-0")
    clock.set(core.clock.now() + timedelta(days=29))
    await expire(core)
    assert await Outbox(core.bell.redis).dead() == 1
    clock.set(core.clock.now() + timedelta(days=2))
    await expire(core)
    assert await Outbox(core.bell.redis).dead() == 0


async def test_the_planner_knows_what_the_weeks_hold_together(core: Core) -> None:
    """Autovacuum looks at each week's table and never at all of them together."""
    _, _, source = await make_all(core)
    await put(core, source, *(draft(f"Renfe {n}", at=core.clock.now()) for n in range(20)))
    await expire(core)
    async with core.database.read() as session:
        known = await session.execute(text("SELECT DISTINCT tablename FROM pg_stats WHERE inherited"))
        assert {"mention", "mention_match"} <= {name for (name,) in known}
