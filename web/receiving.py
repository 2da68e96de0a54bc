"""`POST /ingest/{source}`: batches of mentions from outside. 202 means durable.

A sender that cannot sign posts to `/ingest/{source}/{path_token}`, an address that nobody can guess.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.client import client_of
from mentions.ingest import accept


async def ingest(request: Request) -> Response:
    """Answer 202 `{accepted, rejected: [{index, field, reason}]}`; refusals are JSON problems."""
    core = request.app.state.core
    taken = await accept(
        core,
        request.path_params["source"],
        headers=request.headers,
        body=await request.body(),
        path_token=request.path_params.get("path_token"),
        address=client_of(request, core.settings.trusted_proxies),
        sources=request.app.state.sources,
        calls=request.app.state.calls,
    )
    return JSONResponse({"accepted": taken.accepted, "rejected": list(taken.rejected)}, 202)
