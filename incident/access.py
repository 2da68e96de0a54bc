"""The doors: an incident, response, review or lesson that a person asks for comes through here.

All are for people of the house. To a partner none of them exists; it works through its own steps
(`runbooks.access`), whose briefing and statement are all it sees of an incident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import select

from alerts.alert import Alert
from incident.incident import Incident, IncidentAlert
from incident.response import Response
from incident.review import Lesson, Review
from kit.db import ReadSession, Row
from kit.errors import Invalid, NotFound
from kit.languages import Sentence
from people.permissions import Viewer, can_read_incidents

T = TypeVar("T", bound=Row)
MAX_LISTED = 200
MISSING: dict[type[Row], Sentence] = {
    Incident: Sentence("There is no incident {}."),
    Response: Sentence("There is no response {}."),
    Review: Sentence("There is no review {}."),
    Lesson: Sentence("There is no lesson {}."),
}
STATES = ("open", "resolved", "closed")


async def get_incident(session: ReadSession, viewer: Viewer, incident_id: int) -> Incident:
    return await _for_the_house(session, viewer, Incident, incident_id)


async def get_response(session: ReadSession, viewer: Viewer, response_id: int) -> Response:
    return await _for_the_house(session, viewer, Response, response_id)


async def get_review(session: ReadSession, viewer: Viewer, review_id: int) -> Review:
    return await _for_the_house(session, viewer, Review, review_id)


async def get_lesson(session: ReadSession, viewer: Viewer, lesson_id: int) -> Lesson:
    return await _for_the_house(session, viewer, Lesson, lesson_id)


async def _for_the_house(session: ReadSession, viewer: Viewer, table: type[T], key: int) -> T:
    """The row as it is now; the same words whether it does not exist or may not be known."""
    row = None
    if can_read_incidents(viewer):
        row = await session.get(table, key, populate_existing=True)
    if row is None:
        raise NotFound(MISSING[table], key)
    return row


async def list_incidents(
    session: ReadSession, viewer: Viewer, *, state: str | None = None, limit: int = 50
) -> list[Incident]:
    """Newest first, of one state or all; none for a partner. Invalid: no such state."""
    if not can_read_incidents(viewer):
        return []
    if state is not None and state not in STATES:
        raise Invalid("state is one of {}.", ", ".join(STATES), field="state")
    query = select(Incident).order_by(Incident.id.desc()).limit(max(0, min(limit, MAX_LISTED)))
    if state is not None:
        query = query.where(Incident.state == state)
    return list((await session.execute(query)).scalars())


async def open_incident(session: ReadSession, viewer: Viewer, brand_id: int) -> Incident | None:
    """The brand's open incident, drills apart."""
    if not can_read_incidents(viewer):
        return None
    query = select(Incident).where(
        Incident.brand_id == brand_id, Incident.state == "open", Incident.drill.is_(False)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def alerts_of(session: ReadSession, incident_ids: Collection[int]) -> dict[int, list[Alert]]:
    """By incident, which came through its door before: its alerts, the first one first."""
    query = select(IncidentAlert.incident_id, Alert).join(Alert, Alert.id == IncidentAlert.alert_id)
    found: defaultdict[int, list[Alert]] = defaultdict(list)
    for key, alert in await session.execute(
        query.where(IncidentAlert.incident_id.in_(incident_ids)).order_by(Alert.id)
    ):
        found[key].append(alert)
    return found
