"""One request by one person: who it is, asking the API for them, and answering with a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from alerts.audit.look import Finding, loud
from alerts.wording.compose import retold
from api import cookie
from api.client import client_of
from api.context import Context
from api.live import Hub
from api.run import run_operation
from kit.core import Core
from kit.errors import NotFound, SignedOut, TocsinError
from kit.events import last_seq
from kit.numbers import natural
from kit.zones import zone_of
from people import signin
from people.permissions import Viewer, can_administer, can_respond
from web.render import render
from web.words import choose, said


class Audience(Enum):
    """For whom a page is. A partner who asks for the house's gets the same 404 as for a page that is not."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    HOUSE = "house"


@dataclass(frozen=True)
class Refusal:
    """Why the form that was just sent did not do what it says, and what was typed into it."""

    message: str
    status: int
    field: str | None = None
    action: str = ""
    typed: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def into(self, language: str) -> Refusal:
        """The same in this language."""
        return dataclasses.replace(self, message=said(self.message, language))


@dataclass
class Visit:
    """What a page has at hand."""

    request: Request
    core: Core
    hub: Hub
    viewer: Viewer | None
    token: str | None
    refusal: Refusal | None = None
    loud: list[Finding] = dataclasses.field(default_factory=list)
    """What every page of the house says at its top: somebody should have been paged and was not."""
    link_language: str | None = None
    link_zone: str = "UTC"
    """Of whom a link is for, where nobody is signed in."""
    new_token: str | None = None
    """Set when an operation signed this browser in."""

    @property
    def now(self) -> datetime:
        return self.core.clock.now()

    @property
    def language(self) -> str:
        own = self.viewer.language if self.viewer else self.link_language
        return choose(own, self.request.headers.get("accept-language", ""))

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock times are read and shown."""
        return zone_of(self.viewer.time_zone if self.viewer else self.link_zone)

    @property
    def may_administer(self) -> bool:
        return self.viewer is not None and can_administer(self.viewer)

    def require_admin(self) -> None:
        """NotFound to everybody else: the page is not there for them."""
        if not self.may_administer:
            raise NotFound("There is no such page.")

    @property
    def csrf(self) -> str:
        """What this sign-in's forms must carry."""
        own = self.viewer.member_id if self.viewer else None
        return cookie.csrf_token(self.core.settings.signing_key, self.token, own)

    def param(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    async def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Run one of our documents as this person; returns its data, raises kit.errors."""
        context = Context(
            self.core,
            self.hub,
            viewer=self.viewer,
            token=self.token,
            on_token=self._take_token,
            language=self.language,
            client=client_of(self.request, self.core.settings.trusted_proxies),
        )
        return await run_operation(context, operation, variables)

    def counts(self, names: Sequence[str]) -> dict[str, int] | None:
        """Those that a redirection to this page tells in its address; None unless all of them are numbers."""
        told = self.request.query_params
        found = {name: count for name in names if (count := natural(told.get(name, ""))) is not None}
        return found if len(found) == len(names) else None

    def _take_token(self, token: str | None) -> None:
        self.new_token = token

    async def seq(self) -> int:
        """The newest event's number. Read before what a live page shows, so that it misses nothing after."""
        async with self.core.database.read() as session:
            return await last_seq(session)

    def page(self, template: str, /, status: int = 200, **data: Any) -> HTMLResponse:
        """Answer with a page; its status is the refusal's when there is one."""
        if self.refusal is not None:
            status = self.refusal.status
        return HTMLResponse(self.html(template, status=status, **data), status)

    def html(self, template: str | Template, /, **data: Any) -> str:
        viewer = self.viewer
        return render(
            template,
            self.language,
            now=self.now,
            zone=self.zone,
            viewer=viewer,
            may_act=viewer is not None and can_respond(viewer),
            form_token=self.csrf,
            path=self.request.url.path,
            refusal=self.refusal.into(self.language) if self.refusal is not None else None,
            loud=[dataclasses.replace(one, about=retold(one.about, self.language)) for one in self.loud],
            typed=self.typed,
            built=self.request.app.state.built,
            **data,
        )

    def refuse(self, error: TocsinError, typed: Mapping[str, str] | None = None) -> None:
        """Let the page that comes say why the form sent here did nothing, and hold what was typed."""
        here = self.request.url.path
        self.refusal = Refusal(error.message, error.status, error.field, here, typed or {})

    def typed(self, action: str, name: str, otherwise: str = "") -> str:
        """What stood in a field of a refused form, so that nobody types it twice."""
        if self.refusal is None or self.refusal.action != action:
            return otherwise
        return self.refusal.typed.get(name, otherwise)


async def arrive(request: Request, audience: Audience) -> Visit:
    """Find out who comes, and whether this is for them: SignedOut or NotFound when not."""
    return await arrive_with(request.cookies.get(cookie.NAME), request, audience)


async def arrive_with(token: str | None, request: Request, audience: Audience) -> Visit:
    """The same with the token of a sign-in that the request's cookie may not know yet."""
    core: Core = request.app.state.core
    viewer, findings = await _viewer(core, token) if token else (None, [])
    visit = Visit(request, core, request.app.state.hub, viewer, token, loud=findings)
    request.state.visit = visit
    if audience is not Audience.ANYONE and viewer is None:
        raise SignedOut("Sign in to see this page.")
    if audience is Audience.HOUSE and viewer is not None and viewer.is_partner:
        raise NotFound("There is no such page.")
    return visit


async def _viewer(core: Core, token: str) -> tuple[Viewer | None, list[Finding]]:
    """Who it is, and what everybody of the house must be told."""
    async with core.database.read() as session:
        viewer = await signin.viewer_of(session, token, core.clock.now())
        return viewer, await loud(core, session) if viewer is not None and viewer.is_house else []


def local_path(target: str, otherwise: str) -> str:
    """The target if it is a path of ours, so that nobody is sent elsewhere by a crafted link."""
    plain = target.startswith("/") and not target.startswith("//")
    return target if plain and target.isprintable() and "\\" not in target else otherwise


def see_other(target: str) -> Response:
    """What follows a form that did its work: look at this page now."""
    return RedirectResponse(target, 303)
