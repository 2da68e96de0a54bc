"""On call: the rota of all, one schedule's, editing it, and one's own duty."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from people.permissions import RESPONDERS
from web.fields import Form, local_time, optional, optional_local_time, part, text, whole
from web.forms import Action, forms_at
from web.visit import Visit
from web.weeks import days_ahead, weeks

NEAR, FAR = 7, 28
"""Days of duty that the rota of all and that of one schedule show."""
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
    return [member for member in members if member["role"] in RESPONDERS]


ROTA = "/rota/{schedule}"
_duty = forms_at(ROTA, one, schedule=part("schedule"), note=text("note"))
_agreed = forms_at("/rota", show)
_mine = forms_at("/rota", mine, "/rota/me")
_edited = forms_at(ROTA, edit, f"{ROTA}/edit", version=whole("version"))

FORMS = [
    _duty(
        "overrides",
        "MakeOverride",
        memberId=optional("member"),
        insteadOf=optional("insteadOf"),
        kind=kind_of_override,
        startsAt=local_time("startsAt"),
        endsAt=local_time("endsAt"),
    ),
    _duty(
        "swaps",
        "ProposeSwap",
        otherId=text("other"),
        givesFrom=local_time("givesFrom"),
        givesUntil=local_time("givesUntil"),
        takesFrom=optional_local_time("takesFrom"),
        takesUntil=optional_local_time("takesUntil"),
    ),
    _duty("covers", "AskForCover", startsAt=local_time("startsAt"), endsAt=local_time("endsAt")),
    Action(f"{ROTA}/feed", "MakeFeed", one, "/rota/me", {"schedule": part("schedule")}),
    _agreed("swaps/{swap}/accept", "AcceptSwap", id=part("swap")),
    _agreed("swaps/{swap}/decline", "DeclineSwap", id=part("swap")),
    _agreed("swaps/{swap}/withdraw", "WithdrawSwap", id=part("swap")),
    _agreed("swaps/{swap}/undo", "UndoSwap", id=part("swap")),
    _agreed("covers/{cover}/take", "TakeCover", id=part("cover")),
    _agreed("covers/{cover}/withdraw", "WithdrawCover", id=part("cover")),
    _agreed("covers/{cover}/undo", "UndoCover", id=part("cover")),
    _agreed("overrides/{override}/remove", "RemoveOverride", id=part("override")),
    _mine(
        "holidays",
        "AddHoliday",
        memberId=optional("member"),
        firstDay=text("firstDay"),
        lastDay=text("lastDay"),
        note=text("note"),
    ),
    _mine("holidays/{holiday}/remove", "RemoveHoliday", id=part("holiday")),
    _mine("calendar", "SetAwayCalendar", url=text("url")),
    _mine("notice", "SetNoticeHours", hours=whole("hours")),
    _mine("feeds", "MakeFeed"),
    _mine("feeds/{feed}/revoke", "RevokeFeed", id=part("feed")),
    Action(
        "/rota/schedules",
        "CreateSchedule",
        show,
        "/rota/{id}/edit",
        {"name": text("name"), "timeZone": text("timeZone")},
    ),
    _edited("edit", "EditSchedule", id=part("schedule"), name=text("name"), timeZone=text("timeZone")),
    _edited("layers", "SaveLayer", schedule=part("schedule"), layer=layer),
    _edited("layers/{layer}", "SaveLayer", schedule=part("schedule"), layerId=part("layer"), layer=layer),
    _edited("layers/{layer}/raise", "RaiseLayer", schedule=part("schedule"), layerId=part("layer")),
    _edited("layers/{layer}/remove", "RemoveLayer", schedule=part("schedule"), layerId=part("layer")),
]
