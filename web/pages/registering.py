"""The form for what was heard and no source brings: a call, a letter, a complaint at the counter."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from starlette.responses import Response

from kit.errors import Invalid
from kit.zones import zone_of
from web.forms import Form
from web.visit import Visit

KINDS = ("call", "visit", "letter", "review", "article", "post")
"""What people of the house come across, the most frequent first."""


async def show(visit: Visit) -> Response:
    """The form, and above it what became of the one before."""
    asked = visit.request.query_params.get("registered", "")
    data = await visit.ask("Registering", key=asked)
    return visit.page(
        "registering.html",
        brands=data["brands"],
        done=data["registeredMention"],
        registered=asked,
        kinds=KINDS,
        key=visit.typed(visit.request.url.path, "key") or token_urlsafe(16),
    )


def heard_at(visit: Visit, form: Form) -> Any:
    """The form's local time in the viewer's zone, as ISO 8601; None when it was left empty."""
    raw = form.get("heardAt", "").strip()
    if not raw:
        return None
    try:
        local = datetime.fromisoformat(raw)
    except ValueError as error:
        raise Invalid("{!r} is not a time.", raw[:30], field="heardAt") from error
    zone = zone_of(visit.viewer.time_zone if visit.viewer else "UTC")
    return (local if local.tzinfo else local.replace(tzinfo=zone)).isoformat()
