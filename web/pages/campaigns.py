"""Campaigns: the list with what is announced, the editor of one, and the import of a calendar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from starlette.responses import Response

from kit.errors import Invalid, NotFound
from web.fields import Form, Read, decimal, local_time, optional, part, secret, text, whole
from web.forms import Action
from web.visit import Visit

COUNTS = ("added", "changed", "takenBack", "same")


async def show(visit: Visit) -> Response:
    """Everything that is announced, a form for more, and what an import just brought."""
    data = await visit.ask("Campaigns")
    clocks = {one["brandId"]: one for one in data.pop("brandClocks")}
    brought = visit.counts(COUNTS)
    return visit.page(
        "campaigns.html", clocks=clocks, brought=brought, local=_local(visit), **data, **_choice(data)
    )


async def one(visit: Visit) -> Response:
    """The editor of one campaign; NotFound when there is none."""
    data = await visit.ask("Campaign", id=visit.param("campaign"))
    if data["campaign"] is None:
        raise NotFound("There is no such campaign.")
    brands = [data["campaign"]["brand"]]
    return visit.page("campaign.html", local=_local(visit), brands=brands, **data, **_choice(data))


def _choice(data: dict[str, Any]) -> dict[str, Any]:
    """The monitors of each brand, by its id."""
    own: dict[str, list[Any]] = {}
    for monitor in data["monitors"]:
        own.setdefault(monitor["brand"]["id"], []).append(monitor)
    return {"monitors_of": own}


def _local(visit: Visit) -> Any:
    """A moment as a field for day and time shows it, by the visitor's clock."""
    return lambda moment: f"{datetime.fromisoformat(moment).astimezone(visit.zone):%Y-%m-%dT%H:%M}"


def wish(visit: Visit, form: Form) -> dict[str, Any]:
    """The form of a campaign."""
    return {
        "title": text("title")(visit, form),
        "startsAt": local_time("startsAt")(visit, form),
        "endsAt": local_time("endsAt")(visit, form),
        "lift": lift(visit, form),
        "kind": kind(visit, form),
        "brief": text("brief")(visit, form),
        "link": text("link")(visit, form),
        "contact": text("contact")(visit, form),
        "contactId": optional("contactId")(visit, form),
        "monitorId": place("monitor")(visit, form),
    }


def lift(visit: Visit, form: Form) -> float:
    """How many times the usual; Invalid when it is missing."""
    found = decimal("lift")(visit, form)
    if found is None:
        raise Invalid("Say how many times the usual you expect.", field="lift")
    return found


def kind(_: Visit, form: Form) -> str:
    """A campaign, where nothing else was chosen."""
    return form.get("kind") or "campaign"


def regions(_: Visit, form: Form) -> list[str]:
    """`ES-CT, FR` as a list."""
    return [one for one in re.split(r"[\s,;]+", form.get("holidays", "")) if one]


def own_regions(visit: Visit, form: Form) -> list[str] | None:
    """The same for a monitor; None where it has the brand's."""
    return regions(visit, form) if form.get("whose") == "own" else None


def place(name: str) -> Read:
    """Brand and monitor chosen in one field: `brand:1` for all of its monitors, `monitor:7/1` for one."""

    def read(_: Visit, form: Form) -> str | None:
        kind, _colon, rest = form.get("place", "").partition(":")
        monitor, _slash, brand = rest.partition("/")
        if kind == "brand":
            return monitor if name == "brand" else None
        if kind == "monitor":
            return brand if name == "brand" else monitor
        raise Invalid("Choose whose campaign it is.", field="place")

    return read


FORMS = [
    Action(
        "/campaigns",
        "AnnounceCampaign",
        show,
        "/campaigns",
        {"brandId": place("brand"), "input": wish},
    ),
    Action(
        "/campaigns/import",
        "ImportCampaigns",
        show,
        "/campaigns?added={added}&changed={changed}&takenBack={takenBack}&same={same}",
        {
            "brandId": place("brand"),
            "monitorId": place("monitor"),
            "text": secret("file"),
            "lift": lift,
            "kind": kind,
        },
        files=1,
        kept=False,
    ),
    Action(
        "/campaigns/clocks/{brand}",
        "SetBrandClock",
        show,
        "/campaigns",
        {"brandId": part("brand"), "timeZone": text("timeZone"), "holidays": regions},
    ),
    Action(
        "/campaigns/{campaign}",
        "ChangeCampaign",
        one,
        "/campaigns",
        {"id": part("campaign"), "version": whole("version"), "input": wish},
    ),
    Action(
        "/campaigns/{campaign}/take-back",
        "TakeBackCampaign",
        one,
        "/campaigns",
        {"id": part("campaign"), "version": whole("version")},
    ),
]
