"""Opportunities: what is open, with its forms, and what became of those that are settled."""

from __future__ import annotations

from starlette.responses import Response

from web.visit import Visit


async def show(visit: Visit) -> Response:
    """All of them, the newest first."""
    found = (await visit.ask("Opportunities"))["opportunities"]
    return visit.page(
        "opportunities.html",
        waiting=[one for one in found if one["closedAt"] is None],
        settled=[one for one in found if one["closedAt"] is not None],
    )
