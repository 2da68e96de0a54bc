"""The demo's own pages: choose who you are, and read everybody's mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from incident.incident import Incident
from kit.core import Core
from people.members import Member
from people.on_call.duty import duties
from people.organisations import Organisation
from tocsin.demo import duty, feed, mail, play
from web.render import environment
from web.visit import Audience, Visit, arrive

TEMPLATES = Path(__file__).parent / "templates"
PASSWORD = "llevant-demo"  # noqa: S105 - printed on the page itself
LANGUAGES = {"ca": "Català", "en": "English", "es": "Español", "fr": "Français"}
FIRST, SECOND = duty.SOCIAL, "Communications duty"
"""The schedules that the demo's policy pages, in this order."""
PAGED = {
    FIRST: "You are paged: you see what changed, how much, what drives it, and take it with one tap.",
    SECOND: "You are paged if nobody takes it within three minutes, and see the steps that are yours.",
}
SEES = {
    "marta": "You see the crisis come, who has it, and the steps that fall to you.",
    "jon": "You see the crisis come, who has it, and the steps that fall to you.",
    "claire": "You see your steps of customer service, each with its deadline.",
    "helen": "You see everything, and first what waits for your yes: statements, steps, lessons.",
    "andreu": "You see at a glance what it is about, how bad, who leads and what comes next.",
    "olga": "You see all of the house, change nothing, and get a digest each morning.",
    "nuria": "You see an agency's desk: the steps that it was given, what it may know, nothing else.",
}
"""By the first word of the address."""
ORDER = {FIRST: 0, SECOND: 1}


def with_demo_pages(app: Starlette, core: Core) -> ASGIApp:
    """The app with the demo's pages before its own; the first page that anybody opens starts the clock."""
    app.router.routes[0:0] = [
        Route("/demo", _people, methods=["GET"]),
        Route("/demo/mail", _mailbox, methods=["GET"]),
        Route(feed.PATH, _feed, methods=["GET"]),
        Route("/sign-in", _to_people, methods=["GET"]),
    ]
    return FirstLook(app, core)


class FirstLook:
    """Notes when a browser first asked for a page, once: the demo's crisis begins soon after."""

    def __init__(self, app: ASGIApp, core: Core) -> None:
        self._app = app
        self._core = core
        self._noted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._noted and scope["type"] == "http" and _is_page_view(Request(scope)):
            moment = self._core.clock.now().timestamp()
            await self._core.bell.redis.set(play.OPENED, str(moment), nx=True)
            self._noted = True
        await self._app(scope, receive, send)


def _is_page_view(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


async def _to_people(request: Request) -> Response:
    """Nobody here knows a password by heart: instead of the sign-in form, the choice of people."""
    del request
    return RedirectResponse("/demo", 303)


async def _people(request: Request) -> Response:
    visit = await arrive(request, Audience.ANYONE)
    query = select(Member, Organisation).join(Organisation, Organisation.id == Member.organisation_id)
    async with visit.core.database.read() as session:
        rows = list((await session.execute(query.order_by(Member.id))).all())
        on_call = {one.schedule.name: one.now[0][0] for one in await duties(session, visit.now) if one.now}
        noticed = await session.scalar(select(Incident).where(Incident.state == "open").order_by(Incident.id))
    called = {on_call[name].id: name for name in (SECOND, FIRST) if name in on_call}
    rows.sort(key=lambda row: ORDER.get(called.get(row[0].id, ""), len(ORDER)))
    people = [
        {
            "member": member,
            "organisation": organisation,
            "paged": called.get(member.id),
            "sees": PAGED.get(called.get(member.id, "")) or SEES.get(member.email.split("@")[0], ""),
        }
        for member, organisation in rows
    ]
    return _page(
        visit,
        "people.html",
        people=people,
        first=on_call.get(FIRST),
        first_schedule=FIRST,
        languages=LANGUAGES,
        password=PASSWORD,
        begins=await _crisis(visit),
        noticed=noticed,
    )


async def _crisis(visit: Visit) -> timedelta:
    """How long until the crisis begins; negative once it has."""
    seen = await visit.core.bell.redis.get(play.OPENED)
    since = float(seen) if seen else visit.now.timestamp()
    return timedelta(seconds=since - visit.now.timestamp()) + play.CRISIS_AFTER


async def _mailbox(request: Request) -> Response:
    visit = await arrive(request, Audience.ANYONE)
    before = request.query_params.get("before", "")
    messages, older = mail.kept(mail.folder(visit.core.settings), before)
    return _page(visit, "mailbox.html", messages=messages, older=older, before=before)


async def _feed(request: Request) -> Response:
    core: Core = request.app.state.core
    return Response(feed.rss(core.clock.now()), media_type="application/rss+xml")


def _page(visit: Visit, name: str, **data: object) -> Response:
    """A template of the demo in the pages' own layout."""
    template = environment(visit.language).from_string((TEMPLATES / name).read_text())
    return HTMLResponse(visit.html(template, **data))
