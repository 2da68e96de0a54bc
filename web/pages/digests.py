"""One digest."""

from __future__ import annotations

from starlette.responses import Response

from kit.errors import NotFound
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """What happened in a day or a week, in the reader's language."""
    found = (await visit.ask("Digest", id=visit.param("digest")))["digest"]
    if found is None:
        raise NotFound("There is no such digest.")
    return visit.page("digest.html", digest=found)
