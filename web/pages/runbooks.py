"""The runbook library."""

from __future__ import annotations

from starlette.responses import Response

from kit.errors import NotFound
from web.visit import Visit


async def show_all(visit: Visit) -> Response:
    """Each runbook with its newest version."""
    return visit.page("runbooks.html", **await visit.ask("Runbooks"))


async def show(visit: Visit) -> Response:
    """The newest version's steps, the history, and open proposals."""
    data = await visit.ask("Runbook", slug=visit.param("slug"))
    if data["runbook"] is None:
        raise NotFound("There is no such runbook.")
    return visit.page("runbook.html", runbook=data["runbook"])
