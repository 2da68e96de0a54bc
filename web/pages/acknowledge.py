"""The page behind the link of a page: the evidence and what one may answer, without a sign-in.

Mail scanners follow links, so looking changes nothing; only the POST of a form does. The link serves one of
them, once; then it tells no more of the alert than its headline and the way to its incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from kit.errors import TocsinError
from web.fields import Form, Read, part, text
from web.forms import form_of, perform
from web.visit import Visit

STATUS = {"ready": 200, "acknowledged": 200, "used": 200, "expired": 410, "invalid": 404}


async def show(visit: Visit) -> Response:
    """What is behind the link, and what it can still do."""
    data = await visit.ask("AcknowledgeLink", token=visit.param("token"))
    return _page(visit, data["acknowledgeLink"])


async def acknowledge(visit: Visit) -> Response:
    """Acknowledge, and show that it is done; or say why not and what is the case now."""
    return await _answer(visit, "AcknowledgeByLink", "acknowledged", {"token": part("token")}, {})


async def escalate(visit: Visit) -> Response:
    """Let the next person be paged now."""
    return await _answer(visit, "EscalateByLink", "escalated", {"token": part("token")}, {})


async def dismiss(visit: Visit) -> Response:
    """Close the alert as no crisis, with a reason."""
    form = await form_of(visit)
    return await _answer(
        visit, "DismissByLink", "dismissed", {"token": part("token"), "reason": text("reason")}, form
    )


async def _answer(
    visit: Visit, operation: str, done: str, variables: Mapping[str, Read], form: Form
) -> Response:
    try:
        await perform(visit, operation, variables, form)
    except TocsinError as error:
        visit.refuse(error, form)
        return await show(visit)
    data = await visit.ask("AcknowledgeLink", token=visit.param("token"))
    return _page(visit, data["acknowledgeLink"], done=done)


def _page(visit: Visit, link: dict[str, Any], *, done: str = "") -> Response:
    here = f"/ack/{visit.param('token')}"
    visit.link_language, visit.link_zone = link["language"], link["timeZone"] or visit.link_zone
    response = visit.page(
        "acknowledge.html",
        status=STATUS[link["state"]],
        link=link,
        done=done,
        here=here,
        asks_why="no-crisis" in visit.request.query_params,
    )
    response.headers["x-robots-tag"] = "noindex, nofollow"
    response.headers["referrer-policy"] = "no-referrer"  # the address is the key
    return response
