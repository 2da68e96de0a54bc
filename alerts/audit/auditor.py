"""The auditor: every minute one worker looks whether the bell would ring, and says so.

What it finds is on the status page and in the metrics. An outside address (TOCSIN_HEARTBEAT_URL) is asked
for only when the bell would ring: a service there that misses it rings another bell, whatever became of ours.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from alerts.audit.look import LOUD, MILD, Finding, findings
from alerts.audit.tables import Audit, Pulse
from kit import locks
from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.events import record

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=1)
ONE = 1  # the key of the only row
PATIENCE = 10.0  # seconds for the outside address
MISSED = timedelta(minutes=3)
"""After how long without a look the auditor itself counts as stopped."""


async def audit_due(core: Core, *, by: str = "worker") -> int:
    """Look, if the last look is a minute ago; 1 when it was. Of several that look at once one writes."""
    now = core.clock.now()
    async with core.database.read() as session:
        if not _is_due(await latest(session), now):
            return 0
    found = await findings(core)
    async with core.database.unit_of_work() as session:
        if not await locks.is_alone(session, locks.AUDITING):
            return 0
        before = await latest(session)
        if not _is_due(before, now):
            return 0
        await _write(session, before, found, by, now)
    if all(one.kind in MILD for one in found):
        await _ping(core)
    return 1


def _is_due(before: Audit | None, now: datetime) -> bool:
    return before is None or now - before.at >= EVERY


async def beat(core: Core, part: str) -> None:
    """A round of this part was done now."""
    row = insert(Pulse).values(part=part, at=core.clock.now())
    async with core.database.unit_of_work() as session:
        await session.execute(
            row.on_conflict_do_update(index_elements=[Pulse.part], set_={"at": row.excluded.at})
        )


async def latest(session: ReadSession) -> Audit | None:
    """The latest look, however long ago."""
    return await session.get(Audit, ONE)


async def _write(
    session: WriteSession, before: Audit | None, found: list[Finding], by: str, now: datetime
) -> None:
    clean_since = None if found else (before.clean_since if before else None) or now
    values: dict[str, Any] = {
        "at": now, "by": by, "findings": [_plain(one) for one in found], "clean_since": clean_since,
    }  # fmt: skip
    row = insert(Audit).values(id=ONE, **values)
    await session.execute(row.on_conflict_do_update(index_elements=[Audit.id], set_=values))
    known = {one["kind"] for one in before.findings} if before else set()
    for one in found:
        if one.kind not in known:
            log.error("audit.found", kind=one.kind, count=one.count, about=one.about)
            if one.kind not in LOUD:  # those have events of their own, by alert
                record(session, "audit.found", at=now, found=one.kind, count=one.count, about=one.about)


def _plain(one: Finding) -> dict[str, Any]:
    return {**asdict(one), "since": one.since.isoformat() if one.since else None}


async def _ping(core: Core) -> None:
    """Tell the outside that all is well; a look that cannot is on the status page, too."""
    url = core.settings.heartbeat_url
    if url is None:
        return
    error = None
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            answer = await http.get(url)
            error = None if answer.is_success else f"It answered {answer.status_code}."
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        error = f"It could not be reached: {type(problem).__name__}."
    async with core.database.unit_of_work() as session:
        row = (await session.scalars(select(Audit).where(Audit.id == ONE).with_for_update())).one()
        row.heartbeat_error = error
        if error is None:
            row.heartbeat_at = core.clock.now()
        else:
            log.warning("audit.heartbeat_failed", error=error)
