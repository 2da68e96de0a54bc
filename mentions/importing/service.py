"""Files by page: put aside, looked at, begun and dropped, by admins only."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select

from kit import locks
from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound, TocsinError
from kit.languages import Sentence
from kit.zones import known_zone
from mentions.drafts.draft import FIELDS, MentionDraft, storable
from mentions.drafts.field_map import MAX_SPEC
from mentions.importing.content import pieces
from mentions.importing.files import ROW, check_name, opened
from mentions.importing.job import DRAFT, RUNNING, WAITING, ImportJob, ImportPart
from mentions.importing.load import is_of
from mentions.importing.tables import BadLine
from mentions.monitor import Monitor
from mentions.privacy.erase import erased_since
from mentions.source import Source
from mentions.sources.connecting import NAME
from mentions.triage import checks
from people.organisations import Brand
from people.permissions import Viewer, require_admin

MOST_UNFINISHED = 5
"""Files at once: each takes its size in the database."""
KEPT = timedelta(days=1)
"""A file that nobody began with."""
LISTED = 20
ROWS = 8
"""Of a preview."""
COLUMNS = 300
"""Of a preview: each is offered for each of our fields."""
ANY_COLUMN = {"text": ROW}
"""A field map with which every file has a text: to see its columns."""
PROBLEMS = {
    "text": Sentence("There is no column for the text by one of its usual names. Choose which it is."),
    "days": Sentence(
        "Some days of this file have the month first (11/20/2026), others the day (20/11/2026). Write them "
        "all in one way, best as 2026-11-20."
    ),
    "map": Sentence("A column that was chosen is not in this file. Choose again."),
}
"""What the command says of its options, by the field at fault: here they are chosen."""


@dataclass(frozen=True)
class Wanted:
    """What people say of a file."""

    source: str
    brand_id: int | None = None
    zone: str = ""
    field_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What the first lines of a file come to; `problem`: why it cannot be read so."""

    layout: str | None = None
    columns: Sequence[str] = ()
    found: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[MentionDraft | BadLine] = ()
    said: Sequence[Mapping[str, str]] = ()
    """What the file says in each of them, by our names."""
    problem: str | None = None


async def put_aside(core: Core, viewer: Viewer, name: str, file: IO[bytes]) -> int:
    """Keep a file until somebody has looked at it; returns the job's id. Nothing is read in yet.

    Forbidden; Invalid for what cannot be a file of mentions; Conflict when too many wait already.
    """
    require_admin(viewer)
    plain = PurePath(storable(name).replace("\\", "/")).name.removesuffix(".gz")[-200:]
    check_name(plain)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:  # by itself: writing a file takes long
        await session.execute(
            delete(ImportJob).where(ImportJob.state == DRAFT, ImportJob.created_at < now - KEPT)
        )
        await _check_room(session)
    async with core.database.unit_of_work() as session:
        job = _new(viewer, plain, now)
        session.add(job)
        await session.flush()
        parts = enumerate(pieces(file))
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            number, content = part
            job.size += len(content)
            await session.execute(
                insert(ImportPart), {"job_id": job.id, "number": number, "content": content}
            )
        await _check_room(session, written=job.id)
    return job.id


def _new(viewer: Viewer, name: str, now: datetime) -> ImportJob:
    stem = "".join(sign if NAME.fullmatch(f"x{sign}") else "-" for sign in PurePath(name).stem.lower())
    return ImportJob(
        name=name,
        size=0,
        member_id=viewer.member_id,
        created_at=now,
        state=DRAFT,
        source=f"{stem.strip('-._')}"[:80] or "file",
        brand_id=None,
        zone=viewer.time_zone,
        field_map={},
        lines=0,
        new=0,
        known=0,
        rejected=0,
        faults=[],
        tries=0,
    )


async def _check_room(session: WriteSession, *, written: int = 0) -> None:
    """Conflict unless one more may wait, beside the one that was written.

    Who asks meanwhile waits until this transaction ends, so ask last.
    """
    await locks.take_turn(session, locks.IMPORTING_FILES)
    others = select(func.count()).select_from(ImportJob).where(ImportJob.id != written)
    found = await session.scalar(others.where(ImportJob.state.in_((DRAFT, WAITING, RUNNING))))
    if (found or 0) >= MOST_UNFINISHED:
        raise Conflict("{} files wait already. Begin with one, or drop it.", MOST_UNFINISHED)


