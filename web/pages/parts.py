"""Parts of a page: asked for alone when something changes, and those that take arithmetic."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.responses import HTMLResponse, Response

from kit.errors import NotFound
from web.visit import Visit

log = structlog.get_logger(__name__)


async def parts_of(visit: Visit, page: str, known: tuple[str, ...], data: dict[str, Any]) -> Response:
    """The parts that the address asks for, one after the other; NotFound for one that the page has not."""
    names = visit.param("parts").split(",")
    if not set(names) <= set(known):
        raise NotFound("There is no such part.")
    html = [visit.html(f"{page}/{name}.html", **data) for name in dict.fromkeys(names)]
    return HTMLResponse("".join(html))


async def tried(visit: Visit, operation: str, **variables: Any) -> dict[str, Any] | None:
    """What the operation gives; None where it fails, whatever the reason: the page says so in that place."""
    try:
        return await visit.ask(operation, **variables)
    except Exception:
        log.exception("page.part_failed", operation=operation)
        return None
