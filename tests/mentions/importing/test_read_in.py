"""A file that was sent is read in as by the command: once, to the end, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import io
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from incident.erasure import erase_author
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from mentions.importing import load, run, service
from mentions.importing.job import ImportJob, ImportPart
from mentions.importing.service import Wanted
from mentions.mention import Mention
from mentions.privacy.retention import expire
from mentions.source import Source
from people.permissions import Viewer
from tests.clock import MovableClock
from tests.mentions.makers import counted, make_all
from tests.web.cast import Cast

CSV = """\
id,published_at,text,author
1,2026-03-01T10:00:10Z,Renfe llega tarde,ana
2,2026-03-01T10:00:50Z,Gracias Renfe,pau
3,yesterday,Renfe otra vez,joan
4,2026-03-01T10:02:00Z,Llueve en Girona,joan
"""


@pytest.fixture
async def helen(core: Core) -> Viewer:
    cast = await Cast.assemble(core)
    member = await cast.member("helen")
    return Viewer(member.id, member.organisation_id, member.name, "admin", "en", "Europe/London")


async def sent(core: Core, helen: Viewer, text: str = CSV, name: str = "march.csv") -> int:
    return await service.put_aside(core, helen, name, io.BytesIO(text.encode()))


async def settled(core: Core, helen: Viewer, job: int, *, begin: bool = True, **wanted: object) -> None:
    given = Wanted(**{"source": "march", **wanted})  # type: ignore[arg-type]
    async with core.database.unit_of_work() as session:
        await service.settle(session, helen, job, given, begin=begin)


async def told(core: Core, job: int) -> ImportJob:
    async with core.database.read() as session:
        return await session.get_one(ImportJob, job)


async def stored(core: Core) -> int:
    async with core.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Mention)) or 0


async def test_new_known_and_rejected_are_told_with_their_lines(core: Core, helen: Viewer) -> None:
    await make_all(core)
    for new, known in ((3, 0), (0, 3)):
        job = await sent(core, helen)
        assert await run.read_in_due(core) == 0, "nobody has begun with it"
        await settled(core, helen, job)
        assert await run.read_in_due(core) == 1
        found = await told(core, job)
        assert (found.state, found.lines, found.new, found.known, found.rejected) == (
            "done",
            4,
            new,
            known,
            1,
        )
        assert found.faults[0]["line"] == 4
        assert "published_at" in found.faults[0]["reason"]
    async with core.database.read() as session:
        (source,) = await session.scalars(select(Source).where(Source.name == "march"))
        assert source.kind == "file"
        assert await session.scalar(select(func.count()).select_from(ImportPart)) == 0


async def test_who_is_erased_while_a_file_waits_is_not_read_in_with_it(
    core: Core, clock: MovableClock, helen: Viewer
) -> None:
    await make_all(core)
    done, job = await sent(core, helen), await sent(core, helen, CSV.replace("\n", "\n9", 1))
    await settled(core, helen, done)
    await run.read_in_due(core)
    assert (await told(core, done)).faults
    clock.forward(minutes=1)
    async with core.database.unit_of_work() as session:
        await erase_author(session, helen, "Ana", now=clock.now())
    assert (await told(core, done)).faults == [], "nobody knows whose words a rejected line holds"
    async with core.database.read() as session:
        seen = (await service.look(session, helen, job, clock.now())).lines
    assert [getattr(line, "author", None) for line in seen] == ["pau", None, "joan"]
    await settled(core, helen, job)
    await run.read_in_due(core)
    found = await told(core, job)
    assert (found.state, found.lines, found.new, found.known, found.rejected) == ("done", 4, 0, 3, 1)
    async with core.database.read() as session:
        authors = (await session.scalars(select(Mention.author))).all()
    assert set(authors) == {None, "pau", "joan"}


async def test_what_rejected_lines_held_and_files_nobody_began_with_expire(
    core: Core, clock: MovableClock, helen: Viewer
) -> None:
    await make_all(core)
    done, left = await sent(core, helen), await sent(core, helen)
    await settled(core, helen, done)
    await run.read_in_due(core)
    clock.forward(hours=25)
    await expire(core)
    assert (await told(core, done)).faults
    with pytest.raises(NoResultFound):
        await told(core, left)
    clock.forward(days=30)
    await expire(core)
    found = await told(core, done)
    assert (found.faults, found.rejected) == ([], 1)


async def test_another_worker_goes_on_where_one_died(
    core: Core, clock: MovableClock, helen: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_all(core)
    monkeypatch.setattr(load, "BATCH", 2)
    job = await sent(core, helen)
    await settled(core, helen, job)
    noting = run._note

    async def dies(core: Core, job_id: int, loaded: load.Loaded) -> bool:
        await noting(core, job_id, loaded)
        raise SystemError

    with monkeypatch.context() as patch:
        patch.setattr(run, "_note", dies)
        with pytest.raises(SystemError):
            await run.read_in_due(core)
    assert await run.read_in_due(core) == 0, "it is claimed for a while yet"
    clock.forward(minutes=4)
    assert await run.read_in_due(core) == 1
    found = await told(core, job)
    assert (found.state, found.lines, found.new, found.rejected) == ("done", 4, 3, 1)
    assert await stored(core) == 3


async def test_what_always_kills_its_worker_is_given_up(
    core: Core, clock: MovableClock, helen: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise SystemError

    job = await sent(core, helen)
    await settled(core, helen, job)
    monkeypatch.setattr(run, "_read_in", dies)
    for _ in range(run.TRIES):
        with pytest.raises(SystemError):
            await run.read_in_due(core)
        clock.forward(minutes=4)
    assert await run.read_in_due(core) == 1
    found = await told(core, job)
    assert found.state == "failed"
    assert "never came to its end" in str(found.error)


async def test_one_that_is_dropped_ends_between_two_batches(
    core: Core, helen: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "BATCH", 1)
    job = await sent(core, helen)
    await settled(core, helen, job)
    noting = run._note

    async def dropped(core: Core, job_id: int, loaded: load.Loaded) -> bool:
        async with core.database.unit_of_work() as session:
            await service.drop(session, helen, job_id)
        return await noting(core, job_id, loaded)

    monkeypatch.setattr(run, "_note", dropped)
    assert await run.read_in_due(core) == 1
    assert await stored(core) == 1


async def test_a_look_says_the_layout_the_columns_and_the_first_rows(core: Core, helen: Viewer) -> None:
    own = CSV.replace("text", "Wortlaut")
    job = await sent(core, helen, own)
    async with core.database.read() as session:
        found = await service.look(session, helen, job, core.clock.now())
    assert "no column for the text" in str(found.problem)
    assert list(found.columns) == ["id", "published_at", "Wortlaut", "author"]
    await settled(core, helen, job, begin=False, field_map={"text": "Wortlaut"})
    async with core.database.read() as session:
        found = await service.look(session, helen, job, core.clock.now())
    assert (found.layout, found.problem, len(found.lines)) == (None, None, 4)
    assert found.found == {"text": "Wortlaut", "id": "id", "published_at": "published_at", "author": "author"}


async def test_a_look_tells_the_columns_apart_where_it_knows_none_of_their_names(
    core: Core, helen: Viewer
) -> None:
    job = await sent(core, helen, "wer;wann;was\nana;gestern;Guten Tag, danke\npau;heute;Nein\n")
    async with core.database.read() as session:
        found = await service.look(session, helen, job, core.clock.now())
    assert list(found.columns) == ["wer", "wann", "was"]


async def test_only_so_many_wait_and_the_forgotten_go(core: Core, clock: MovableClock, helen: Viewer) -> None:
    for _ in range(service.MOST_UNFINISHED):
        await sent(core, helen)
    with pytest.raises(Conflict, match="files wait already"):
        await sent(core, helen)
    clock.forward(days=1, minutes=1)
    await sent(core, helen)
    async with core.database.read() as session:
        assert len(await service.jobs(session, helen)) == 1


async def test_only_so_many_wait_however_many_are_sent_at_once(core: Core, helen: Viewer) -> None:
    sendings = [sent(core, helen) for _ in range(service.MOST_UNFINISHED + 2)]
    found = await asyncio.gather(*sendings, return_exceptions=True)
    assert len([one for one in found if isinstance(one, Conflict)]) == 2
    async with core.database.read() as session:
        assert len(await service.jobs(session, helen)) == service.MOST_UNFINISHED


class Slow(io.BytesIO):
    """A file whose second piece takes until somebody says so."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.begun, self.go_on = threading.Event(), threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            self.begun.set()
            assert self.go_on.wait(60)
        return super().read(size)


