"""The war room: everything about one incident, live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import HTMLResponse, Response

from alerts.judging.roster import SIGNALS
from kit.errors import NotFound
from runbooks.states import OPEN
from web.fields import flag, optional, part, text, whole
from web.forms import Action, forms_at
from web.pages.parts import parts_of, tried
from web.pages.steps import ended_with, grouped, next_todo, possible_owners
from web.shown import moment
from web.visit import Visit

CURVES = 2
PARTS = ("head", "steps", "statements", "evidence", "people", "timeline")


async def show(visit: Visit) -> Response:
    """The full page; NotFound when there is no such incident."""
    data = await _data(visit)
    return visit.page("war_room.html", drawn=_drawn(data["incident"]["alerts"]), **data)


def _drawn(alerts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first alert of each of the first signals that are counted; without any, the first of all."""
    ordered = sorted(alerts, key=lambda one: int(one["id"]))
    first: dict[str, dict[str, Any]] = {}
    for alert in ordered:
        if alert["signal"] in SIGNALS:
            first.setdefault(alert["signal"], alert)
    return [*first.values()][:CURVES] or ordered[:1]


async def curves(visit: Visit) -> Response:
    """The signals of some alerts with what was usual, for later."""
    data = await _data(visit)
    alerts = _drawn(data["incident"]["alerts"])
    curved = [(alert, await tried(visit, "AlertCurve", id=alert["id"])) for alert in alerts]
    return HTMLResponse(visit.html("war_room/curves.html", curved=curved, **data))


async def parts(visit: Visit) -> Response:
    """Some parts of the page (`steps,timeline`), by the templates that the page itself is made of."""
    return await parts_of(visit, "war_room", PARTS, await _data(visit))


async def _data(visit: Visit) -> dict[str, Any]:
    data = await visit.ask("WarRoom", number=visit.param("number"))
    incident = data["incident"]
    if incident is None:
        raise NotFound("There is no such incident.")
    return {
        "incident": incident,
        "groups": grouped(ended_with(incident["steps"], incident), visit.now),
        "unfinished": _unfinished(incident),
        "timeline": incident["timeline"][::-1],
        "severity_reason": _severity_reason(incident["timeline"]),
        "statement": next_todo(step for step in incident["steps"] if step["kind"] == "statement"),
        **_now(incident, visit),
        "members": possible_owners(data["members"]),
        "partners": data["partners"],
        "on_it": visit.viewer is not None
        and str(visit.viewer.member_id) in {one["person"]["id"] for one in incident["participants"]},
        "statement_step": {
            step["response"]["id"]: step for step in incident["steps"] if step["response"] is not None
        },
    }


def _unfinished(incident: dict[str, Any]) -> dict[str, int]:
    """How much would be left if it were resolved now."""
    steps = [step for step in incident["steps"] if step["state"] in OPEN]
    running = [alert for alert in incident["alerts"] if alert["endedAt"] is None]
    return {
        "steps": len(steps),
        "overdue": sum(step["overdue"] for step in steps),
        "alerts": len(running),
        "unanswered": sum(alert["state"] == "open" for alert in running),
    }


def _now(incident: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """What matters first: the next step of all and of this viewer, how many more they have, what they have to
    decide, and the last statement that is out."""
    me = str(visit.viewer.member_id) if visit.viewer is not None else None
    steps, responses = incident["steps"], incident["responses"]
    mine = [one for one in steps if one["state"] == "todo" and one["owner"] and one["owner"]["id"] == me]
    approvable = {one["id"] for one in responses if one["mayApprove"]}
    published = [one for one in responses if one["publishedAt"]]
    return {
        "upcoming": next_todo(steps),
        "my_next": next_todo(mine),
        "more_of_mine": len(mine) - 1,
        "to_decide": [
            one
            for one in steps
            if one["mayApprove"] or (one["response"] is not None and one["response"]["id"] in approvable)
        ],
        "said": max(published, key=lambda one: moment(one["publishedAt"]), default=None),
    }


def _severity_reason(timeline: list[dict[str, Any]]) -> str | None:
    """The newest sentence of the timeline about the severity; None while it is the first alert's."""
    said = [entry["text"] for entry in timeline if entry["kind"].startswith("incident.severity_")]
    return said[-1] if said else None


ROOM = "/incidents/{number}"
_room = forms_at(ROOM, show, incident=part("number"))
_response = forms_at(f"{ROOM}/responses/{{response}}", show, ROOM, id=part("response"))

FORMS = [
    _room("confidential", "SetConfidential", confidential=flag("confidential")),
    _room("severity", "SetSeverity", severity=text("severity"), reason=text("reason")),
    _room("briefing", "SetBriefing", text=text("text")),
    _room("lead", "AssignLead", memberId=text("member")),
    _room("join", "JoinIncident"),
    _room("notes", "AddNote", text=text("text")),
    Action(
        f"{ROOM}/resolve",
        "ResolveIncident",
        show,
        f"{ROOM}/review",
        {"incident": part("number"), "summary": text("summary")},
    ),
    _response("approve", "ApproveResponse", version=whole("version")),
    _response("return", "ReturnResponse", reason=text("reason")),
    _response("publish", "PublishResponse", url=optional("url")),
]
