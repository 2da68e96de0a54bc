"""The overview: each brand in ten seconds, who is on call, what waits for me."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from mentions.monitor import TYPES
from web.pages.steps import is_waiting, next_todo
from web.visit import Visit, see_other


async def show(visit: Visit) -> Response:
    """The overview of the house; a partner's overview is its desk."""
    if visit.viewer is not None and visit.viewer.is_partner:
        return see_other("/desk")
    data = await visit.ask("Home")
    for brand in data["brands"]:
        brand["listens"] = next((one["id"] for one in brand["monitors"] if _listens(one)), None)
        if brand["openIncident"] is not None:
            brand["openIncident"] |= _in_brief(brand["openIncident"])
    mine = [step for step in data["desk"] if is_waiting(step)]
    return visit.page(
        "home.html",
        brands=data["brands"],
        on_call=data["onCall"],
        alerts=data["alerts"],
        opportunities=data["opportunities"],
        questions=data["questions"],
        approvals=data["approvals"],
        mine=mine,
    )


def _listens(monitor: Mapping[str, Any]) -> bool:
    """Whether what it finds is the brand's own."""
    return monitor["enabled"] and TYPES[monitor["type"]].own


def _in_brief(incident: dict[str, Any]) -> dict[str, Any]:
    """What we have said, what is next, what is late, what waits for a decision."""
    steps, responses = incident["steps"], incident["responses"]
    published = [one for one in responses if one["state"] == "published"]
    return {
        "said": max(published, key=lambda one: str(one["publishedAt"]), default=None),
        "upcoming": next_todo(steps),
        "statement": next_todo(step for step in steps if step["kind"] == "statement"),
        "late": sum(step["overdue"] for step in steps),
        "finished": sum(step["state"] in {"done", "skipped"} for step in steps),
        "waiting": sum(step["state"] == "awaiting_approval" for step in steps),
    }
