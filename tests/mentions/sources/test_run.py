"""The runner: leases, rhythm, patience and safety, against real servers; the clock moves, nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import CapturingLogger

from incident.timeline import told
from kit.core import Core
from kit.events import Event
from mentions.source import Source, SourceCursor, SourceHealth
from mentions.sources import lease, run, step, web
from mentions.sources.base import Connection, Items, Kind, Trouble, untold
from mentions.sources.lease import LASTS, SourceLease
from mentions.sources.patience import FOR_A_PERSON, LONGEST, back_off
from mentions.sources.registry import KINDS
from mentions.sources.run import Runner
from mentions.waiting import valkey_queue
from mentions.waiting.batch import Batch, decode
from mentions.waiting.valkey_queue import STREAM
from people.letters import Letter
from people.members import Member
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_brand, make_source
from tests.mentions.sources.outside import Answer, as_text, outside

FEED = '<rss version="2.0"><channel><item><guid>{0}</guid><title>Trains {0}</title></item></channel></rss>'


@asynccontextmanager
async def runner(core: Core, owner: str = "one", kinds: Mapping[str, Kind] = KINDS) -> AsyncIterator[Runner]:
    async with web.client() as http:
        found = Runner(core, owner, http, kinds, Random(7))
        yield found
        await found.close()


async def until_done(found: Runner) -> None:
    """One beat, and all the steps that it began."""
    await found.beat()
    while found.running:
        await asyncio.wait(list(found.running.values()), timeout=60)


async def source(core: Core, name: str, kind: str = "rss", **settings: str) -> Source:
    async with core.database.unit_of_work() as session:
        return await make_source(session, name, kind=kind, settings=settings)


async def change(core: Core, name: str, **values: Any) -> None:
    async with core.database.unit_of_work() as session:
        row = (await session.scalars(select(Source).where(Source.name == name))).one()
        for column, value in values.items():
            setattr(row, column, value)


async def health(core: Core, row: Source) -> SourceHealth:
    async with core.database.read() as session:
        return await session.get_one(SourceHealth, row.id)


async def cursor(core: Core, row: Source) -> dict[str, Any] | None:
    async with core.database.read() as session:
        found = await session.get(SourceCursor, row.id)
        return found.cursor if found else None


async def sent(core: Core) -> list[Batch]:
    return [decode(fields[b"batch"]) for _, fields in await core.bell.redis.xrange(STREAM)]


async def titles(core: Core) -> list[str]:
    return [found.text for batch in await sent(core) for found in batch.drafts]


async def test_a_feed_is_asked_at_its_rhythm_and_only_for_what_changed(
    core: Core, clock: MovableClock
) -> None:
    async with outside() as server, runner(core) as found:
        row = await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", as_text(FEED.format(1), ETag='"a"'), Answer(304))
        await until_done(found)
        await until_done(found)
        assert len(server.asked) == 1, "not before its time"
        assert await titles(core) == ["Trains 1"]
        assert (await cursor(core, row) or {})["etag"] == '"a"'
        clock.forward(seconds=300)
        await until_done(found)
        assert server.asked[1].headers["if-none-match"] == '"a"'
        assert len(await titles(core)) == 1
        seen = await health(core, row)
        assert (seen.last_ok_at, seen.error) == (clock.now(), None)


async def test_a_failure_is_told_and_the_server_is_left_in_peace(core: Core, clock: MovableClock) -> None:
    async with outside() as server, runner(core) as found:
        row = await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", Answer(429, (), {"retry-after": "1000"}), as_text(FEED.format(1)))
        await until_done(found)
        seen = await health(core, row)
        assert seen.failing_since == clock.now()
        assert "less often" in str(seen.error)
        clock.forward(seconds=999)
        await until_done(found)
        assert len(server.asked) == 1
        clock.forward(seconds=4)
        await until_done(found)
        seen = await health(core, row)
        assert (seen.failing_since, seen.error) == (None, None)
        assert await titles(core) == ["Trains 1"]


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({"RateLimit": '"all";r=0;t=600'}, 600),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "86400"}, LONGEST),
        ({"RateLimit": '"all";r=9;t=600'}, 300),
    ],
)
async def test_who_has_nothing_left_for_us_is_not_asked_until_it_has(
    core: Core, clock: MovableClock, headers: dict[str, str], rest: float
) -> None:
    """Before it must refuse us; but no header alone, which may be wrong, makes us deaf for long."""
    async with outside() as server, runner(core) as found:
        row = await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", Answer(200, (FEED.format(1).encode(),), headers))
        await until_done(found)
        clock.forward(seconds=rest - 1)
        await until_done(found)
        assert len(server.asked) == 1
        clock.forward(seconds=2)
        await until_done(found)
        assert len(server.asked) == 2
        seen = await health(core, row)
        assert (seen.failing_since, seen.error) == (None, None)


async def test_what_is_missing_for_good_is_told_to_people_and_the_source_goes_on(
    core: Core, clock: MovableClock
) -> None:
    """Once in health, as an event and by one letter a day: neither the cursor nor the rhythm waits for it."""
    said = untold(clock.now() - timedelta(hours=1), clock.now())

    async def look(_: Connection, __: Mapping[str, Any]) -> Items:
        return Items([draft("Trains", at=clock.now())], {"at": clock.now().isoformat()}, gap=said)

    async def listen(_: Connection, __: Mapping[str, Any]) -> AsyncIterator[Items]:
        yield Items(cursor={"at": clock.now().isoformat()})
        raise said

    kinds = {"asked": Kind("asked", "Asked", (), poll=look), "told": Kind("told", "Told", (), stream=listen)}
    async with core.database.unit_of_work() as session:
        await make_brand(session)
        session.add(
            Member(organisation_id=1, name="Ada", email="a@x", role="admin", language="ca", time_zone="UTC")
        )
    rows = [await source(core, kind, kind) for kind in kinds]
    async with runner(core, kinds=kinds) as found:
        for _ in range(2):
            await until_done(found)
            clock.forward(seconds=300)
    for row in rows:
        seen = await health(core, row)
        assert (seen.error, seen.failing_since) == (said.message, None), "it works; some of it is missing"
        assert await cursor(core, row) == {"at": (clock.now() - timedelta(seconds=300)).isoformat()}
    async with core.database.read() as asking:
        events = (await asking.scalars(select(Event).where(Event.kind == "source.missed"))).all()
        letters = (await asking.scalars(select(Letter).order_by(Letter.id))).all()
    assert sorted(event.data["source"] for event in events) == ["asked", "asked", "told", "told"]
    assert sorted(letter.paper["subject"] for letter in letters) == [
        f"{kind} no ho ha explicat tot" for kind in kinds
    ]
    assert "es va dir més del que el servidor explica" in str(letters[0].paper)
    assert "es va dir més" in told("source.missed", events[0].data, "ca")


async def test_what_is_to_be_known_of_a_source_that_works_is_said_on_its_page_alone(
    core: Core, clock: MovableClock
) -> None:
    notes = iter(["Only the beginning was read.", None])

    async def look(_: Connection, __: Mapping[str, Any]) -> Items:
        return Items([draft("Trains", at=clock.now())], {}, note=next(notes))

    row = await source(core, "asked", "asked")
    async with runner(core, kinds={"asked": Kind("asked", "Asked", (), poll=look)}) as found:
        for said in ("Only the beginning was read.", None):
            await until_done(found)
            seen = await health(core, row)
            assert (seen.error, seen.failing_since) == (said, None)
            clock.forward(seconds=300)
    async with core.database.read() as session:
        assert await session.scalar(select(Event).where(Event.kind == "source.missed")) is None


async def test_another_worker_is_as_patient_as_the_one_before(core: Core, clock: MovableClock) -> None:
    async with outside() as server:
        await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", Answer(429, (), {"retry-after": "1000"}))
        async with runner(core, "one") as one:
            await until_done(one)
        async with runner(core, "two") as two:
            await until_done(two)
            assert len(server.asked) == 1
            clock.forward(seconds=1003)
            await until_done(two)
            assert len(server.asked) == 2


async def test_a_dead_workers_sources_are_taken_over_within_seconds(core: Core, clock: MovableClock) -> None:
    async with outside() as server, runner(core, "one") as one, runner(core, "two") as two:
        row = await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", as_text(FEED.format(1)))
        await until_done(one)
        await two.beat()
        assert await owner(core, row) == "one"
        clock.set(clock.now() + LASTS + timedelta(seconds=1))  # one is dead: it renewed nothing
        await two.beat()
        assert await owner(core, row) == "two"
        await one.beat()
        assert not one.settings, "whoever comes back from the dead has lost it"


async def owner(core: Core, row: Source) -> str:
    async with core.database.read() as session:
        return (await session.get_one(SourceLease, row.id)).owner


async def test_workers_that_start_together_share_the_sources(core: Core) -> None:
    async with outside() as server, runner(core, "one") as one, runner(core, "two") as two:
        for number in range(8):
            await source(core, f"feed {number}", url=server.url + "/feed")
        server.on("/feed", as_text(FEED.format(1)))
        await until_done(one)
        await until_done(two)
        assert (len(one.settings), len(two.settings)) == (4, 4)
        assert len(server.asked) == 8


async def test_a_change_counts_at_once_and_what_is_switched_off_stops(
    core: Core, clock: MovableClock
) -> None:
    async with outside() as server, runner(core) as found:
        row = await source(core, "feed", url=server.url + "/wrong")
        server.on("/right", as_text(FEED.format(1)))
        await until_done(found)
        assert "nothing at this address" in str((await health(core, row)).error)
        await change(core, "feed", settings={"url": server.url + "/right"})
        await until_done(found)
        assert await titles(core) == ["Trains 1"]
        await change(core, "feed", enabled=False)
        clock.forward(hours=2)
        await until_done(found)
        assert len(server.asked) == 2


def streaming(steps: Callable[[Connection, Mapping[str, Any]], AsyncIterator[Items]]) -> Kind:
    async def listen(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
        async for items in steps(connection, cursor):
            yield items

    return Kind("test", "Test", (), stream=listen)


async def test_that_the_database_is_away_is_said_once_and_once_that_it_is_back(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter([OSError(), OSError(), None, ValueError(), None, OSError()])

    async def ask(*_: object) -> list[object]:
        if outcome := next(outcomes):
            raise outcome
        return []

    said = CapturingLogger()
    with monkeypatch.context() as patched:
        patched.setattr(run, "log", said)
        patched.setattr(lease, "held", ask)
        async with runner(core) as found:
            for _ in range(6):
                await run._beat(found)
    events = [call.args[0] for call in said.calls]
    assert events == ["sources.wait", "sources.go_on", "sources.stumbled", "sources.wait"]


async def test_a_stream_that_breaks_is_begun_again_where_it_was(core: Core, clock: MovableClock) -> None:
    begun = []

    async def steps(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
        begun.append(cursor.get("at", 0))
        at = begun[-1] + 1
        yield Items((draft(f"post {at}", at=clock.now(), native_id=str(at)),), {"at": at})
        raise Trouble("The connection failed: reset.")

    async with runner(core, kinds={"test": streaming(steps)}) as found:
        row = await source(core, "firehose", "test")
        for _ in range(4):
            await until_done(found)
            clock.forward(seconds=2)
        assert begun == [0, 1, 2, 3], "each time at the first back-off: it had brought something"
        assert (await health(core, row)).error == "The connection failed: reset."


@pytest.mark.parametrize("breaks", [True, False])
async def test_a_stream_keeps_its_servers_pace_however_it_ends(
    core: Core, clock: MovableClock, breaks: bool
) -> None:
    """Talkwalker refuses a sixth connection in a minute."""
    begun = []

    async def steps(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
        begun.append(clock.now())
        yield Items((draft("post", at=clock.now()),))
        if breaks:
            raise Trouble("The connection failed: reset.")

    async with runner(core, kinds={"test": replace(streaming(steps), pace=12.0)}) as found:
        await source(core, "collector", "test")
        for _ in range(60):
            await until_done(found)
            clock.forward(seconds=1)
    assert [(at - begun[0]).total_seconds() for at in begun] == [0, 12, 24, 36, 48]


async def test_a_stream_that_ends_at_once_has_failed(core: Core, clock: MovableClock) -> None:
    begun = []

    async def steps(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Items]:
        begun.append(clock.now())
        for _ in ():
            yield Items()

    async with runner(core, kinds={"test": streaming(steps)}) as found:
        await source(core, "firehose", "test")
        for _ in range(600):
            await until_done(found)
            clock.forward(seconds=1)
        assert 5 < len(begun) < 15, "exponentially less often"


async def test_a_kind_that_hangs_or_falls_over_touches_no_other(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "DEADLINE", 0.2)

    async def hangs(connection: Connection, cursor: Mapping[str, Any]) -> Items:
        await asyncio.Event().wait()
        raise AssertionError

    async def breaks(connection: Connection, cursor: Mapping[str, Any]) -> Items:
        raise KeyError("a bug")

    async def works(connection: Connection, cursor: Mapping[str, Any]) -> Items:
        return Items((draft("fine", at=clock.now()),))

    kinds = {name: Kind(name, name, (), poll=poll) for name, poll in vars().items() if callable(poll)}
    async with runner(core, kinds=kinds) as found:
        rows = {name: await source(core, name, name) for name in ("hangs", "breaks", "works")}
        await until_done(found)
        assert await titles(core) == ["fine"]
        assert "did not answer" in str((await health(core, rows["hangs"])).error)
        assert "KeyError" in str((await health(core, rows["breaks"])).error)


async def test_nothing_is_lost_while_the_stream_of_mentions_is_full(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "PAUSE", 0.01)
    monkeypatch.setattr(valkey_queue, "MAX_WAITING", 1)
    await core.bell.redis.xadd(STREAM, {b"batch": b"{}"})
    async with outside() as server, runner(core) as found:
        row = await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", as_text(FEED.format(1), ETag='"a"'))
        await found.beat()
        await asyncio.sleep(0.2)
        assert found.running, "it waits"
        assert await cursor(core, row) is None, "what is not safe was not read"
        await core.bell.redis.delete(STREAM)
        await asyncio.wait(list(found.running.values()), timeout=60)
        assert await titles(core) == ["Trains 1"]
        assert (await cursor(core, row) or {})["etag"] == '"a"'


async def test_who_lost_the_lease_saves_nothing(core: Core, clock: MovableClock) -> None:
    async with outside() as server, runner(core, "one") as one:
        row = await source(core, "feed", url=server.url + "/feed")
        wait = asyncio.Event()
        server.on("/feed", Answer(200, (wait, FEED.format(1).encode()), {"etag": '"a"'}))
        await one.beat()
        await asyncio.sleep(0.05)
        async with core.database.unit_of_work() as session:
            (await session.get_one(SourceLease, row.id)).owner = "two"
        wait.set()
        await asyncio.wait(list(one.running.values()), timeout=60)
        assert await cursor(core, row) is None
        assert await titles(core) == ["Trains 1"], "safe all the same: a double falls to its native id"


async def test_a_source_that_says_there_is_more_is_asked_on(core: Core, clock: MovableClock) -> None:
    async def pages(connection: Connection, cursor: Mapping[str, Any]) -> Items:
        page = cursor.get("page", 0) + 1
        return Items(
            tuple(draft(f"{page}/{n}", at=clock.now()) for n in range(600)),
            {"page": page},
            rejected=2,
            wait=0 if page < 3 else None,
        )

    async with runner(core, kinds={"test": Kind("test", "Test", (), poll=pages)}) as found:
        row = await source(core, "pages", "test")
        await until_done(found)
        assert await cursor(core, row) == {"page": 3}
        assert [len(batch.drafts) for batch in await sent(core)] == [500, 100] * 3
        assert sum(batch.rejected for batch in await sent(core)) == 6


async def test_the_first_look_brings_history_and_not_an_onset(core: Core, clock: MovableClock) -> None:
    """A feed's hundred old entries are nothing that happens in the minute in which it was connected."""
    then = clock.now() - timedelta(days=3)

    def entries(*ids: int) -> Answer:
        dated = f"<pubDate>{format_datetime(then)}</pubDate></item>"
        told = (FEED.format(number).replace("</item>", dated) for number in ids)
        return as_text("".join(told).replace('</channel></rss><rss version="2.0"><channel>', ""))

    async with outside() as server, runner(core) as found:
        await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", Answer(503), entries(1, 2), entries(1, 2, 3))
        for _ in range(3):
            await until_done(found)
            clock.forward(hours=1)
        first, later = await sent(core)
    assert [one.arrived_at for one in first.drafts] == [then, then]
    assert [one.arrived_at for one in later.drafts] == [None] * 3


