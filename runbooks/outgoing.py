"""Letters go out from here, because here everything is known that may keep one back.

Pages are put into words when they go out, and need no second look.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from alerts.hush import is_hushed
from alerts.paging.letters import outbox
from incident.incident import Incident
from kit.db import ReadSession
from people.letters import Letter, about_of
from people.members import Member
from people.organisations import Organisation
from runbooks.run import Step


async def told(session: ReadSession, letter: Letter) -> Literal["words", "link", "nothing"]:
    """What of it may still be told: of a confidential matter the link alone, of another's step nothing."""
    about = about_of(letter)
    seen = await _seen(session, letter.member_id, about.step_ids)
    if about.step_ids and not seen:
        return "nothing"
    if seen < len(about.step_ids) or await is_hushed(session, about.brand_ids):
        return "link"
    secret = Incident.confidential & (Incident.id == about.incident_id)
    return "link" if await session.scalar(select(Incident.id).where(secret)) else "words"


async def _seen(session: ReadSession, member_id: int | None, step_ids: Sequence[int]) -> int:
    """How many of these steps the reader may see: the house all, a partner those of its organisation."""
    reader = await session.get(Member, member_id) if member_id is not None else None
    if reader is None or reader.role != "partner":
        return len(step_ids)
    own = await session.get_one(Organisation, reader.organisation_id, populate_existing=True)
    theirs = Step.id.in_(step_ids) & (Step.owner_organisation_id == own.id)
    query = select(Step.id).join(Incident, Incident.id == Step.incident_id).where(theirs)
    if own.brand_ids is not None:
        query = query.where(Incident.brand_id.in_(own.brand_ids))
    return len((await session.scalars(query)).all())


LETTERS = outbox(told)
