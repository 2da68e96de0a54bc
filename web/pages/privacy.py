"""What is kept of the public's words, and forgetting an author who asks for it."""

from __future__ import annotations

from starlette.responses import Response

from web.fields import flag, text
from web.forms import Action
from web.visit import Visit

FIGURES = ("mentions", "copies", "corrections", "alerts", "digests")


async def show(visit: Visit) -> Response:
    """For admins: the limit, and a form; after it was sent, from how much the words were taken."""
    visit.require_admin()
    days = visit.core.settings.retention_days
    return visit.page("privacy.html", days=days, erased=visit.counts(FIGURES))


FORMS = [
    Action(
        "/privacy/erase",
        "EraseAuthor",
        show,
        "/privacy?" + "&".join(f"{name}={{{name}}}" for name in FIGURES),
        {"author": text("author"), "copies": flag("copies")},
    ),
]