async def test_a_feed_that_never_comes_to_its_end_has_one_first_look(core: Core, clock: MovableClock) -> None:
    async with outside() as server, runner(core) as found:
        await source(core, "feed", url=server.url + "/feed")
        server.on("/feed", as_text((FEED.format(1) + FEED.format(2)).replace("</rss>", "")))
        for _ in range(2):
            await until_done(found)
            clock.forward(hours=1)
        first, later = await sent(core)
    assert first.drafts[0].arrived_at is not None
    assert later.drafts[0].arrived_at is None


async def test_two_workers_at_one_source_are_one(core: Core) -> None:
    row = await source(core, "feed", url="http://127.0.0.1:1/")

    async def take(name: str) -> bool:
        async with core.database.unit_of_work() as session:
            return row.id in {
                one.source.id for one in await lease.held(session, name, ["rss"], core.clock.now())
            }

    assert sum(await asyncio.gather(*(take(f"worker {n}") for n in range(8)))) == 1


@given(
    st.integers(1, 10_000),
    st.floats(0, 100_000),
    st.none() | st.floats(0, 86_400),
    st.booleans(),
    st.integers(),
)
def test_back_off_is_polite_and_bounded(
    failures: int, every: float, retry_after: float | None, permanent: bool, seed: int
) -> None:
    wait = back_off(failures, every=every, retry_after=retry_after, permanent=permanent, chance=Random(seed))
    assert wait >= (retry_after or 0)
    assert wait <= max(LONGEST, FOR_A_PERSON if permanent else 0, every, (retry_after or 0) + 2)
    assert wait >= 1


@pytest.mark.parametrize(("permanent", "first", "last"), [(False, 2, LONGEST), (True, 300, FOR_A_PERSON)])
def test_back_off_grows(permanent: bool, first: float, last: float) -> None:
    """Also of what needs a person: an address that is gone for a minute must not cost an hour."""
    chance = Random(1)
    waits = [back_off(n, every=300, retry_after=None, permanent=permanent, chance=chance) for n in (1, 3, 12)]
    assert waits == sorted(waits)
    assert first / 2 <= waits[0] <= first
    assert last / 2 <= waits[-1] <= last
