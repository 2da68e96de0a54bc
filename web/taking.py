"""`POST /alerts/{source}`: alerts from other tools. 202 means stored and deduplicated.

A tool that cannot sign sends its source's token as a bearer, or posts to `/alerts/{source}/{path_token}`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from alerts.incoming.accept import Doorway


async def take(request: Request) -> Response:
    """Answer 202 `{accepted, rejected: [{index, field, reason}]}`; refusals are JSON problems."""
    request.state.for_program = True  # pages live under /alerts/, too
    doorway: Doorway = request.app.state.doorway
    taken = await doorway.accept(
        request.path_params["source"],
        headers=request.headers,
        body=await request.body(),
        path_token=request.path_params.get("path_token"),
    )
    return JSONResponse({"accepted": taken.accepted, "rejected": taken.rejected}, 202)
