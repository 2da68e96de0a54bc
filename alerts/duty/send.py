"""Notices about duty on their way out of the house.

Just before a notice is sent it is asked whether it is still true; when it is not, it is withdrawn, and what
it says is what is true at that moment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from alerts.channels.mail.layout import letter as as_mail
from alerts.duty.compose import Reader
from alerts.duty.truth import paper_of
from alerts.paging.outbox import Mail, Outbox
from kit.db import WriteSession
from kit.settings import Settings
from kit.zones import zone_of
from people.members import Member
from people.notices import DutyNotice


async def _mail_of(
    session: WriteSession, notice: DutyNotice, settings: Settings, now: datetime
) -> Mail | None:
    member = await session.get_one(Member, notice.member_id)
    reader = Reader(member.language, zone_of(member.time_zone))
    paper = await paper_of(session, notice, reader, now) if member.active else None
    if paper is None:
        return None
    message = as_mail(
        paper,
        sender=settings.mail_from,
        name=member.name,
        address=member.email,
        key=notice.key,
        public_url=settings.public_url,
        written_at=now,
    )
    return Mail(member.email, message)


async def _replace_newer(session: WriteSession, notice: DutyNotice) -> None:
    """Of two notices about moved shifts the older one, which knows more, goes on alone."""
    if notice.kind == "moved":
        await session.execute(
            update(DutyNotice)
            .where(
                DutyNotice.kind == "moved",
                DutyNotice.state == "due",
                DutyNotice.schedule_id == notice.schedule_id,
                DutyNotice.member_id == notice.member_id,
            )
            .values(state="withdrawn")
        )


NOTICES = Outbox(DutyNotice, _mail_of, before_again=_replace_newer)
