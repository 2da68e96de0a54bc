"""`POST /ingest/{source}`: batches of mentions from outside. 202 means durable.

A sender that cannot sign posts to `/ingest/{source}/{path_token}`, an address that nobody can guess.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.addresses import within
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
        address=sender(request, core.settings.trusted_proxies),
    )
    return JSONResponse({"accepted": taken.accepted, "rejected": list(taken.rejected)}, 202)


def sender(request: Request, trusted: tuple[str, ...]) -> str | None:
    """The address that sent this: who connected to us, or whom our own proxies say they speak for.

    X-Forwarded-For is read from its end, where our proxies write; what stands before the first address that
    is none of theirs was the sender's to make up.
    """
    told = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
    address = request.client.host if request.client else None
    while within(address, trusted) and told and told[-1]:
        address = told.pop()
    return address