async def jobs(session: ReadSession, viewer: Viewer) -> Sequence[ImportJob]:
    """The newest first."""
    require_admin(viewer)
    return (await session.scalars(select(ImportJob).order_by(ImportJob.id.desc()).limit(LISTED))).all()


async def one(session: ReadSession, viewer: Viewer, job_id: int) -> ImportJob:
    require_admin(viewer)
    job = await session.get(ImportJob, job_id)
    if job is None:
        raise NotFound("There is no such file.")
    return job


async def filed_under(session: ReadSession, name: str) -> int | None:
    """The id of the source of this name."""
    return await session.scalar(select(Source.id).where(Source.name == name))


async def look(session: ReadSession, viewer: Viewer, job_id: int, now: datetime) -> Look:
    """The beginning of the file, read as it would be read in."""
    job = await one(session, viewer, job_id)
    query = select(ImportPart.content).where(ImportPart.job_id == job_id).order_by(ImportPart.number).limit(1)
    content = await session.scalar(query)
    if content is None:
        return Look()
    gone = await erased_since(session, job.created_at)
    return await asyncio.to_thread(_look, job, content, now, gone)


def _look(job: ImportJob, content: bytes, now: datetime, gone: Collection[str]) -> Look:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{PurePath(job.name).suffix}"
        path.write_bytes(content)
        try:
            with closing(opened(path, field_map=job.field_map, now=now, zone=zone_of(job))) as found:
                kept = (one for one in found.beside if isinstance(one[1], BadLine) or not is_of(one[1], gone))
                first = list(islice(kept, ROWS))
                lines, said = [line for _, line in first], [said for said, _ in first]
                return Look(found.layout, found.columns[:COLUMNS], found.found, lines, said)
        except Invalid as error:
            with suppress(Invalid), closing(opened(path, field_map=ANY_COLUMN, now=now)) as plain:
                usual = {ours: theirs for ours, theirs in plain.found.items() if theirs != ROW}
                return Look(None, plain.columns[:COLUMNS], usual, problem=problem(error))
            return Look(problem=problem(error))


def problem(error: TocsinError) -> Sentence:
    """Why a file cannot be read as it is set, for who set it on the page."""
    return PROBLEMS.get(error.field or "", error.message)


def zone_of(job: ImportJob) -> ZoneInfo | None:
    """In which its times without an offset are."""
    return ZoneInfo(job.zone) if job.zone else None


async def settle(
    session: WriteSession, viewer: Viewer, job_id: int, wanted: Wanted, *, begin: bool
) -> ImportJob:
    """Say how a file is to be read, and have it read in if asked. Conflict when that has begun."""
    job = await one(session, viewer, job_id)
    await session.refresh(job, with_for_update=True)
    if job.state != DRAFT:
        raise Conflict("This file is being read in already.")
    if not NAME.fullmatch(wanted.source):
        raise Invalid("Name the source in small letters, digits, dots and dashes.", field="source")
    kind = await session.scalar(select(Source.kind).where(Source.name == wanted.source))
    if kind not in (None, "file"):
        raise Invalid("A source of this name brings mentions by itself. Choose another name.", field="source")
    unknown = next((ours for ours in wanted.field_map if ours not in FIELDS), None)
    if unknown is not None:
        raise Invalid("{!r} is no field of ours.", unknown[:40], field="fieldMap")
    for theirs in wanted.field_map.values():
        checks.optional(theirs, field="fieldMap", limit=MAX_SPEC)
    if wanted.brand_id is not None:
        await first_monitor(session, wanted.brand_id)
    job.source, job.brand_id, job.field_map = wanted.source, wanted.brand_id, dict(wanted.field_map)
    job.zone = known_zone(wanted.zone, field="zone") if wanted.zone else ""
    if begin:
        job.state = WAITING
    return job


async def first_monitor(session: ReadSession, brand_id: int) -> int:
    """The brand's monitor for which all mentions of a file count."""
    if await session.get(Brand, brand_id) is None:
        raise NotFound("There is no such brand.")
    query = select(Monitor.id).where(Monitor.brand_id == brand_id, Monitor.enabled).order_by(Monitor.id)
    found = await session.scalar(query.limit(1))
    if found is None:
        raise Invalid("This brand has no monitor that is switched on.", field="brand")
    return found


async def drop(session: WriteSession, viewer: Viewer, job_id: int) -> None:
    """Forget a file; what was read in of it stays."""
    await one(session, viewer, job_id)
    await session.execute(delete(ImportJob).where(ImportJob.id == job_id))
