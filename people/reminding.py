"""Letters some days before a non-disclosure agreement ends: to the admins, and to whom it keeps out.

When the next one is due stands with the agreement, so that a new agreement puts it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

import structlog
from babel.dates import format_date
from sqlalchemy import Select, select, update

from kit.core import Core
from kit.db import Moment, Questions, WriteSession, passing
from kit.languages import elided
from people import letters
from people.departments import admins
from people.letters import Paper, Section
from people.members import Member
from people.organisations import Organisation
from people.permissions import let_in

T = TypeVar("T", Organisation, Member)
log = structlog.get_logger(__name__)
DAYS_BEFORE = (14, 2)
AT = time(7, tzinfo=UTC)
AT_ONCE = 100
"""Agreements in one round."""
AGAIN = timedelta(hours=1)
"""After which one is tried again of which nothing could be told."""
WORDS = {
    "en": (
        "The NDA of {whose} ends on {day}",
        "It is the last day on which {who} may come in, unless a new one is recorded.",
        "Look at the agreement",
    ),
    "es": (
        "El NDA de {whose} termina el {day}",
        "Es el último día en que {who} puede entrar, si no se registra uno nuevo.",
        "Ver el acuerdo",
    ),
    "ca": (
        "L’NDA de {whose} s’acaba el {day}",
        "És l’últim dia en què {who} pot entrar, si no se’n registra un de nou.",
        "Veure l’acord",
    ),
    "fr": (
        "Le NDA de {whose} prend fin le {day}",
        "C’est le dernier jour d’accès pour {who}, sauf si un nouvel accord est enregistré.",
        "Voir l’accord",
    ),
}


def next_reminder(expires_on: date | None, now: datetime) -> datetime | None:
    """When the next letter about an agreement with this last day is due; None: no more."""
    if expires_on is None:
        return None
    ahead = (datetime.combine(expires_on - timedelta(days=days), AT) for days in DAYS_BEFORE)
    return min((one for one in ahead if one > now), default=None)


def due(now: Moment) -> Questions:
    """What the sweep has to do."""
    return (_due(Organisation, now), _due(Member, now))


def _due(table: type[Organisation] | type[Member], now: Moment) -> Select[int]:
    return select(table.id).where(table.nda_remind_at <= now).order_by(table.nda_remind_at, table.id)


async def remind_due(core: Core) -> int:
    """The sweep: write the letters that are due; returns about how many agreements.

    Each agreement is a unit of work of its own: one that fails stops no other, and is tried again later.
    """
    now = core.clock.now()
    async with core.database.read() as session:
        partners = (await session.scalars(_due(Organisation, now).limit(AT_ONCE))).all()
        people = (await session.scalars(_due(Member, now).limit(AT_ONCE))).all()
    told = [await _spared(core, Organisation, key, now) for key in partners]
    return sum(told + [await _spared(core, Member, key, now) for key in people])


async def _spared(core: Core, table: type[T], key: int, now: datetime) -> bool:
    try:
        async with core.database.unit_of_work() as session:
            return await _remind(session, table, key, now)
    except Exception as error:
        if passing(error):
            raise
        log.exception("nda.not_told", table=table.__tablename__, id=key)
        async with core.database.unit_of_work() as session:
            later = update(table).where(table.id == key, table.nda_remind_at <= now)
            await session.execute(later.values(nda_remind_at=now + AGAIN))
        return False


async def _remind(session: WriteSession, table: type[T], key: int, now: datetime) -> bool:
    """False: another worker is at it, or was."""
    query = select(table).where(table.id == key, table.nda_remind_at <= now)
    row = await session.scalar(query.with_for_update(skip_locked=True, key_share=True))
    if row is None:
        return False
    if isinstance(row, Member):
        own = await session.get_one(Organisation, row.organisation_id)
        await _write(session, row, own, [row], now)
    else:
        its = select(Member).where(Member.organisation_id == row.id, Member.active)
        await _write(session, row, row, (await session.scalars(its)).all(), now)
    return True


async def _write(
    session: WriteSession,
    of: Organisation | Member,
    partner: Organisation,
    people: Sequence[Member],
    now: datetime,
) -> None:
    """The letters about one agreement, if it still keeps anybody out; and when the next ones are due."""
    due_at, of.nda_remind_at = of.nda_remind_at, next_reminder(of.nda_expires_on, now)
    here = [one for one in people if one.active and one.role == "partner"]
    theirs = [one for one in here if let_in(one, partner, now.date())]
    if of.nda_expires_on is None or partner.ended_at is not None or (of is not partner and not theirs):
        return
    kept_out = f"{of.name} ({partner.name})" if isinstance(of, Member) else partner.name
    for reader in [*await admins(session), *theirs]:
        subject, line, label = WORDS.get(reader.language, WORDS["en"])
        day = format_date(of.nda_expires_on, "long", locale=reader.language)
        section = Section("", [line.format(who=kept_out)])
        link = "/me" if reader.role == "partner" else f"/partners/{partner.id}"
        about = {"whose": kept_out, "day": day}
        subject = elided(subject, about, reader.language).format_map(about)
        paper = Paper(reader.language, subject, [section], label, link)
        key = f"nda:{of.__class__.__name__.lower()}:{of.id}:{due_at:%Y%m%d}:{of.nda_expires_on}:{reader.id}"
        await letters.write(session, paper, key=key, member_id=reader.id, now=now)
