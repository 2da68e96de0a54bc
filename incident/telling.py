"""Record what a person did in an incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incident.incident import Incident
from kit.db import WriteSession
from kit.events import record
from people.permissions import Viewer


def tell(
    session: WriteSession, viewer: Viewer, incident: Incident, kind: str, *, now: datetime, **data: Any
) -> None:
    """An event of this kind, by the viewer, in the incident's timeline."""
    record(
        session,
        kind,
        at=now,
        actor=viewer.name,
        actor_id=viewer.member_id,
        incident_id=incident.id,
        brand_id=incident.brand_id,
        **data,
    )
