"""On call: the rota of all, one schedule's, editing it, and one's own duty."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from web.fields import Form, optional, text, whole
from web.visit import Visit
from web.weeks import days_ahead, weeks

NEAR, FAR = 7, 28
"""Days of duty that the rota of all and that of one schedule show."""
ABLE = ("admin", "responder")
SPARE_PLACES = 3
MOST_PLACES = 24
LAYER_FIELDS = ("name", "timeZone", "handover", "startsOn", "endsOn", "every", "unit")


async def show(visit: Visit) -> Response:
    """Each schedule: now, next, its coming days; and what waits for me."""
    data = await visit.ask("Rota")
    for schedule in data["schedules"]:
        schedule["days"] = days_ahead(_stretches(schedule), visit.zone, visit.now, NEAR)
    return visit.page(
        "rota.html",
        schedules=data["schedules"],
        swaps=data["shiftSwaps"],
        covers=data["coverRequests"],
    )


async def one(visit: Visit) -> Response:
    """One schedule's four weeks, and everything that can be done about them."""
    data = await visit.ask("RotaSchedule", id=visit.param("schedule"))
    schedule = data["schedule"]
    own = [entry for entry in data["shiftSwaps"] if entry["scheduleId"] == schedule["id"]]
    covers = [entry for entry in data["coverRequests"] if entry["scheduleId"] == schedule["id"]]
    return visit.page(
        "rota/schedule.html",
        schedule=schedule,
        weeks=weeks(_stretches(schedule), visit.zone, visit.now, FAR),
        swaps=own,
        covers=covers,
        able=_able(data["members"]),
        may_edit=data["me"]["canAdminister"],
    )


async def edit(visit: Visit) -> Response:
    """A schedule and its layers as forms."""
    data = await visit.ask("EditRota", id=visit.param("schedule"))
    if visit.viewer is None or visit.viewer.role != "admin":
        return await one(visit)
    return visit.page(
        "rota/edit.html",
        schedule=data["schedule"],
        members=data["members"],
        spare=SPARE_PLACES,
        most=MOST_PLACES,
    )


async def mine(visit: Visit) -> Response:
    """My holidays, calendars and notices; and everybody's holidays."""
    data = await visit.ask("MyDuty")
    return visit.page(
        "rota/mine.html",
        duty=data["myDuty"],
        holidays=data["holidays"],
        schedules={schedule["id"]: schedule["name"] for schedule in data["schedules"]},
        members=_able(data["members"]),
        me=data["me"],
    )


def layer(visit: Visit, form: Form) -> dict[str, Any]:
    """A layer's form: each participant in a field of its own, restrictions a line each."""
    made: dict[str, Any] = {name: text(name)(visit, form) for name in LAYER_FIELDS}
    made["timeZone"], made["endsOn"] = made["timeZone"] or None, made["endsOn"] or None
    made["every"] = whole("every")(visit, form) or 0
    places = [form.get(f"participant{place}", "") for place in range(MOST_PLACES)]
    made["participants"] = [member for member in places if member]
    made["windows"] = [line for line in form.get("windows", "").splitlines() if line.strip()]
    return made


def kind_of_override(visit: Visit, form: Form) -> str:
    """Nobody chosen means that nobody is on call."""
    chosen = text("kind")(visit, form)
    return chosen if optional("member")(visit, form) or chosen == "add" else "nobody"


def _stretches(schedule: dict[str, Any]) -> list[dict[str, Any]]:
    """None of a schedule that cannot be read."""
    return list(schedule["report"]["stretches"]) if schedule["report"] is not None else []


def _able(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who may be on call."""
    return [member for member in members if member["role"] in ABLE]
