"""What goes wrong, as a page for people and as JSON for programs, in one style."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.context import AWAY
from api.live import Hub
from kit.core import Core
from kit.db import passing
from kit.errors import SignedOut, TocsinError, Unavailable
from kit.languages import Sentence
from web.headers import HEADERS
from web.visit import Refusal, Visit, see_other

log = structlog.get_logger()

FOR_PROGRAMS = ("/ingest/", "/phone/", "/mattermost", "/graphql", "/healthz", "/readyz", "/metrics")
CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "malformed"}


async def expected(request: Request, error: Exception) -> Response:
    """A TocsinError; who is signed out and only looking is led to the sign-in."""
    assert isinstance(error, TocsinError)
    looking = request.method == "GET" and not request.url.path.startswith(FOR_PROGRAMS)
    if isinstance(error, SignedOut) and looking and "/parts/" not in request.url.path:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see_other(f"/sign-in?next={quote(target)}" if target != "/" else "/sign-in")
    return answer(request, error.status, error.code, error.message, error.field)


async def http(request: Request, error: Exception) -> Response:
    """An HTTPException of the framework: no such page, no such method, too large a body."""
    assert isinstance(error, HTTPException)
    message = Sentence("There is no such page.") if error.status_code == 404 else error.detail
    code = CODES.get(error.status_code, "error")
    response = answer(request, error.status_code, code, message)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def database(request: Request, error: Exception) -> Response:
    """What the database's driver raised: a bug, unless it is away or busy for a while."""
    if not passing(error):
        raise error
    log.warning("web.database_away", path=request.url.path, error=repr(error))
    response = answer(request, Unavailable.status, Unavailable.code, AWAY)
    response.headers["Retry-After"] = "10"
    return response


async def unexpected(request: Request, _: Exception) -> Response:
    """A bug: it is logged by the server, and told without its insides."""
    response = answer(request, 500, "bug", Sentence("Something went wrong here. It has been recorded."))
    response.headers.update(HEADERS)  # this answer is made outside of the middleware
    return response


def answer(request: Request, status: int, code: str, message: str, field: str | None = None) -> Response:
    """JSON `{code, message, field}` for programs, else the error page in the visitor's language."""
    if request.url.path.startswith(FOR_PROGRAMS) or getattr(request.state, "for_program", False):
        return JSONResponse({"code": code, "message": message, "field": field}, status)
    visit = getattr(request.state, "visit", None) or Visit(request, *_parts_of_app(request), None, None)
    visit.refusal = Refusal(message, status)
    return visit.page("error.html")


def _parts_of_app(request: Request) -> tuple[Core, Hub]:
    return request.app.state.core, request.app.state.hub
