"""The inboxes of the departments, and one of them: what waits, by urgency, and what it has in common."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import NotFound
from web.fields import text
from web.forms import Action
from web.pages.cases import beside
from web.pages.parts import parts_of
from web.visit import Visit

VIEWS: dict[str, list[str]] = {
    "open": ["new", "handed_over", "claimed"],
    "waiting": ["new", "handed_over"],
    "answered": ["answered"],
    "closed": ["closed"],
}
ANSWERING = ("open", "waiting")


async def show_all(visit: Visit) -> Response:
    """Every department with what waits in it, mine first; my cases and what I raised."""
    data = await visit.ask("Inboxes")
    mine = set(data["myDepartments"])
    inboxes = sorted(data["inboxes"], key=lambda inbox: inbox["department"]["id"] not in mine)
    news = {notice["case"]["id"] for notice in data["notices"]}
    return visit.page(
        "inboxes.html",
        inboxes=inboxes,
        mine=mine,
        my_cases=data["myCases"],
        raised=data["raisedCases"],
        news=news,
    )


async def show(visit: Visit) -> Response:
    """One department's cases."""
    return visit.page("inbox.html", **await _inbox(visit))


async def parts(visit: Visit) -> Response:
    """The list as it is now."""
    return await parts_of(visit, "inbox", ("list",), await _inbox(visit))


async def _inbox(visit: Visit) -> dict[str, Any]:
    seq, slug = await visit.seq(), visit.param("department")
    found = (await visit.ask("Inboxes"))["inboxes"]
    inbox = next((one for one in found if one["department"]["slug"] == slug), None)
    if inbox is None:
        raise NotFound("There is no such department.")
    asked = visit.request.query_params
    view = asked.get("view", "open") if asked.get("view") in VIEWS else "open"
    theme, label = asked.get("theme", "")[:80], asked.get("label", "")[:20]
    data = await visit.ask(
        "Inbox",
        department=inbox["department"]["id"],
        states=VIEWS[view],
        theme=theme or None,
        label=label or None,
    )
    campaigns = beside(data["runningCampaigns"], data["cases"]) if view in ANSWERING else []
    named = {"inbox": inbox, "view": view, "theme": theme, "label": label, "campaigns": campaigns}
    return {"seq": seq, **named, "cases": data["cases"], "themes": data["themes"]}


FORMS = [
    Action(
        "/inbox/{department}/close-theme",
        "CloseTheme",
        show,
        "/inbox/{department}",
        {"departmentId": text("department"), "theme": text("theme"), "outcome": text("outcome")},
    ),
]
