"""One digest, and one's own settings: which digests, when, about which brands."""

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


async def me(visit: Visit) -> Response:
    """My digests and how I get them."""
    data = await visit.ask("MySettings")
    chosen = {one["cadence"]: one for one in data["myDigestSubscriptions"]}
    return visit.page("me.html", chosen=chosen, digests=data["myDigests"], brands=data["brands"])
