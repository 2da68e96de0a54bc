"""Other tools that send alerts: the list, and the form with a try-out on a sample payload. For admins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from alerts.incoming.setting_up import FORMATS, MAPPED
from kit.errors import Invalid, NotFound, TocsinError
from web.fields import Form, Read, flag, part
from web.forms import Show, form_of, forms_at, perform
from web.visit import Visit

MAP = "map."
"""Before the names of the field map's fields."""
BLANK = {"format": "own", **dict.fromkeys(("name", "brand", "severities", "sample"), "")}
BLANK |= {f"{MAP}{name}": "" for name in MAPPED}


async def show(visit: Visit) -> Response:
    """Every tool, and when it was heard last."""
    return visit.page("alert_sources.html", **await visit.ask("AlertSources"))


async def new(visit: Visit) -> Response:
    """The form of a tool that is not there yet."""
    return await _form(visit, None, _typed(visit))


async def one(visit: Visit) -> Response:
    """A tool's settings."""
    return await _form(visit, visit.param("id"), _typed(visit))


async def try_new(visit: Visit) -> Response:
    """The same with what was typed, and what the sample would become."""
    return await _form(visit, None, await form_of(visit), tries=True)


async def try_one(visit: Visit) -> Response:
    return await _form(visit, visit.param("id"), await form_of(visit), tries=True)


async def create(visit: Visit) -> Response:
    """Make it, and show its secrets this once: a redirect would have to carry them."""
    return await _told(visit, "CreateAlertSource", {"input": wanted}, otherwise=new)


async def rotate(visit: Visit) -> Response:
    """Give it new secrets, and show them this once."""
    return await _told(visit, "RotateAlertSourceSecrets", {"id": part("id")}, otherwise=one)


def wanted(_: Visit, form: Form) -> dict[str, Any]:
    """What the form says of a tool, as the API takes it."""
    mapped = [{"name": name, "value": form.get(f"{MAP}{name}", "").strip()} for name in MAPPED]
    return {
        "name": form.get("name", "").strip(),
        "format": form.get("format", "own"),
        "brand": form.get("brand", "").strip() or None,
        "fieldMap": [one for one in mapped if one["value"]],
        "severities": _pairs(form.get("severities", "")),
    }


def _pairs(lines: str) -> list[dict[str, str]]:
    """A line for each: `sev1 = red`."""
    found = []
    for line in lines.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            found.append({"name": name.strip(), "value": value.strip()})
        elif line.strip():
            raise Invalid(
                "“{}” is not of the form: their word = ours.", line.strip()[:50], field="severities"
            )
    return found


async def _told(visit: Visit, operation: str, variables: Mapping[str, Read], *, otherwise: Show) -> Response:
    form = await form_of(visit)
    try:
        made = await perform(visit, operation, variables, form)
    except TocsinError as error:
        visit.refuse(error, form)
        return await otherwise(visit)
    return await _form(visit, made["id"], {}, made=made)


async def _form(
    visit: Visit,
    key: str | None,
    typed: Mapping[str, str],
    *,
    tries: bool = False,
    made: dict[str, Any] | None = None,
) -> Response:
    data = await visit.ask("AlertSources")
    source = next((one for one in data["alertSources"] if one["id"] == key), None)
    if key is not None and source is None:
        raise NotFound("There is no such source.")
    form = {**BLANK, **(_saved(source) if source else {}), **typed}
    return visit.page(
        "alert_source.html",
        source=source,
        form=form,
        made=made,
        address=f"{visit.core.settings.public_url}/alerts/{source['name']}" if source else None,
        tried=await _tried(visit, form) if tries else None,
        brands=data["brands"],
        formats=FORMATS,
        mapped=MAPPED,
    )


async def _tried(visit: Visit, form: Form) -> dict[str, Any]:
    try:
        given = wanted(visit, form)
    except Invalid as error:
        return {"problem": error.message, "alerts": [], "faults": []}
    tried: dict[str, Any] = (await visit.ask("TryAlertSource", input=given, sample=form.get("sample", "")))[
        "tryAlertSource"
    ]
    return tried


def _saved(source: Mapping[str, Any]) -> dict[str, str]:
    """As the form's fields have it."""
    return {
        "name": source["name"],
        "format": source["format"],
        "brand": source["brand"]["id"] if source["brand"] else "",
        "severities": "\n".join(f"{one['name']} = {one['value']}" for one in source["severities"]),
        **{f"{MAP}{one['name']}": one["value"] for one in source["fieldMap"]},
    }


def _typed(visit: Visit) -> Mapping[str, str]:
    return visit.refusal.typed if visit.refusal is not None else {}


_one = forms_at("/alert-sources/{id}", one, id=part("id"))

FORMS = [
    _one("edit", "EditAlertSource", input=wanted),
    _one("switch", "SwitchAlertSource", enabled=flag("enabled")),
]