async def test_who_writes_slowly_holds_up_nobody(core: Core, clock: MovableClock, helen: Viewer) -> None:
    await sent(core, helen, name="forgotten.csv")
    clock.forward(days=1, minutes=1)
    slow = Slow(CSV.encode())
    writing = asyncio.create_task(service.put_aside(core, helen, "slow.csv", slow))
    try:
        assert await asyncio.to_thread(slow.begun.wait, 60)
        async with asyncio.timeout(60):
            quick = await sent(core, helen)
    finally:
        slow.go_on.set()
        kept = await writing
    async with core.database.read() as session:
        assert {job.id for job in await service.jobs(session, helen)} == {quick, kept}
        assert await session.scalar(select(func.sum(func.length(ImportPart.content)))) == 2 * len(CSV)


async def test_what_was_written_while_the_places_filled_is_refused_and_leaves_nothing(
    core: Core, helen: Viewer
) -> None:
    slow = Slow(CSV.encode())
    writing = asyncio.create_task(service.put_aside(core, helen, "slow.csv", slow))
    assert await asyncio.to_thread(slow.begun.wait, 60)
    try:
        async with asyncio.timeout(60):
            for _ in range(service.MOST_UNFINISHED):
                await sent(core, helen)
    finally:
        slow.go_on.set()
        (refused,) = await asyncio.gather(writing, return_exceptions=True)
    assert isinstance(refused, Conflict)
    async with core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(ImportPart)) == service.MOST_UNFINISHED


