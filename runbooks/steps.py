"""What people do to a running step: complete, approve, return, skip, reassign.

Statement steps are written, handed in and published in `runbooks.statements`.
"""

from __future__ import annotations

from datetime import datetime

from incident import wording
from incident.incident import Incident
from incident.roles import seat_partner
from kit.db import WriteSession
from kit.errors import Forbidden, Invalid
from people.members import Member
from people.organisations import Organisation
from people.permissions import Viewer, may_work_on, partner_allowed, person_covered
from runbooks import letters
from runbooks.access import get_step
from runbooks.moving import let_act, move, tell_step
from runbooks.owners import Owner
from runbooks.run import Step
from runbooks.states import other_eyes


async def complete(
    session: WriteSession, viewer: Viewer, step_id: int, *, note: str = "", now: datetime
) -> Step:
    """Done; or waiting for approval, where the step needs one."""
    seen = await get_step(session, viewer, step_id, now=now)
    _require_task(seen)
    action = "complete_for_approval" if seen.needs_approval else "complete"
    step, incident = await let_act(session, viewer, step_id, action, now=now)
    words = wording.optional(note, field="note", limit=wording.REASON)
    fresh = await move(session, step, action, completed_by=viewer.member_id, completed_at=now)
    kind = "step.completed" if fresh.state == "done" else "step.awaiting_approval"
    tell_step(session, viewer, incident, fresh, kind, now=now, note=words)
    if fresh.state == "awaiting_approval":
        await letters.waiting(session, incident, fresh, but=[viewer.member_id], now=now)
    return fresh


async def approve(session: WriteSession, viewer: Viewer, step_id: int, *, now: datetime) -> Step:
    """Somebody other than who did it finds it done."""
    _require_task(await get_step(session, viewer, step_id, now=now))
    step, incident = await let_act(session, viewer, step_id, "approve", now=now)
    if not other_eyes(viewer, step.completed_by):
        raise Forbidden("Whoever did a step does not approve it: somebody else must look at it.")
    done_by = {"completed_by": step.completed_by, "completed_at": step.completed_at}
    fresh = await move(session, step, "approve", done_by, approved_by=viewer.member_id)
    tell_step(session, viewer, incident, fresh, "step.approved", now=now)
    return fresh


async def return_step(
    session: WriteSession, viewer: Viewer, step_id: int, *, reason: str, now: datetime
) -> Step:
    """Not done yet, with a reason."""
    _require_task(await get_step(session, viewer, step_id, now=now))
    step, incident = await let_act(session, viewer, step_id, "return", now=now)
    why = wording.required(reason, field="reason", limit=wording.REASON)
    done_by = step.completed_by
    fresh = await move(session, step, "return", completed_by=None, completed_at=None)
    tell_step(session, viewer, incident, fresh, "step.returned", now=now, reason=why)
    await letters.returned(session, incident, fresh, to=[done_by], by=viewer.member_id, reason=why, now=now)
    return fresh


async def skip(session: WriteSession, viewer: Viewer, step_id: int, *, reason: str, now: datetime) -> Step:
    """It will not be done in this incident, with a reason."""
    step, incident = await let_act(session, viewer, step_id, "skip", now=now)
    why = wording.required(reason, field="reason", limit=wording.REASON)
    fresh = await move(session, step, "skip", skip_reason=why)
    tell_step(session, viewer, incident, fresh, "step.skipped", now=now, reason=why)
    return fresh


async def reassign(
    session: WriteSession,
    viewer: Viewer,
    step_id: int,
    *,
    member_id: int | None = None,
    organisation_id: int | None = None,
    now: datetime,
) -> Step:
    """Give the step to a person, or to a partner organisation that may work on the brand.

    A partner's person gets it with the organisation, all of whose members then see it.
    """
    step, incident = await let_act(session, viewer, step_id, "reassign", now=now)
    name, owner, partner = await _new_owner(session, incident, member_id, organisation_id, now)
    before = {"owner_id": step.owner_id, "owner_organisation_id": step.owner_organisation_id}
    fresh = await move(
        session,
        step,
        "reassign",
        before,
        owner_id=owner.member_id,
        owner_organisation_id=owner.organisation_id,
    )
    if partner is not None:
        await seat_partner(session, incident, partner, now)
    tell_step(
        session, viewer, incident, fresh, "step.reassigned",
        now=now, owner=name, from_organisation_id=before["owner_organisation_id"],
    )  # fmt: skip
    await letters.given(session, incident, [fresh], by=viewer.member_id, now=now)
    return fresh


async def _new_owner(
    session: WriteSession,
    incident: Incident,
    member_id: int | None,
    organisation_id: int | None,
    now: datetime,
) -> tuple[str, Owner, Organisation | None]:
    """Name, ids, and the partner organisation where it is one."""
    if (member_id is None) == (organisation_id is None):
        raise Invalid("Name either a person or a partner organisation.", field="memberId")
    if organisation_id is not None:
        partner = await _partner(session, incident, organisation_id, now, field="organisationId")
        return partner.name, Owner(None, partner.id), partner
    member = await session.get(Member, member_id)
    if member is None or not member.active:
        raise Invalid("There is no such person here.", field="memberId")
    if member.role in ("executive", "observer"):
        raise Invalid("{} reads and does not act: give it to a responder.", member.name, field="memberId")
    if member.role != "partner":
        return member.name, Owner(member.id), None
    partner = await _partner(session, incident, member.organisation_id, now, field="memberId")
    if not person_covered(member, partner, now.date()):
        raise Invalid(
            "{} has no valid non-disclosure agreement: renew it, then assign.", member.name, field="memberId"
        )
    return f"{member.name} ({partner.name})", Owner(member.id, partner.id), partner


async def _partner(
    session: WriteSession, incident: Incident, organisation_id: int, now: datetime, *, field: str
) -> Organisation:
    partner = await session.get(Organisation, organisation_id, populate_existing=True)
    if partner is None or partner.kind != "partner" or partner.ended_at is not None:
        raise Invalid("There is no such partner organisation.", field=field)
    if not partner_allowed(partner, now.date()):
        raise Invalid(
            "{} has no valid non-disclosure agreement: renew it, then assign.", partner.name, field=field
        )
    if not may_work_on(partner, incident.brand_id, now.date()):
        raise Invalid("{} may not work on this brand.", partner.name, field=field)
    return partner


def _require_task(step: Step) -> None:
    if step.kind == "statement":
        raise Invalid("This step follows its statement: act on the text, and publish it.", field="id")
