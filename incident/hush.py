"""Whether letters about an incident say what it is about."""

from __future__ import annotations

from alerts.hush import is_hushed as brand_is_hushed
from incident.incident import Incident
from kit.db import ReadSession


async def is_hushed(session: ReadSession, incident: Incident) -> bool:
    """Whether only its link is written: it is confidential, or an open one about its brand is."""
    return incident.confidential or await brand_is_hushed(session, [incident.brand_id])
