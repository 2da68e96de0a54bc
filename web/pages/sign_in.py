"""Signing in and out."""

from __future__ import annotations

from starlette.responses import Response

from api import cookie
from kit.errors import TocsinError
from web.forms import form_of, perform, secret, text
from web.visit import Refusal, Visit, local_path, see_other


async def show(visit: Visit) -> Response:
    """The form; who is signed in already is led on."""
    target = local_path(visit.request.query_params.get("next", ""), "/")
    if visit.viewer is not None:
        return see_other(target)
    return visit.page("sign_in.html", target=target)


async def sign_in(visit: Visit) -> Response:
    """Check mail and password through the API, set the cookie, go where one wanted to go."""
    form = await form_of(visit)
    target = local_path(form.get("next", ""), "/")
    try:
        await perform(visit, "SignIn", {"email": text("email"), "password": secret("password")}, form)
    except TocsinError as error:
        kept = {"email": form.get("email", "")}
        visit.refusal = Refusal(error.message, error.status, error.field, "/sign-in", kept)
        return visit.page("sign_in.html", target=target)
    return _with_cookie(visit, see_other(target))


async def sign_out(visit: Visit) -> Response:
    """End this browser's sign-in."""
    await form_of(visit)
    await visit.ask("SignOut")
    return _with_cookie(visit, see_other("/sign-in"))


def _with_cookie(visit: Visit, response: Response) -> Response:
    secure = visit.core.settings.public_url.startswith("https:")
    cookie.put(response, visit.new_token, secure=secure)
    return response
