"""Record what a person did in an incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incident.incident import Incident
from kit.db import WriteSession
from people.permissions import Viewer
from people.telling import tell as by_viewer


def tell(
    session: WriteSession, viewer: Viewer, incident: Incident, kind: str, *, now: datetime, **data: Any
) -> None:
    """An event of this kind, by the viewer, in the incident's timeline."""
    about = {"incident_id": incident.id, "brand_id": incident.brand_id}
    by_viewer(session, viewer, kind, now=now, **about, **data)
