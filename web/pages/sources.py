"""Whether what we listen to still speaks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from web.shown import moment
from web.visit import Visit

SILENT_AFTER = timedelta(hours=1)


async def show(visit: Visit) -> Response:
    """Each source with its last item; the silent ones first, and called so."""
    data = await visit.ask("Sources")
    for source in data["sources"]:
        source["health"] = health(source, visit.now)
    listed = sorted(data["sources"], key=lambda source: source["health"] != "silent")
    return visit.page("sources.html", sources=listed)


def health(source: dict[str, Any], now: datetime) -> str:
    """`off`, `waiting` (nothing ever came), `silent` (nothing for an hour) or `live`. Pure.

    Files are loaded by hand: they are never silent, only done.
    """
    if not source["enabled"]:
        return "off"
    if source["lastReceivedAt"] is None:
        return "waiting"
    if source["kind"] == "file":
        return "live"
    return "silent" if now - moment(source["lastReceivedAt"]) > SILENT_AFTER else "live"
