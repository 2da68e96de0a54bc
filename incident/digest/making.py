"""Making the digests that are due: a row and a letter each, once for each period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from alerts.hush import hushed_brands
from incident.digest.collect import collect
from incident.digest.compose import Stretch, paper, read
from incident.digest.digest import Digest, DigestSubscription
from incident.digest.due import last_due, next_due
from incident.digest.figures import Figures
from incident.sweep import each
from kit.core import Core
from kit.db import Moment, Questions, ReadSession, WriteSession
from kit.zones import zone_of
from mentions.mention import Mention
from people import letters
from people.departments import Department
from people.members import Member

LONGEST = {"daily": timedelta(days=7), "weekly": timedelta(days=28)}
"""What a digest tells at most, after a long time in which no worker ran."""


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(now),)


def _due(now: Moment) -> Select[int]:
    return select(DigestSubscription.id).where(DigestSubscription.enabled, DigestSubscription.due_at <= now)


async def make_due(core: Core) -> int:
    """The sweep: make every digest that is due; returns how many. One that fails holds up no other."""
    now = core.clock.now()
    async with core.database.read() as session:
        numbers = (await session.scalars(_due(now).order_by(DigestSubscription.due_at))).all()

    async def work(session: WriteSession, number: int) -> bool:
        return await make(session, number, now=now)

    return await each(core, "digests", numbers, work)


@dataclass(frozen=True)
class Reader:
    """For whom: a person or a department."""

    language: str
    zone: ZoneInfo
    active: bool


async def make(session: WriteSession, subscription_id: int, *, now: datetime) -> bool:
    """Make the newest digest of a subscription if it is due and nobody else does; False when not."""
    due = select(DigestSubscription).where(
        DigestSubscription.id == subscription_id,
        DigestSubscription.enabled,
        DigestSubscription.due_at <= now,
    )
    mine = (await session.scalars(due.with_for_update(skip_locked=True))).one_or_none()
    if mine is None:
        return False
    reader = await reader_of(session, mine)
    if not reader.active:
        mine.enabled = False
        return False
    until = last_due(mine.cadence, mine.hour, reader.zone, now)
    since = max(mine.covered_until, until - LONGEST[mine.cadence])
    if since < until:
        await _make(session, mine, reader, Stretch(mine.cadence, since, until), now)
    mine.due_at, mine.covered_until = next_due(mine.cadence, mine.hour, reader.zone, now), until
    return True


async def _make(
    session: WriteSession, mine: DigestSubscription, reader: Reader, stretch: Stretch, now: datetime
) -> None:
    figures = await collect(
        session, mine.brands, stretch.since, stretch.until, department_id=mine.department_id
    )
    row = insert(Digest).values(
        subscription_id=mine.id,
        period=stretch.until.isoformat(),
        cadence=mine.cadence,
        since=stretch.since,
        until=stretch.until,
        made_at=now,
        figures=figures.as_json(),
    )
    made = await session.execute(row.on_conflict_do_nothing().returning(Digest.id))
    number = made.scalar_one_or_none()
    if number is None:
        return
    hushed = await hushed_brands(session, [brand.brand_id for brand in figures.brands])
    texts = await texts_of(session, figures)
    mailed = figures.wordless_about(hushed)  # as pages about a confidential incident: the link leads to it
    reading = read(mailed, stretch, texts=texts, language=reader.language, zone=reader.zone)
    await letters.write(
        session,
        paper(reading, f"/digests/{number}"),
        key=f"digest:{number}",
        member_id=mine.member_id,
        department_id=mine.department_id,
        about=letters.About([one.brand_id for one in figures.brands if one.brand_id not in hushed]),
        now=now,
    )


async def reader_of(session: ReadSession, mine: DigestSubscription) -> Reader:
    """Who reads it, as they are now."""
    if mine.member_id is not None:
        member = await session.get_one(Member, mine.member_id)
        return Reader(member.language, zone_of(member.time_zone), member.active and member.role != "partner")
    department = await session.get_one(Department, mine.department_id)
    return Reader(department.language, zone_of(department.time_zone), department.email is not None)


async def texts_of(session: ReadSession, figures: Figures) -> Mapping[int, str]:
    """What the mentions say that the stories name; without those that are gone."""
    numbers: Sequence[int] = [story.mention_id for brand in figures.brands for story in brand.stories]
    if not numbers:
        return {}
    query = select(Mention.id, Mention.text).where(Mention.id.in_(numbers), Mention.deleted_at.is_(None))
    return dict((await session.execute(query)).all())
