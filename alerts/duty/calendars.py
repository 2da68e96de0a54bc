"""Looking at people's out-of-office calendars: claim, call, record, politely and without trust.

Conditional questions, bounded answers, a look each half hour, and less often after failures. What a failed
look knew before still counts. An address of the inner network is asked only when an admin entered it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import httpx
import structlog
from sqlalchemy import Select, delete, insert, select

from kit.core import Core
from kit.db import Moment, Questions, WriteSession
from kit.unreachable import known
from kit.zones import zone_of
from mentions.sources import public, web
from mentions.sources.base import Connection, Trouble
from people.absences import AwayCalendar, BusyTime
from people.members import Member
from people.on_call.busy import busy_spans
from people.on_call.moving import moving, schedules_naming
from people.permissions import may_be_inside
from people.rota.windows import Span

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=30)
LOST_AFTER = timedelta(minutes=3)
LONGEST_BACK_OFF = timedelta(hours=12)
MAX_BYTES = 2_000_000
DEADLINE = 30.0  # seconds for the answer
READING = 20.0  # seconds that the contents may take to be understood
AHEAD = timedelta(days=120)
REREAD = timedelta(days=7)
"""After that the same contents are asked for anew, because repeating events reach further by then."""
LONGEST_HEADER = 300


@dataclass(frozen=True)
class Look:
    """One claimed look: all that the call needs."""

    calendar_id: int
    member_id: int
    number: int
    url: str
    may_be_inside: bool
    headers: dict[str, str]
    zone: ZoneInfo


@dataclass(frozen=True)
class Seen:
    """What a look saw. `busy` is None when nothing has changed."""

    busy: list[Span] | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[AwayCalendar]:
    return select(AwayCalendar).where(AwayCalendar.due_at <= now)


async def look_due(core: Core) -> int:
    """Look at every calendar that is due, one after the other; returns how many were looked at."""
    looked = 0
    while (look := await _claim(core)) is not None:
        try:
            seen: Seen | Trouble = await _call(core, look)
        except Trouble as trouble:
            seen = trouble
        async with core.database.unit_of_work() as session:
            await _record(session, look, seen, core.clock.now())
        looked += 1
    return looked


async def _claim(core: Core) -> Look | None:
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        query = _due(now).order_by(AwayCalendar.due_at).limit(1)
        row = await session.scalar(query.with_for_update(skip_locked=True))
        if row is None:
            return None
        member = await session.get_one(Member, row.member_id)
        row.look, row.due_at = row.look + 1, now + LOST_AFTER
        headers = {"Accept": "text/calendar, */*;q=0.5"}
        if row.read_until is not None and row.read_until - now > AHEAD - REREAD:
            conditions = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
            headers |= {name: value for name, value in conditions.items() if value}
        inside = may_be_inside(row.may_be_inside, member.role)
        return Look(row.id, row.member_id, row.look, row.url, inside, headers, zone_of(member.time_zone))


async def _call(core: Core, look: Look) -> Seen:
    """Ask and understand; Trouble says in a sentence what went wrong, without the address."""
    now = core.clock.now()
    try:
        async with web.client(outside=not look.may_be_inside) as http:
            connection = Connection({}, None, http, core.clock.now)
            if not look.may_be_inside:
                await public.refuse_inside(look.url)
            page = await web.get(
                connection, look.url, headers=look.headers, max_bytes=MAX_BYTES, deadline=DEADLINE
            )
            if page.unchanged:
                return Seen()
        async with asyncio.timeout(READING):
            reading = asyncio.to_thread(
                busy_spans, page.content, look.zone, now - timedelta(days=1), now + AHEAD
            )
            busy = await reading
    except TimeoutError as error:
        raise Trouble("The calendar takes too long to understand.") from error
    except (ValueError, RecursionError) as error:
        raise Trouble("What the address answers is not an iCalendar.") from error
    except httpx.HTTPError as error:
        raise Trouble(f"The connection failed: {known(error) or type(error).__name__}.") from error
    return Seen(
        busy,
        (page.headers.get("etag") or "")[:LONGEST_HEADER] or None,
        (page.headers.get("last-modified") or "")[:LONGEST_HEADER] or None,
        sha256(page.content).hexdigest(),
    )


async def _record(session: WriteSession, look: Look, seen: Seen | Trouble, now: datetime) -> None:
    """Write down what was seen, unless the look was given up as lost, or the address changed meanwhile."""
    row = await session.scalar(
        select(AwayCalendar)
        .where(AwayCalendar.id == look.calendar_id, AwayCalendar.look == look.number)
        .with_for_update()
    )
    if row is None:
        return
    if isinstance(seen, Trouble):
        row.failures, row.error = row.failures + 1, seen.message[:500]
        wait = min(EVERY * 2 ** min(row.failures - 1, 10), LONGEST_BACK_OFF)
        row.due_at = now + max(wait, timedelta(seconds=min(seen.retry_after or 0, 24 * 3600)))
        return
    row.failures, row.error, row.ok_at, row.due_at = 0, None, now, now + EVERY
    if seen.busy is None:
        return
    row.etag, row.last_modified, row.sha256 = seen.etag, seen.last_modified, seen.sha256
    row.read_until = now + AHEAD
    await _replace(session, row, seen.busy, now)


async def _replace(session: WriteSession, row: AwayCalendar, busy: list[Span], now: datetime) -> None:
    """The calendar's times become these; whose shifts that moves is told."""
    old = await session.execute(
        select(BusyTime.starts_at, BusyTime.ends_at)
        .where(BusyTime.calendar_id == row.id)
        .order_by(BusyTime.starts_at)
    )
    if [tuple(one) for one in old] == busy:
        return
    touched = await schedules_naming(session, row.member_id, now)
    async with moving(session, touched, actor_id=None, now=now):
        await session.execute(delete(BusyTime).where(BusyTime.calendar_id == row.id))
        if busy:
            times = [{"calendar_id": row.id, "starts_at": a, "ends_at": b} for a, b in busy]
            await session.execute(insert(BusyTime), times)
