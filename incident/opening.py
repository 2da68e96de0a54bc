"""An incident comes into being: at most one open per brand, however many try at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from incident.incident import Incident
from incident.types import CRISIS_TYPES
from kit.db import WriteSession


@dataclass(frozen=True)
class Opening:
    """What an incident begins with."""

    brand_id: int
    title: str
    type: str
    severity: str
    detected_at: datetime
    drill: bool = False


async def open_for_brands(
    session: WriteSession, openings: Sequence[Opening], now: datetime
) -> dict[int, Incident]:
    """The new incidents by brand; a brand that has an open one gets none: the unique index lets only one in.

    In one order of brands, so that two who open several do not wait for one another.
    """
    rows = [
        {**vars(one), "state": "open", "briefing": "", "opened_at": now}
        for one in sorted(openings, key=lambda one: one.brand_id)
    ]
    only_one = (
        insert(Incident)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["brand_id"], index_where=text("state = 'open' AND NOT drill"))
    )
    found = await session.scalars(only_one.returning(Incident))
    return {incident.brand_id: incident for incident in found}


def facts(incident: Incident) -> dict[str, Any]:
    """What the event of its opening says about an incident."""
    return {
        "title": incident.title,
        "type": CRISIS_TYPES[incident.type].name,
        "severity": incident.severity,
        "drill": incident.drill,
    }
