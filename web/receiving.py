"""`POST /ingest/{source}`: signed batches of mentions from outside. 202 means durable."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mentions.ingest import accept


async def ingest(request: Request) -> Response:
    """Answer 202 `{accepted, rejected: [{index, field, reason}]}`; refusals are JSON problems."""
    taken = await accept(
        request.app.state.core,
        request.path_params["source"],
        headers=request.headers,
        body=await request.body(),
    )
    return JSONResponse({"accepted": taken.accepted, "rejected": taken.rejected}, 202)
