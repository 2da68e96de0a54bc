"""An incident comes into being: at most one open per brand, however many try at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from incident.incident import Incident
from incident.types import CRISIS_TYPES
from kit.db import WriteSession


async def open_for_brand(
    session: WriteSession,
    *,
    brand_id: int,
    title: str,
    type: str,
    severity: str,
    drill: bool,
    detected_at: datetime,
    now: datetime,
) -> Incident | None:
    """The new incident, or None when the brand has an open one: the unique index lets only one in."""
    row = insert(Incident).values(
        brand_id=brand_id,
        title=title,
        type=type,
        severity=severity,
        state="open",
        briefing="",
        drill=drill,
        detected_at=detected_at,
        opened_at=now,
    )
    only_one = row.on_conflict_do_nothing(
        index_elements=["brand_id"], index_where=text("state = 'open' AND NOT drill")
    )
    return (await session.execute(only_one.returning(Incident))).scalar_one_or_none()


def facts(incident: Incident) -> dict[str, Any]:
    """What the event of its opening says about an incident."""
    return {
        "title": incident.title,
        "type": CRISIS_TYPES[incident.type].name,
        "severity": incident.severity,
        "drill": incident.drill,
    }
