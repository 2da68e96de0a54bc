"""Every page, as a table: its address, what shows it, and for whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from web import forms
from web.actions import ACTIONS
from web.forms import Show
from web.pages import (
    accuracy,
    acknowledge,
    alert_sources,
    alerts,
    backtest,
    campaigns,
    cases,
    departments,
    desk,
    digests,
    drivers,
    home,
    imports,
    inbox,
    incidents,
    me,
    mentions,
    monitors,
    notable,
    opportunities,
    partners,
    people,
    policies,
    privacy,
    registering,
    review,
    rota,
    routing,
    runbooks,
    sign_in,
    sources,
    tokens,
    war_room,
)
from web.visit import Audience, arrive

ANYONE, SIGNED_IN, HOUSE = Audience.ANYONE, Audience.SIGNED_IN, Audience.HOUSE

PAGES: list[tuple[str, Show, Audience]] = [
    ("/", home.show, SIGNED_IN),
    ("/sign-in", sign_in.show, ANYONE),
    ("/ack/{token}", acknowledge.show, ANYONE),
    ("/alerts/{alert}", alerts.show, HOUSE),
    ("/alerts/{alert}/computed", alerts.computed, HOUSE),
    ("/alerts/{alert}/parts/{parts}", alerts.parts, HOUSE),
    ("/incidents", incidents.show, HOUSE),
    ("/incidents/{number}", war_room.show, HOUSE),
    ("/incidents/{number}/parts/curves", war_room.curves, HOUSE),
    ("/incidents/{number}/parts/{parts}", war_room.parts, HOUSE),
    ("/incidents/{number}/review", review.show, HOUSE),
    ("/desk", desk.show, SIGNED_IN),
    ("/desk/parts/{parts}", desk.parts, SIGNED_IN),
    ("/steps/{step}", desk.step, SIGNED_IN),
    ("/steps/{step}/parts/{parts}", desk.step_parts, SIGNED_IN),
    ("/mentions", mentions.show, HOUSE),
    ("/inbox", inbox.show_all, HOUSE),
    ("/inbox/{department}", inbox.show, HOUSE),
    ("/inbox/{department}/parts/{parts}", inbox.parts, HOUSE),
    ("/cases/{case}", cases.show, HOUSE),
    ("/cases/{case}/parts/{parts}", cases.parts, HOUSE),
    ("/digests/{digest}", digests.show, HOUSE),
    ("/me", me.show, SIGNED_IN),
    ("/me/tokens", tokens.show, HOUSE),
    ("/runbooks", runbooks.show_all, HOUSE),
    ("/runbooks/{slug}", runbooks.show, HOUSE),
    ("/rota", rota.show, HOUSE),
    ("/rota/me", rota.mine, HOUSE),
    ("/rota/{schedule}", rota.one, HOUSE),
    ("/rota/{schedule}/edit", rota.edit, HOUSE),
    ("/mentions/new", registering.show, HOUSE),
    ("/monitors", monitors.show_all, HOUSE),
    ("/monitors/new", monitors.new, HOUSE),
    ("/monitors/{monitor}", monitors.show, HOUSE),
    ("/monitors/{monitor}/backtest", backtest.show, HOUSE),
    ("/monitors/{monitor}/record", backtest.record, HOUSE),
    ("/monitors/{monitor}/drivers", drivers.show, HOUSE),
    ("/brands/{brand}/voices", notable.show, HOUSE),
    ("/campaigns", campaigns.show, HOUSE),
    ("/campaigns/{campaign}", campaigns.one, HOUSE),
    ("/sources", sources.show, HOUSE),
    ("/sources/new", sources.choose, HOUSE),
    ("/sources/new/{kind}", sources.new, HOUSE),
    ("/sources/{id}", sources.one, HOUSE),
    ("/imports", imports.show, HOUSE),
    ("/imports/{job}", imports.one, HOUSE),
    ("/sentiment", accuracy.show, HOUSE),
    ("/privacy", privacy.show, HOUSE),
    ("/people", people.show_all, HOUSE),
    ("/people/{person}", people.show, HOUSE),
    ("/partners", partners.show_all, HOUSE),
    ("/partners/{partner}", partners.show, HOUSE),
    ("/invitation/{token}", people.invited, ANYONE),
    ("/departments", departments.show_all, HOUSE),
    ("/departments/{department}", departments.show, HOUSE),
    ("/opportunities", opportunities.show, HOUSE),
    ("/routes", routing.show, HOUSE),
    ("/routes/new", routing.new, HOUSE),
    ("/routes/{rule}", routing.one, HOUSE),
    ("/policies", policies.show, HOUSE),
    ("/alert-sources", alert_sources.show, HOUSE),
    ("/alert-sources/new", alert_sources.new, HOUSE),
    ("/alert-sources/{id}", alert_sources.one, HOUSE),
    ("/status", policies.status, HOUSE),
]

# Forms that need more than an operation: a cookie to set, or no sign-in at all.
POSTS: list[tuple[str, Show, Audience]] = [
    ("/sign-in", sign_in.sign_in, ANYONE),
    ("/sign-out", sign_in.sign_out, ANYONE),
    ("/monitors/new/preview", monitors.preview_new, HOUSE),
    ("/monitors/{monitor}/preview", monitors.preview, HOUSE),
    ("/routes/new/preview", routing.preview_new, HOUSE),
    ("/routes/{rule}/preview", routing.preview, HOUSE),
    ("/sources/new/{kind}", sources.create, HOUSE),
    ("/imports", imports.send, HOUSE),
    ("/privacy/find", privacy.find, HOUSE),
    ("/sources/new/{kind}/try", sources.try_new, HOUSE),
    ("/sources/{id}/try", sources.try_one, HOUSE),
    ("/sources/{id}/rotate", sources.rotate, HOUSE),
    ("/alert-sources/new", alert_sources.create, HOUSE),
    ("/alert-sources/new/try", alert_sources.try_new, HOUSE),
    ("/alert-sources/{id}/try", alert_sources.try_one, HOUSE),
    ("/alert-sources/{id}/rotate", alert_sources.rotate, HOUSE),
    ("/me/tokens", tokens.create, HOUSE),
    ("/people/new", people.create, HOUSE),
    ("/people/{person}/invite", people.invite, HOUSE),
    ("/partners/{partner}/nda", partners.record, HOUSE),
    ("/partners/{partner}/people/{person}/nda", partners.record_person, HOUSE),
    ("/invitation/{token}", people.accept, ANYONE),
    ("/ack/{token}", acknowledge.acknowledge, ANYONE),
    ("/ack/{token}/escalate", acknowledge.escalate, ANYONE),
    ("/ack/{token}/no-crisis", acknowledge.dismiss, ANYONE),
]


@cache
def routes() -> Sequence[BaseRoute]:
    """All pages and forms. They keep nothing of an app, so all apps of a process share them."""
    return (
        *(_route(path, show, audience, "GET") for path, show, audience in PAGES),
        *(_route(path, show, audience, "POST") for path, show, audience in POSTS),
        *(forms.route(action) for action in ACTIONS),
    )


def _route(path: str, show: Show, audience: Audience, method: str) -> Route:
    async def respond(request: Request) -> Response:
        return await show(await arrive(request, audience))

    return Route(path, respond, methods=[method], name=f"{method} {path}")
