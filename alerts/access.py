"""The one door to alerts: the house reads them, a partner does not know that they exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import exists, select

from alerts.alert import Alert, rank_of
from alerts.feedback.marks import Mark
from kit.db import ReadSession
from kit.errors import NotFound
from people.permissions import Viewer, can_read_incidents, require_house

MOST = 200


async def get_alert(session: ReadSession, viewer: Viewer, alert_id: int) -> Alert:
    """NotFound when there is no such alert, or the viewer may not know whether there is."""
    alert = await session.get(Alert, alert_id) if can_read_incidents(viewer) else None
    if alert is None:
        raise NotFound("There is no such alert.")
    return alert


async def list_alerts(
    session: ReadSession,
    viewer: Viewer,
    *,
    brand_id: int | None = None,
    state: str | None = None,
    unended: bool = False,
    limit: int = 50,
) -> Sequence[Alert]:
    """The newest alerts first, at most `limit` (1 … 200); `unended`: that go on and are not over.

    Forbidden for partners.
    """
    require_house(viewer)
    query = select(Alert).order_by(Alert.id.desc()).limit(max(1, min(limit, MOST)))
    if brand_id is not None:
        query = query.where(Alert.brand_id == brand_id)
    if state is not None:
        query = query.where(Alert.state == state)
    if unended:
        query = query.where(Alert.ended_at.is_(None), Alert.state != "closed")
    return (await session.scalars(query)).all()


async def running_alerts(session: ReadSession, brand_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """By brand, the alerts that wake people and go on, the worst first: those of a resolved incident, too.

    Not those of which somebody said that they are no crisis.
    """
    refused = exists().where(Mark.alert_id == Alert.id, Mark.taken_back_at.is_(None))
    running = Alert.brand_id.in_(brand_ids) & Alert.ended_at.is_(None) & Alert.pages
    found: defaultdict[int, list[Alert]] = defaultdict(list)
    query = select(Alert).where(running, ~refused).order_by(rank_of(Alert).desc(), Alert.id)
    for alert in await session.scalars(query):
        found[alert.brand_id].append(alert)
    return found
