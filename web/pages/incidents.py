"""All incidents, and the form that declares one."""

from __future__ import annotations

from starlette.responses import Response

from web.visit import Visit


async def show(visit: Visit) -> Response:
    """Open ones first, then the newest."""
    data = await visit.ask("Incidents")
    listed = data["incidents"]
    return visit.page(
        "incidents.html",
        running=[one for one in listed if one["state"] == "open"],
        past=[one for one in listed if one["state"] != "open"],
        brands=data["brands"],
        types=data["crisisTypes"],
    )
