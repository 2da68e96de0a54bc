"""One alert: the evidence first, then who was woken, then one button.

What is computed again for it comes afterwards, as parts: people acknowledge here, whatever becomes of that.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import NotFound
from web.fields import part, text
from web.forms import forms_at
from web.pages.parts import parts_of, tried
from web.visit import Visit

PARTS = {"curve": "AlertCurve", "computed": "AlertComputed"}
"""Each with the operation that it needs."""


async def show(visit: Visit) -> Response:
    """The page of an alert; NotFound when there is none for this viewer."""
    return visit.page("alert.html", **await _asked(visit))


async def computed(visit: Visit) -> Response:
    """How it was computed, as a page of its own: for who has no JavaScript."""
    data = await _asked(visit)
    return visit.page("alert_computed.html", **data, **await _computed(visit, tuple(PARTS)))


async def parts(visit: Visit) -> Response:
    """Some of the PARTS as they come out now."""
    data = await _asked(visit)
    names = tuple(name for name in PARTS if name in visit.param("parts").split(","))
    return await parts_of(visit, "alert", tuple(PARTS), {**data, **await _computed(visit, names)})


async def _asked(visit: Visit) -> dict[str, Any]:
    data = await visit.ask("Alert", id=visit.param("alert"))
    if data["alert"] is None:
        raise NotFound("There is no such alert.")
    _tell_once(data["alert"])
    return {"alert": data["alert"], "decisions": data["pagingDecisions"]}


def _tell_once(alert: dict[str, Any]) -> None:
    """What was expected of a campaign stands beside its brief; only one that is no more stands alone."""
    expected = {_of(one): one for one in alert["evidence"]["campaigns"]}
    for one in alert["campaigns"]:
        one["expected"] = expected.pop(_of(one), {}).get("lift")
    alert["evidence"]["campaigns"] = list(expected.values())


def _of(campaign: dict[str, Any]) -> tuple[str, str]:
    return campaign["title"], campaign["startsAt"]


async def _computed(visit: Visit, names: tuple[str, ...]) -> dict[str, Any]:
    """What each of these parts is made of; None where that fails."""
    return {name: await tried(visit, PARTS[name], id=visit.param("alert")) for name in names}


_one = forms_at("/alerts/{alert}", show)

FORMS = [
    _one("mark", "MarkNoCrisis", alertId=part("alert"), note=text("note")),
    _one("acknowledge", "AcknowledgeAlert", id=part("alert")),
    _one("escalate", "EscalateAlert", id=part("alert")),
    _one("no-crisis", "DismissAlert", id=part("alert"), reason=text("reason")),
]