async def test_the_same_file_twice_at_one_instant_is_kept_twice_and_counts_once(
    core: Core, helen: Viewer
) -> None:
    _, monitor, _ = await make_all(core)
    sendings = await asyncio.gather(sent(core, helen), sent(core, helen))
    for job in sendings:
        await settled(core, helen, job)
    assert list(await asyncio.gather(run.read_in_due(core), run.read_in_due(core))) == [1, 1]
    found = [await told(core, job) for job in sendings]
    assert [(job.state, job.lines, job.rejected) for job in found] == [("done", 4, 1)] * 2
    assert sum(job.new for job in found) == sum(job.known for job in found) == 3
    assert await stored(core) == 3
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 2, f"of monitor {monitor.id}"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"source": "Not A Name!"}, "small letters"),
        ({"source": "demo"}, "brings mentions by itself"),
        ({"zone": "Nowhere/City"}, "time zone"),
        ({"field_map": {"nonsense": "text"}}, "no field of ours"),
        ({"brand_id": 999}, "no such brand"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_begins(
    core: Core, helen: Viewer, wanted: dict[str, Any], words: str
) -> None:
    job = await sent(core, helen)
    with pytest.raises((Invalid, NotFound), match=words):
        await settled(core, helen, job, **wanted)
    assert (await told(core, job)).state == "draft"


async def test_it_begins_once_and_only_by_admins(core: Core, helen: Viewer) -> None:
    marta = replace(helen, role="responder")
    with pytest.raises(Forbidden):
        await sent(core, marta)
    job = await sent(core, helen)
    async with core.database.read() as session:
        with pytest.raises(Forbidden):
            await service.jobs(session, marta)
        with pytest.raises(Forbidden):
            await service.one(session, marta, job)
    await settled(core, helen, job)
    with pytest.raises(Conflict):
        await settled(core, helen, job)
    with pytest.raises(Invalid, match="must end in one of"):
        await sent(core, helen, name="march.xlsx")
