"""Signing in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api import cookie
from kit.errors import TocsinError
from kit.languages import Sentence
from people import directory
from web.actions import ACTIONS
from web.fields import secret, text
from web.forms import again, form_of, perform, route
from web.kept import opened
from web.visit import Refusal, Visit, arrive_with, local_path, see_other

KEPT = Sentence(
    "This was not sent, because you had been signed out. It is all still here: read it and send it again."
)


async def show(visit: Visit) -> Response:
    """The form; who is signed in already is led on."""
    target = local_path(visit.request.query_params.get("next", ""), "/")
    if visit.viewer is not None:
        return see_other(target)
    async with visit.core.database.read() as session:
        empty = not await directory.anybody(session)
    return visit.page(
        "sign_in.html", target=target, kept="", empty=empty, chosen="chosen" in visit.request.query_params
    )


async def sign_in(visit: Visit) -> Response:
    """Check mail and password through the API, set the cookie, go where one wanted to go."""
    form = await form_of(visit)
    target = local_path(form.get("next", ""), "/")
    try:
        await perform(visit, "SignIn", {"email": text("email"), "password": secret("password")}, form)
    except TocsinError as error:
        visit.refuse(error, {"email": form.get("email", "")})
        return visit.page("sign_in.html", target=target, kept=form.get("kept", ""))
    return _with_cookie(visit, await _taken_up(visit, form.get("kept", "")) or see_other(target))


async def _taken_up(visit: Visit, sealed: str) -> Response | None:
    """The page of the form that was kept, with what was typed; None without one, or if it is not theirs."""
    kept = opened(visit.core.settings.signing_key, sealed)
    if kept is None:
        return None
    path, _, query = kept.path.partition("?")
    scope = {**visit.request.scope, "path": path, "query_string": query.encode()}
    for action in ACTIONS:
        match, found = route(action).matches(scope)
        if match is not Match.FULL:
            continue
        request = Request({**scope, **found})
        try:
            own = await arrive_with(visit.new_token, request, action.audience)
            if own.viewer is None or own.viewer.member_id != kept.member_id:
                return None
            return await again(action, own, Refusal(KEPT, 200), kept.fields)
        except TocsinError:
            return None
    return None


async def sign_out(visit: Visit) -> Response:
    """End this browser's sign-in."""
    await form_of(visit)
    await visit.ask("SignOut")
    return _with_cookie(visit, see_other("/sign-in"))


def _with_cookie(visit: Visit, response: Response) -> Response:
    secure = visit.core.settings.public_url.startswith("https:")
    cookie.put(response, visit.new_token, secure=secure)
    return response
