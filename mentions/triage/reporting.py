"""Telling all who raised a case what came of it: on their desk and by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import select, update

from kit.db import WriteSession
from kit.zones import zone_of
from mentions.triage.access import raisers
from mentions.triage.case import Case, Notice
from mentions.triage.wording import News, report
from people import letters
from people.departments import Department
from people.members import Member
from people.organisations import Brand
from people.permissions import Viewer

DATED = ("due", "decided", "handed_over")
"""News of what is still to be done: they say until when."""


async def report_back(session: WriteSession, viewer: Viewer, case: Case, kind: str, *, now: datetime) -> None:
    """A notice and a letter to each who raised the case, but to whom did this."""
    notes = {raiser.member_id: raiser.note for raiser in await raisers(session, case.id)}
    told = select(Member).where(Member.id.in_(notes.keys() - {viewer.member_id})).order_by(Member.id)
    readers = (await session.scalars(told)).all()
    if not readers:
        return
    brand = await session.get_one(Brand, case.brand_id)
    department = await session.get_one(Department, case.department_id)
    news = News(
        kind=kind,
        number=case.id,
        brand=brand.name,
        department=department.name,
        by=viewer.name,
        note="",
        decision=case.decision,
        reply=case.reply,
        outcome=case.outcome,
        due="",
    )
    for reader in readers:
        notice = Notice(member_id=reader.id, case_id=case.id, kind=kind, at=now)
        session.add(notice)
        await session.flush()
        theirs = replace(news, note=notes[reader.id], due=_due(case, reader) if kind in DATED else "")
        paper, key = report(theirs, reader.language), f"notice:{notice.id}"
        about = letters.About([case.brand_id])
        await letters.write(session, paper, key=key, member_id=reader.id, about=about, now=now)


def _due(case: Case, reader: Member) -> str:
    """Until when it is to be dealt with, in the reader's language and by the reader's clock."""
    at = case.due_at.astimezone(zone_of(reader.time_zone))
    return f"{format_date(at, 'long', locale=reader.language)}, {at:%H:%M}"


async def seen(session: WriteSession, viewer: Viewer, case_id: int, *, now: datetime) -> None:
    """Whoever raised the case has looked at it: its notices leave their desk."""
    mine = update(Notice).where(
        Notice.member_id == viewer.member_id, Notice.case_id == case_id, Notice.seen_at.is_(None)
    )
    await session.execute(mine.values(seen_at=now))
