"""`POST /ingest/{source}`: batches of mentions from outside. 202 means durable, or the kind's own status.

A sender that cannot sign posts to `/ingest/{source}/{path_token}`, an address that nobody can guess.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.client import client_of
from mentions.sources.ingest import accept, too_large


async def ingest(request: Request) -> Response:
    """Answer 202 `{accepted, rejected: [{index, field, reason}]}`; refusals are JSON problems."""
    core, name = request.app.state.core, request.path_params["source"]
    caller: dict[str, Any] = {
        "path_token": request.path_params.get("path_token"),
        "address": client_of(request, core.settings.trusted_proxies),
        "sources": request.app.state.sources,
        "calls": request.app.state.calls,
    }
    try:
        body = await request.body()
    except HTTPException:
        await too_large(core, name, **caller)
        raise
    taken = await accept(core, name, headers=request.headers, body=body, **caller)
    return JSONResponse({"accepted": taken.accepted, "rejected": list(taken.rejected)}, taken.status)
