"""Opportunities: what is open, with its forms, and what became of those that are settled."""

from __future__ import annotations

from starlette.responses import Response

from web.fields import part, text
from web.forms import forms_at
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """All of them, the newest first."""
    found = (await visit.ask("Opportunities"))["opportunities"]
    return visit.page(
        "opportunities.html",
        waiting=[one for one in found if one["closedAt"] is None],
        settled=[one for one in found if one["closedAt"] is not None],
    )


_one = forms_at("/opportunities/{opportunity}", show, "/opportunities", id=part("opportunity"))

FORMS = [
    _one("take", "TakeOpportunity"),
    _one("decide", "DecideOpportunity", decision=text("decision"), reason=text("reason")),
    _one("conclude", "ConcludeOpportunity", outcome=text("outcome")),
]
