"""Monitors: the list, and the editor that shows at once what a query would have caught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from kit.errors import Conflict, NotFound
from web.bars import bars, counts_bars
from web.fields import Form, Read, decimal, flag, part, text, whole
from web.forms import Action, form_of, forms_at
from web.pages import campaigns, detector
from web.visit import Visit

DAYS = 14


async def show_all(visit: Visit) -> Response:
    """Each brand, its monitors and what they found in the last fortnight; those switched off come last."""
    data = await visit.ask("Monitors")
    found = data["monitors"]
    found.sort(key=lambda one: not one["enabled"])
    brands = [
        (brand, [one for one in found if one["brand"]["id"] == brand["id"]])
        for brand in sorted(data["brands"], key=lambda one: one["name"].casefold())
    ]
    return visit.page(
        "monitors.html", brands=brands, usual_zone=data["usualTimeZone"], counts_bars=counts_bars
    )


async def new(visit: Visit) -> Response:
    """The editor of a monitor that is not there yet, `?brand=ID` of this brand."""
    return await _new(visit, {"brand": visit.request.query_params.get("brand", ""), **_typed(visit)})


async def preview_new(visit: Visit) -> Response:
    """The same with what was typed, and what that would catch."""
    return await _new(visit, await form_of(visit))


async def show(visit: Visit) -> Response:
    """The editor of one monitor; NotFound when there is none."""
    return await _one(visit, _typed(visit), tries=visit.refusal is not None)


async def preview(visit: Visit) -> Response:
    """The same with what was typed, and what that would add and drop."""
    return await _one(visit, await form_of(visit), tries=True)


async def _new(visit: Visit, typed: Mapping[str, str]) -> Response:
    data = await visit.ask("NewMonitor")
    blank = {"name": "", "query": "", "type": "brand", "brand": "", "pages": "type"}
    return await _editor(visit, {**blank, **typed}, monitor=None, **data)


async def _one(visit: Visit, typed: Mapping[str, str], *, tries: bool) -> Response:
    """The saved query is only tried when asked for: what it found is counted, and a trial takes seconds."""
    data = await visit.ask("Monitor", id=visit.param("monitor"))
    monitor = data["monitor"]
    if monitor is None:
        raise NotFound("There is no such monitor.")
    saved = {key: monitor[key] for key in ("name", "query", "type")}
    saved["pages"] = "yes" if monitor["pages"] else "no"
    data |= await visit.ask("Detector", monitorId=monitor["id"], brandId=monitor["brand"]["id"])
    data["campaigns"] = [
        one for one in data["campaigns"] if one["monitor"] is None or one["monitor"]["id"] == monitor["id"]
    ]
    form = {**saved, "seen": monitor["query"], **typed}
    return await _editor(visit, form, tries=tries, **data)


def _typed(visit: Visit) -> Mapping[str, str]:
    """What was typed into a refused form. After a conflict its answer says what is there: that was seen."""
    if visit.refusal is None:
        return {}
    seen_again = {"seen"} if visit.refusal.status == Conflict.status else set()
    return {name: value for name, value in visit.refusal.typed.items() if name not in seen_again}


async def _editor(
    visit: Visit,
    form: Mapping[str, str],
    *,
    monitor: dict[str, Any] | None,
    tries: bool = True,
    **data: Any,
) -> Response:
    query, tried = form["query"].strip(), None
    if query and tries:
        # beside the saved query only when it differs: otherwise there is nothing to add or drop
        beside = monitor["id"] if monitor is not None and query != monitor["query"] else None
        tried = (await visit.ask("PreviewMonitor", query=query, monitorId=beside, days=DAYS))[
            "previewMonitor"
        ]
        tried["compares"] = beside is not None
    return visit.page(
        "monitor.html",
        monitor=monitor,
        form=form,
        query=query,
        tried=tried,
        unheard=(tried or monitor or {}).get("unheard", []),
        days=DAYS,
        bars=bars,
        counts_bars=counts_bars,
        **data,
    )


def _pages(_: Visit, form: Form) -> bool | None:
    """Whether a monitor's alerts wake people; None: as is usual for its type."""
    return {"yes": True, "no": False}.get(form.get("pages", ""))


def _seen(_: Visit, form: Form) -> str | None:
    """The query that the person had before them, as it was sent: line breaks come back as CR LF."""
    return form["seen"].replace("\r\n", "\n") if "seen" in form else None


MONITOR: dict[str, Read] = {
    "name": text("name"),
    "query": lambda visit, form: text("query")(visit, form).replace("\r\n", "\n"),
    "type": text("type"),
    "pages": _pages,
}
_monitor = forms_at("/monitors/{monitor}", show)

FORMS = [
    Action(
        "/brands/new",
        "AddBrand",
        show_all,
        "/monitors/new?brand={id}",
        {"name": text("name"), "timeZone": text("timeZone")},
    ),
    Action(
        "/brands/{brand}/rename",
        "RenameBrand",
        show_all,
        "/monitors",
        {"id": part("brand"), "version": whole("version"), "name": text("name")},
    ),
    Action(
        "/monitors/new/save", "CreateMonitor", new, "/monitors/{id}", {**MONITOR, "brandId": text("brand")}
    ),
    _monitor("save", "EditMonitor", **MONITOR, id=part("monitor"), seen=_seen, countPast=flag("countPast")),
    _monitor(
        "switch",
        "SwitchMonitor",
        id=part("monitor"),
        enabled=lambda _, form: form.get("enabled") == "yes",
    ),
    _monitor(
        "detector",
        "SetDetector",
        monitorId=part("monitor"),
        preset=text("preset"),
        seen=whole("version"),
        numbers=detector.numbers,
        persistMinutes=detector.minutes("persistMinutes"),
        alarmsAWeek=decimal("alarmsAWeek"),
    ),
    _monitor(
        "holidays",
        "SetHolidays",
        monitorId=part("monitor"),
        seen=whole("version"),
        regions=campaigns.own_regions,
    ),
]
