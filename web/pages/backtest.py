"""What settings would have raised over a monitor's past, and how good its alerts were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import dropwhile
from typing import Any

from starlette.responses import Response

from kit.errors import Invalid, NotFound, Unavailable
from web.fields import Form, decimal, local_time, part, text, whole
from web.forms import Action, forms_at
from web.pages.detector import FIELD, numbers
from web.visit import Visit

DAYS = 28
RECORD_DAYS = 90
PRESETS = ("current", "fewer", "balanced", "more")
FIELDS = {"persist": "persist_minutes", "persistMinutes": "persist_minutes", "alarms": "alarms_a_week",
          "alarmsAWeek": "alarms_a_week"}  # fmt: skip
"""Fields that are called otherwise where the numbers of the detector are named."""
SHOWN = 40
"""Alerts that are listed for each of the settings."""


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as it was typed."""

    since: str
    until: str
    signal: str
    presets: tuple[str, ...]
    persist: str = ""
    alarms: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


async def show(visit: Visit) -> Response:
    """The form with what it led to; what makes no sense is said beside what was typed."""
    asked = _asked(visit)
    trouble: Invalid | Unavailable | None = None
    try:
        data = await visit.ask("Backtest", id=visit.param("monitor"), **_variables(visit, asked))
    except (Invalid, Unavailable) as error:
        data, trouble = await _without(visit), error
    found = data["backtest"]
    signals = [curve["signal"] for curve in found["curves"]] if found else [asked.signal]
    return visit.page(
        "backtest.html",
        status=trouble.status if trouble else 200,
        monitor=_there(data["monitor"]),
        detector=data["detector"],
        bounds=data["detectorBounds"],
        found=found,
        form=asked,
        trouble=trouble.message if trouble else None,
        wrong=FIELDS.get(trouble.field or "", trouble.field) if trouble else None,
        signals=signals,
        curve=_curve(found, asked.signal),
        shown=SHOWN,
    )


async def record(visit: Visit) -> Response:
    """The precision record, what people said, and a proposal where there is one."""
    data = await visit.ask("DetectorFeedback", id=visit.param("monitor"), days=RECORD_DAYS)
    return visit.page(
        "detector_record.html",
        monitor=_there(data["monitor"]),
        feedback=data["detectorFeedback"],
        looked=visit.request.query_params.get("found", ""),
        tried=_tried(data["detectorFeedback"]["proposal"]),
    )


def _tried(proposal: Mapping[str, Any] | None) -> dict[str, Any]:
    """What asks the back-test's page for a proposal beside what is set."""
    if proposal is None:
        return {}
    own = {FIELD + one["name"]: one["value"] for one in proposal["numbers"]}
    own |= {"persist": proposal["persistMinutes"] or "", "alarms": proposal["alarmsAWeek"] or ""}
    chosen = {"current": "on"} if any(own.values()) else {"current": "on", proposal["preset"]: "on"}
    return {"since": proposal["since"][:10], "until": proposal["until"][:10], **chosen, **own}


def _there(monitor: dict[str, Any] | None) -> dict[str, Any]:
    if monitor is None:
        raise NotFound("There is no such monitor.")
    return monitor


async def _without(visit: Visit) -> dict[str, Any]:
    """The page's data when the back-test itself was refused."""
    data = await visit.ask("BacktestForm", id=visit.param("monitor"))
    return {**data, "backtest": None}


def _asked(visit: Visit) -> Asked:
    """The last four weeks as the detector is set now, unless the address says otherwise."""
    given = {name: value[:40] for name, value in visit.request.query_params.items()}
    today = visit.now.astimezone(visit.zone).date()
    return Asked(
        since=given.get("since", str(today - timedelta(days=DAYS))),
        until=given.get("until", str(today)),
        signal=given.get("signal", "volume"),
        presets=tuple(name for name in PRESETS if name in given) or (() if _own(given) else PRESETS[:1]),
        persist=given.get("persist", "").strip(),
        alarms=given.get("alarms", "").strip(),
        numbers={
            name.removeprefix(FIELD): value.strip()
            for name, value in given.items()
            if name.startswith(FIELD) and value.strip()
        },
    )


def _own(given: Form) -> bool:
    """Whether numbers of one's own were typed."""
    named = [*(name for name in given if name.startswith(FIELD)), "persist", "alarms"]
    return any(given.get(name, "").strip() for name in named)


def _variables(visit: Visit, asked: Asked) -> dict[str, Any]:
    """For the operation; Invalid for a day or number that is none."""
    settings: list[dict[str, Any]] = [{"preset": name} for name in asked.presets]
    typed = {FIELD + name: value for name, value in asked.numbers.items()}
    if typed or asked.persist or asked.alarms:
        settings.append(
            {
                "preset": "current",
                "name": "edited",
                "numbers": numbers(visit, typed),
                "persistMinutes": whole("persist")(visit, {"persist": asked.persist}),
                "alarmsAWeek": decimal("alarms")(visit, {"alarms": asked.alarms}),
            }
        )
    return {
        "since": _day(visit, asked.since, "since"),
        "until": _day(visit, asked.until, "until", days=1),
        "settings": settings,
    }


def _day(visit: Visit, text: str, name: str, days: int = 0) -> str:
    """The beginning of a day by the visitor's clock, so many days later; Invalid when it is none."""
    try:
        day = datetime.fromisoformat(text).date() + timedelta(days=days)
        return datetime.combine(day, time(), visit.zone).isoformat()
    except (ValueError, OverflowError) as error:
        raise Invalid("Give a day, such as 2026-03-28.", field=name) from error


def _curve(found: dict[str, Any] | None, signal: str) -> dict[str, Any] | None:
    """The signal that is drawn; the first one for a name that there is none of."""
    if found is None:
        return None
    curves: list[dict[str, Any]] = found["curves"]
    drawn = next((curve for curve in curves if curve["signal"] == signal), curves[0])
    return {**drawn, "points": list(dropwhile(_nothing, drawn["points"]))}


def _nothing(point: Mapping[str, Any]) -> bool:
    """Before the monitor was there: nothing counted, nothing expected."""
    return point["low"] is None and not point["observed"]


_record = forms_at("/monitors/{monitor}", record, "/monitors/{monitor}/record")
_said = forms_at("/monitors/{monitor}", record, "/monitors/{monitor}/record#said")
_set = forms_at("/monitors/{monitor}", record, "/monitors/{monitor}#detector")

FORMS = [
    _said("missed", "MarkMissed", monitorId=part("monitor"), at=local_time("at"), note=text("note")),
    _said("marks/{mark}/take-back", "TakeBackMark", id=part("mark")),
    _set("proposals/{proposal}/accept", "DecideProposal", id=part("proposal"), accept=lambda *_: True),
    _record("proposals/{proposal}/decline", "DecideProposal", id=part("proposal"), accept=lambda *_: False),
    Action(
        "/monitors/{monitor}/propose",
        "ProposeSetting",
        record,
        "/monitors/{monitor}/record?found={found}#proposal",
        {"monitorId": part("monitor")},
    ),
]
