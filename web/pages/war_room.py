"""The war room: everything about one incident, live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import HTMLResponse, Response

from kit.errors import NotFound
from web.pages.steps import grouped, possible_owners
from web.visit import Visit

CURVES = 2
PARTS = ("head", "steps", "statements", "evidence", "people", "timeline")


async def show(visit: Visit) -> Response:
    """The full page; NotFound when there is no such incident."""
    data = await _data(visit)
    return visit.page("war_room.html", drawn=await _drawn(visit, data["incident"]["alerts"]), **data)


async def _drawn(visit: Visit, alerts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first alert of each of the first signals, with what was usual; what is no count is left out."""
    by_signal = {alert["signal"]: alert for alert in sorted(alerts, key=lambda one: -int(one["id"]))}
    first = sorted(by_signal.values(), key=lambda one: int(one["id"]))[:CURVES]
    asked = [(alert, await visit.ask("AlertCurve", id=alert["id"])) for alert in first]
    curves = [{**alert, "curve": data["alert"]["curve"]} for alert, data in asked]
    return [alert for alert in curves if alert["curve"] and alert["curve"]["points"]]


async def parts(visit: Visit) -> Response:
    """Some parts of the page (`steps,timeline`), by the templates that the page itself is made of."""
    return await parts_of(visit, "war_room", PARTS, await _data(visit))


async def parts_of(visit: Visit, page: str, known: tuple[str, ...], data: dict[str, Any]) -> Response:
    """The parts that the address asks for, one after the other; NotFound for one that the page has not."""
    names = visit.param("parts").split(",")
    if not set(names) <= set(known):
        raise NotFound("There is no such part.")
    html = [visit.html(f"{page}/{name}.html", **data) for name in dict.fromkeys(names)]
    return HTMLResponse("".join(html))


async def _data(visit: Visit) -> dict[str, Any]:
    data = await visit.ask("WarRoom", number=visit.param("number"))
    incident = data["incident"]
    if incident is None:
        raise NotFound("There is no such incident.")
    return {
        "incident": incident,
        "groups": grouped(incident["steps"], visit.now),
        "timeline": incident["timeline"][::-1],
        "severity_reason": _severity_reason(incident["timeline"]),
        **possible_owners(data["members"], data["partners"]),
        "on_it": visit.viewer is not None
        and str(visit.viewer.member_id) in {one["person"]["id"] for one in incident["participants"]},
        "statement_step": {
            step["response"]["id"]: step for step in incident["steps"] if step["response"] is not None
        },
    }


def _severity_reason(timeline: list[dict[str, Any]]) -> str | None:
    """The newest sentence of the timeline about the severity; None while it is the first alert's."""
    said = [entry["text"] for entry in timeline if entry["kind"].startswith("incident.severity_")]
    return said[-1] if said else None
