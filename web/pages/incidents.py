"""All incidents, and the form that declares one."""

from __future__ import annotations

from starlette.responses import Response

from web.fields import flag, text
from web.forms import Action
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


FORMS = [
    Action(
        "/incidents",
        "DeclareIncident",
        show,
        "/incidents/{number}",
        {
            "brandId": text("brand"),
            "title": text("title"),
            "type": text("type"),
            "severity": text("severity"),
            "drill": flag("drill"),
        },
    ),
]
