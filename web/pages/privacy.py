"""What is kept of the public's words, and forgetting an author who asks for it."""

from __future__ import annotations

from starlette.responses import Response

from kit.errors import NotFound
from people.permissions import can_administer
from web.visit import Visit

FIGURES = ("mentions", "corrections", "alerts", "digests")


async def show(visit: Visit) -> Response:
    """For admins: the limit, and a form; after it was sent, from how much the words were taken."""
    if visit.viewer is None or not can_administer(visit.viewer):
        raise NotFound("There is no such page.")
    days = visit.core.settings.retention_days
    return visit.page("privacy.html", days=days, erased=visit.counts(FIGURES))
