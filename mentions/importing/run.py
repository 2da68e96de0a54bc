"""Reading in the files that people sent, one after the other: by a worker, for no request waits so long.

A worker that dies leaves its file to another one, which goes on behind the last lines that were noted; the
lines between are known already, and count as such.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from sqlalchemy import delete, or_, select

from kit.core import Core
from kit.errors import Invalid, NotFound
from mentions.importing.files import opened
from mentions.importing.job import DONE, FAILED, RUNNING, WAITING, ImportJob, ImportPart
from mentions.importing.load import Loaded, file_source, load
from mentions.importing.service import first_monitor, problem, zone_of

CLAIM = timedelta(minutes=3)
"""For as many lines as one transaction stores."""
TRIES = 5
FAULTS = 100
"""Rejected lines that are told one by one."""


async def read_in_due(core: Core) -> int:
    """Read in the file that waits longest; 0 when none does."""
    job = await _claimed(core)
    if job is None:
        return 0
    try:
        if job.tries > TRIES:
            raise Invalid("It was begun with several times, and never came to its end.")
        await _read_in(core, job)
    except (Invalid, NotFound) as error:
        await _end(core, job.id, problem(error))
    return 1


async def _claimed(core: Core) -> ImportJob | None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        free = or_(ImportJob.claimed_until.is_(None), ImportJob.claimed_until < now)
        query = select(ImportJob).where(ImportJob.state.in_((WAITING, RUNNING)), free).order_by(ImportJob.id)
        job: ImportJob | None = await session.scalar(query.limit(1).with_for_update(skip_locked=True))
        if job is not None:
            job.state, job.tries, job.claimed_until = RUNNING, job.tries + 1, now + CLAIM
        return job


async def _read_in(core: Core, job: ImportJob) -> None:
    async with core.database.unit_of_work() as session:
        source_id = await file_source(session, job.source)
        monitors = () if job.brand_id is None else (await first_monitor(session, job.brand_id),)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{PurePath(job.name).suffix}"
        await _write(core, job.id, path)
        found = await asyncio.to_thread(
            opened, path, field_map=job.field_map, now=core.clock.now(), zone=zone_of(job)
        )
        with closing(found):
            await asyncio.to_thread(deque, islice(found.lines, job.lines), 0)
            async for loaded in load(
                core, found.lines, source_id=source_id, monitor_ids=monitors, sent_at=job.created_at
            ):
                if not await _note(core, job.id, loaded):
                    return  # somebody dropped it
    await _end(core, job.id, None)


async def _write(core: Core, job_id: int, path: Path) -> None:
    """The parts as one file on the disk, never two of them in memory."""
    with path.open("wb") as file:
        number = 0
        while True:
            async with core.database.read() as session:
                part = await session.get(ImportPart, (job_id, number))
            if part is None:
                return
            await asyncio.to_thread(file.write, part.content)
            number += 1


async def _note(core: Core, job_id: int, loaded: Loaded) -> bool:
    """How far it is; False when it is no more."""
    async with core.database.unit_of_work() as session:
        job = await session.get(ImportJob, job_id, with_for_update=True)
        if job is None:
            return False
        job.lines, job.new, job.known = (
            job.lines + loaded.lines,
            job.new + loaded.new,
            job.known + loaded.known,
        )
        job.rejected += len(loaded.bad)
        told = [{"line": bad.number, "reason": bad.reason, "value": bad.value} for bad in loaded.bad]
        job.faults = [*job.faults, *told][:FAULTS]
        job.claimed_until = core.clock.now() + CLAIM
        return True


async def _end(core: Core, job_id: int, error: str | None) -> None:
    async with core.database.unit_of_work() as session:
        job = await session.get(ImportJob, job_id, with_for_update=True)
        if job is not None:
            job.state, job.error, job.finished_at = FAILED if error else DONE, error, core.clock.now()
            await session.execute(delete(ImportPart).where(ImportPart.job_id == job_id))
