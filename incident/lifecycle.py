"""What people do to an incident: declare it, lead it, brief the partners, resolve it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from alerts.close import close_alerts
from alerts.hush import hush, speak_again
from alerts.levels import LEVELS
from incident import firsts, lead_letter, wording
from incident.access import get_incident, open_incident
from incident.incident import Incident, IncidentAlert
from incident.opening import Opening, facts, open_for_brands
from incident.reviewing import open_review
from incident.roles import add_participant, make_lead
from incident.states import INCIDENT
from incident.swap import swap
from incident.telling import tell
from incident.types import CRISIS_TYPES
from kit.db import WriteSession
from kit.errors import Conflict, Invalid
from kit.events import Event
from kit.languages import Sentence
from people.members import Member
from people.organisations import Brand
from people.permissions import RESPONDERS, Viewer, require_participant, require_responder

SAME_NOTE = timedelta(minutes=1)
"""Whoever got no answer on a bad line sends a note again."""


async def declare(
    session: WriteSession,
    viewer: Viewer,
    *,
    brand_id: int,
    title: str,
    type: str,
    severity: str,
    drill: bool = False,
    now: datetime,
) -> Incident:
    """Open an incident by hand; who declares it leads it. Conflict when the brand has an open one."""
    require_responder(viewer)
    if type not in CRISIS_TYPES:
        raise Invalid("There is no crisis type {!r}.", type, field="type")
    opening = Opening(
        brand_id=await _known_brand(session, brand_id),
        title=wording.title(title, field="title"),
        type=type,
        severity=known_severity(severity),
        drill=drill,
        detected_at=now,
    )
    incident = (await open_for_brands(session, [opening], now)).get(brand_id)
    if incident is None:
        raise await _already_open(session, viewer, brand_id)
    tell(session, viewer, incident, "incident.opened", now=now, **facts(incident))
    lead = await session.get_one(Member, viewer.member_id)
    await make_lead(session, incident, lead, by=lead, now=now)
    return await get_incident(session, viewer, incident.id)


async def set_severity(
    session: WriteSession, viewer: Viewer, incident_id: int, *, severity: str, reason: str, now: datetime
) -> Incident:
    """Raise or lower it, with a reason, while the incident is open."""
    incident = await _to_act_on(session, viewer, incident_id)
    before, why = incident.severity, wording.required(reason, field="reason", limit=wording.REASON)
    if known_severity(severity) == before:
        raise await _second(
            session, incident, Sentence("It has this severity already."), "incident.severity_set"
        )
    fresh = await swap(
        session, Incident, incident.id, {"severity": before, "state": "open"}, severity=severity
    )
    if fresh is None:
        raise await _second(
            session, incident, Sentence("The severity has changed meanwhile."), "incident.severity_set"
        )
    tell(session, viewer, fresh, "incident.severity_set", now=now, before=before, after=severity, reason=why)
    return fresh


async def assign_lead(
    session: WriteSession, viewer: Viewer, incident_id: int, *, member_id: int, now: datetime
) -> Incident:
    """Hand the lead to an active responder of the house; who gets it of somebody else is told by mail."""
    incident = await _to_act_on(session, viewer, incident_id)
    member = await session.get(Member, member_id)
    if member is None or not member.active or member.role not in RESPONDERS:
        raise Invalid("Only an active responder of the house can lead.", field="memberId")
    by = await session.get_one(Member, viewer.member_id)
    if incident.lead_id == member.id or not await make_lead(session, incident, member, by=by, now=now):
        raise await _second(session, incident, Sentence("The lead is taken."), "incident.lead_assigned")
    if member.id != by.id:
        await lead_letter.given(session, incident, member, by=by, now=now)
    return await get_incident(session, viewer, incident.id)


async def join(session: WriteSession, viewer: Viewer, incident_id: int, *, now: datetime) -> Incident:
    """Be on the incident; joining twice changes nothing. Executives may, too; observers may not."""
    incident = await get_incident(session, viewer, incident_id)
    require_participant(viewer)
    _require_not_closed(incident)
    if await add_participant(session, incident.id, viewer.member_id, now):
        tell(session, viewer, incident, "incident.joined", now=now, member_id=viewer.member_id)
    return incident


async def add_note(
    session: WriteSession, viewer: Viewer, incident_id: int, *, text: str, now: datetime
) -> Incident:
    """Put a line into the timeline; the same words again within SAME_NOTE are the same line."""
    incident = await get_incident(session, viewer, incident_id)
    require_responder(viewer)
    _require_not_closed(incident)
    words = wording.required(text, field="text")
    await session.execute(
        select(Incident.id).where(Incident.id == incident.id).with_for_update(key_share=True)
    )
    same = select(Event.seq).where(
        Event.incident_id == incident.id,
        Event.kind == "incident.noted",
        Event.actor_id == viewer.member_id,
        Event.at > now - SAME_NOTE,
        Event.data["text"].as_string() == words,
    )
    if await session.scalar(same.limit(1)) is None:
        tell(session, viewer, incident, "incident.noted", now=now, text=words)
    return incident


async def set_briefing(
    session: WriteSession, viewer: Viewer, incident_id: int, *, text: str, now: datetime
) -> Incident:
    """What partners with a step are told of the incident; empty takes it back."""
    incident = await get_incident(session, viewer, incident_id)
    require_responder(viewer)
    _require_not_closed(incident)
    words = wording.optional(text, field="text")
    fresh = await swap(session, Incident, incident.id, {"briefing": incident.briefing}, briefing=words)
    if fresh is None:
        raise await _second(
            session, incident, Sentence("The briefing has changed meanwhile."), "incident.briefing_set"
        )
    tell(session, viewer, fresh, "incident.briefing_set", now=now, text=words)
    return fresh


async def set_confidential(
    session: WriteSession, viewer: Viewer, incident_id: int, *, confidential: bool, now: datetime
) -> Incident:
    """Whether pages about the incident's brand carry no text while it is open. Twice changes nothing.

    A drill's brand goes on as it is: its pages are real.
    """
    incident = await _to_act_on(session, viewer, incident_id)
    if incident.confidential == confidential:
        return incident
    expected = {"state": "open", "confidential": not confidential}
    fresh = await swap(session, Incident, incident.id, expected, confidential=confidential)
    kind = "incident.made_confidential" if confidential else "incident.made_open"
    if fresh is None:
        otherwise = Sentence("The incident has changed meanwhile.")
        raise await firsts.conflict(session, incident.id, ("incident.resolved", kind), otherwise)
    if not confidential:
        await speak_again(session, fresh.id)
    elif not fresh.drill:
        await hush(session, fresh.id, fresh.brand_id, now=now)
    tell(session, viewer, fresh, kind, now=now)
    return fresh


async def resolve(
    session: WriteSession, viewer: Viewer, incident_id: int, *, summary: str, now: datetime
) -> Incident:
    """End the response: its alerts go silent, and the review opens with the summary in it."""
    incident = await get_incident(session, viewer, incident_id)
    require_responder(viewer)
    words = wording.required(summary, field="summary")
    fresh = await swap(
        session,
        Incident,
        incident.id,
        {"state": "open"},
        state=INCIDENT["open", "resolve"],
        resolved_at=now,
    )
    if fresh is None:
        raise await _second(
            session, incident, Sentence("The incident is not open any more."), "incident.resolved"
        )
    tell(session, viewer, fresh, "incident.resolved", now=now, summary=words)
    await open_review(session, viewer, fresh, summary=words, now=now)
    await speak_again(session, fresh.id)
    await close_alerts(session, await _alert_ids(session, fresh.id), now=now)
    return fresh


def known_severity(severity: str) -> str:
    if severity not in LEVELS:
        raise Invalid("A severity is one of {}.", ", ".join(LEVELS), field="severity")
    return severity


async def _known_brand(session: WriteSession, brand_id: int) -> int:
    if await session.get(Brand, brand_id) is None:
        raise Invalid("There is no brand {}.", brand_id, field="brandId")
    return brand_id


async def _already_open(session: WriteSession, viewer: Viewer, brand_id: int) -> Conflict:
    incident = await open_incident(session, viewer, brand_id)
    if incident is None:
        return Conflict("The brand has an open incident: join that one.")
    return Conflict("The brand has an open incident, number {}: join that one.", incident.id)


async def _to_act_on(session: WriteSession, viewer: Viewer, incident_id: int) -> Incident:
    """The incident for a responder, while it is open."""
    incident = await get_incident(session, viewer, incident_id)
    require_responder(viewer)
    if incident.state != "open":
        raise await _second(
            session, incident, Sentence("The incident is not open any more."), "incident.resolved"
        )
    return incident


def _require_not_closed(incident: Incident) -> None:
    if incident.state == "closed":
        raise Conflict("The incident is closed.")


async def _second(session: WriteSession, incident: Incident, otherwise: Sentence, kind: str) -> Conflict:
    return await firsts.conflict(session, incident.id, (kind,), otherwise)


async def _alert_ids(session: WriteSession, incident_id: int) -> list[int]:
    query = select(IncidentAlert.alert_id).where(IncidentAlert.incident_id == incident_id)
    return list((await session.execute(query)).scalars())
