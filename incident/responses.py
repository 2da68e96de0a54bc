"""Statements: written by anybody with a part in it, decided upon in-house by other eyes.

Functions take a row that has come through a door already: `incident.access.get_response` for people of
the house, the step it belongs to for a partner (`runbooks.statements`). `about` goes into the event:
the title people know the statement by, its step, and the partner whose desk that is on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from incident import firsts, wording
from incident.decision import ResponseDecision
from incident.incident import Incident
from incident.response import Response
from incident.states import RESPONSE, may_act_on_response
from incident.swap import swap
from incident.telling import tell
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Forbidden
from kit.events import Event
from kit.languages import Sentence
from people.permissions import Viewer

WRITTEN = ("response.drafted", "response.edited")
ACTS = (*WRITTEN, "response.submitted", "response.approved", "response.returned", "response.published")

About = Mapping[str, Any]


async def draft(
    session: WriteSession, viewer: Viewer, incident: Incident, *, text: str, about: About, now: datetime
) -> Response:
    """Begin a statement; version 1 is the viewer's."""
    _require(viewer, "edit")
    response = Response(
        incident_id=incident.id,
        text=wording.required(text, field="text"),
        state="draft",
        version=1,
        author_id=viewer.member_id,
        updated_at=now,
    )
    session.add(response)
    await session.flush()
    _tell(session, viewer, incident, response, "response.drafted", about, now)
    return response


async def edit(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    *,
    text: str,
    version: int | None,
    about: About,
    now: datetime,
) -> Response:
    """The next version of a draft or returned text; `version` is the one that the writer had before them."""
    words = wording.required(text, field="text")
    _require(viewer, "edit")
    if version != response.version:
        raise await _conflict(
            session, response, Sentence("The text is at version {} already.", response.version)
        )
    fresh = await _move(
        session,
        response,
        "edit",
        {"version": version},
        text=words,
        version=response.version + 1,
        updated_at=now,
    )
    _tell(session, viewer, incident, fresh, "response.edited", about, now)
    return fresh


async def submit(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    *,
    about: About,
    now: datetime,
) -> Response:
    """Hand the text to the house for approval."""
    _require(viewer, "submit")
    fresh = await _move(session, response, "submit", {"version": response.version}, updated_at=now)
    _tell(session, viewer, incident, fresh, "response.submitted", about, now)
    return fresh


async def approve(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    *,
    version: int,
    about: About,
    now: datetime,
) -> Response:
    """Adopt the version that was read. Nobody who wrote any of it may (four eyes)."""
    _require(viewer, "approve")
    if not _reads_it_anew(viewer, await writers(session, response)):
        raise Forbidden("Whoever wrote a statement does not approve it: somebody else must read it.")
    if version != response.version:
        raise await _conflict(
            session,
            response,
            Sentence("You read version {}; the text is at version {}.", version, response.version),
        )
    fresh = await _move(
        session,
        response,
        "approve",
        {"version": version},
        approved_by=viewer.member_id,
        return_reason=None,
        updated_at=now,
    )
    _keep(session, viewer, fresh, "approved", None, about, now)
    _tell(session, viewer, incident, fresh, "response.approved", about, now)
    return fresh


async def return_(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    *,
    reason: str,
    about: About,
    now: datetime,
) -> Response:
    """Back to the writers, with a reason; takes an approval back, too, until the text is published."""
    _require(viewer, "return")
    why = wording.required(reason, field="reason", limit=wording.REASON)
    fresh = await _move(session, response, "return", {}, return_reason=why, approved_by=None, updated_at=now)
    _keep(session, viewer, fresh, "returned", why, about, now)
    _tell(session, viewer, incident, fresh, "response.returned", about, now, reason=why)
    return fresh


async def publish(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    *,
    url: str | None,
    about: About,
    now: datetime,
) -> Response:
    """Record that the house has published the approved text, and where."""
    _require(viewer, "publish")
    address = wording.web_address(url, field="url") if url and url.strip() else None
    fresh = await _move(
        session,
        response,
        "publish",
        {"version": response.version},
        published_by=viewer.member_id,
        published_url=address,
        published_at=now,
        updated_at=now,
    )
    _tell(session, viewer, incident, fresh, "response.published", about, now, url=address)
    return fresh


async def writers(session: ReadSession, response: Response) -> set[int]:
    """Everybody who wrote a version of the text, by the event log."""
    return (await writers_of(session, [response.id]))[response.id]


async def writers_of(session: ReadSession, response_ids: Collection[int]) -> dict[int, set[int]]:
    """The same of each of these statements."""
    logged = and_(
        Event.incident_id == Response.incident_id,
        Event.kind.in_(WRITTEN),
        Event.data["response_id"].as_integer() == Response.id,
    )
    query = select(Response.id, Response.author_id, Event.actor_id).outerjoin(Event, logged)
    found: dict[int, set[int]] = defaultdict(set)
    for key, author, actor in await session.execute(query.where(Response.id.in_(response_ids))):
        found[key] |= {author} if actor is None else {author, actor}
    return found


def may_approve(viewer: Viewer, state: str, writers: Collection[int]) -> bool:
    """Whether the viewer may adopt a statement in this state that these wrote. Its incident lasts. Pure."""
    leads_on = (state, "approve") in RESPONSE
    return leads_on and may_act_on_response(viewer.role, "approve") and _reads_it_anew(viewer, writers)


def _reads_it_anew(viewer: Viewer, writers: Collection[int]) -> bool:
    return viewer.member_id not in writers


def wrote(member_id: int) -> ColumnElement[bool]:
    """The same of one member, for queries over Response."""
    logged = exists().where(
        Event.incident_id == Response.incident_id,
        Event.kind.in_(WRITTEN),
        Event.actor_id == member_id,
        Event.data["response_id"].as_integer() == Response.id,
    )
    return (Response.author_id == member_id) | logged


async def _move(
    session: WriteSession, response: Response, action: str, expected: Mapping[str, Any], **values: Any
) -> Response:
    """Swap to the state that the action leads to; Conflict when it leads nowhere or somebody was first."""
    state = RESPONSE.get((response.state, action))
    fresh = None
    if state is not None:
        values = {"state": state, **values}
        fresh = await swap(session, Response, response.id, {"state": response.state, **expected}, **values)
    if fresh is None:
        raise await _conflict(session, response, Sentence("The statement is in another state by now."))
    return fresh


async def _conflict(session: ReadSession, response: Response, otherwise: Sentence) -> Conflict:
    return await firsts.conflict(session, response.incident_id, ACTS, otherwise, response_id=response.id)


def _require(viewer: Viewer, action: str) -> None:
    if not may_act_on_response(viewer.role, action):
        raise Forbidden("You may not do this to a statement; a responder of the house may.")


def _keep(
    session: WriteSession,
    viewer: Viewer,
    response: Response,
    verdict: str,
    reason: str | None,
    about: About,
    now: datetime,
) -> None:
    """The decision with the text that it is about, as it stands in the row when the decision falls."""
    session.add(
        ResponseDecision(
            response_id=response.id,
            verdict=verdict,
            version=response.version,
            text=response.text,
            reason=reason,
            organisation_id=about.get("organisation_id"),
            decided_by=viewer.member_id,
            decided_at=now,
        )
    )


def _tell(
    session: WriteSession,
    viewer: Viewer,
    incident: Incident,
    response: Response,
    kind: str,
    about: About,
    now: datetime,
    **data: Any,
) -> None:
    facts = {"response_id": response.id, "version": response.version, **about, **data}
    tell(session, viewer, incident, kind, now=now, **facts)
