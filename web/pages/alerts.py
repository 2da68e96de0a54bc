"""One alert: the evidence first, then who was woken, then one button."""

from __future__ import annotations

from starlette.responses import Response

from kit.errors import NotFound
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """The page of an alert; NotFound when there is none for this viewer."""
    data = await visit.ask("Alert", id=visit.param("alert"))
    if data["alert"] is None:
        raise NotFound("There is no such alert.")
    return visit.page("alert.html", alert=data["alert"], decisions=data["pagingDecisions"])
