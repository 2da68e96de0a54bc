"""Who is on call."""

from __future__ import annotations

from starlette.responses import Response

from web.visit import Visit


async def show(visit: Visit) -> Response:
    """Each schedule: now, next, and the coming shifts."""
    data = await visit.ask("Rota")
    return visit.page("rota.html", schedules=data["onCall"])
