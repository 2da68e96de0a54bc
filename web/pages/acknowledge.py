"""The page behind the link of a page: the evidence and one button, without a sign-in.

Mail scanners follow links, so looking changes nothing; only the button's POST acknowledges.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import TocsinError
from web.forms import part, perform
from web.visit import Refusal, Visit

STATUS = {"ready": 200, "acknowledged": 200, "used": 200, "expired": 410, "invalid": 404}


async def show(visit: Visit) -> Response:
    """What is behind the link, and what it can still do."""
    data = await visit.ask("AcknowledgeLink", token=visit.param("token"))
    return _page(visit, data["acknowledgeLink"])


async def acknowledge(visit: Visit) -> Response:
    """Acknowledge, and show that it is done; or say why not and what is the case now."""
    try:
        await perform(visit, "AcknowledgeByLink", {"token": part("token")}, {})
    except TocsinError as error:
        visit.refusal = Refusal(error.message, error.status)
        return await show(visit)
    data = await visit.ask("AcknowledgeLink", token=visit.param("token"))
    return _page(visit, data["acknowledgeLink"], done=True)


def _page(visit: Visit, link: dict[str, Any], *, done: bool = False) -> Response:
    response = visit.page("acknowledge.html", status=STATUS[link["state"]], link=link, done=done)
    response.headers["x-robots-tag"] = "noindex, nofollow"
    response.headers["referrer-policy"] = "no-referrer"  # the address is the key
    return response
