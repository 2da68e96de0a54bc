"""Access tokens of programs: mine, and for admins everybody's."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import TocsinError
from people.tokens import RANKS, capped
from web.fields import part, text, whole
from web.forms import Action, form_of, perform
from web.visit import Visit

DAYS = (30, 90, 180, 365)


async def show(visit: Visit) -> Response:
    """The list, and the form that makes one."""
    return await _page(visit, None)


async def create(visit: Visit) -> Response:
    """Make one, and show its text this once: a redirect would have to carry it."""
    form = await form_of(visit)
    variables = {"name": text("name"), "role": text("role"), "days": whole("days")}
    try:
        return await _page(visit, await perform(visit, "MakeToken", variables, form))
    except TocsinError as error:
        visit.refuse(error, form)
        return await _page(visit, None)


async def _page(visit: Visit, made: dict[str, Any] | None) -> Response:
    data = await visit.ask("AccessTokens")
    own = visit.viewer.role if visit.viewer else ""
    roles = [role for role in RANKS if capped(role, own) == role]
    public = visit.core.settings.public_url
    return visit.page("tokens.html", made=made, roles=roles, days=DAYS, address=f"{public}/graphql", **data)


FORMS = [
    Action("/me/tokens/{token}/revoke", "RevokeToken", show, "/me/tokens", {"id": part("token")}),
]
