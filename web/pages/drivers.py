"""What drives a monitor in any stretch of time, against another stretch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from api.drivers import LONGEST
from kit.errors import Invalid, NotFound, Unavailable
from kit.numbers import natural
from mentions.mentions import SENTIMENTS
from web.fields import Form, local_time
from web.visit import Visit, see_other

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
STRETCHES = ("hour", "today", "yesterday", "week")
AGAINST = ("day", "same", "week", "own")
TIMES = ("since", "until", "baselineSince", "baselineUntil")
STANDS_OUT = 1.96
"""z score: by chance one in forty."""


@dataclass(frozen=True)
class Stretch:
    """From `since` until before `until`, both by the visitor's clock."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """Not by the clock, which is put forward and back."""
        return self.until.astimezone(UTC) - self.since.astimezone(UTC)


async def show(visit: Visit) -> Response:
    """The form with what it led to; what makes no sense is said beside what was typed."""
    given = {name: value.strip()[:40] for name, value in visit.request.query_params.items()}
    monitor = given.pop("monitor", visit.param("monitor"))
    if monitor != visit.param("monitor") and natural(monitor) is not None:
        return see_other(f"/monitors/{monitor}/drivers?{urlencode(given)}")
    form = {name: given.get(name, "") for name in ("stretch", "against", "sentiment", *TIMES)}
    here = compared = trouble = None
    status, data = 200, {}
    try:
        here = _stretch(visit, given)
        compared = _compared(visit, given, here)
        data = await visit.ask(
            "MonitorDrivers", id=visit.param("monitor"), **_variables(here, compared, form)
        )
    except (Invalid, Unavailable) as error:
        trouble, status = error.message, error.status
        data = await visit.ask("DriversForm", id=visit.param("monitor"))
    if data["monitor"] is None:
        raise NotFound("There is no such monitor.")
    return visit.page(
        "drivers.html",
        status=status,
        monitor=data["monitor"],
        monitors=sorted(data["monitors"], key=lambda one: (one["brand"]["name"], one["name"])),
        found=data.get("drivers"),
        here=here,
        compared=compared,
        form=form | _times(here, compared) | {"against": _against(given, here)},
        stretches=STRETCHES,
        choices=AGAINST,
        sentiments=SENTIMENTS,
        stands_out=STANDS_OUT,
        trouble=trouble,
    )


def _now(visit: Visit) -> datetime:
    """By the visitor's clock."""
    return visit.now.astimezone(visit.zone)


def _stretch(visit: Visit, given: Form) -> Stretch:
    """The one that is asked for, by its name or its times; without either, today."""
    now = _now(visit)
    today = datetime.combine(now.date(), time(), now.tzinfo)
    named = given.get("stretch") or ("own" if given.get("since") else "today")
    if named == "own":
        return _typed(visit, given, "since", "until")
    stretches = {
        "hour": Stretch(_back(now, timedelta(hours=1)), now),
        "today": Stretch(today, now),
        "yesterday": Stretch(today - DAY, today),
        "week": Stretch(today - WEEK, now),
    }
    if named not in stretches:
        raise Invalid("There is no such stretch of time.", field="stretch")
    return stretches[named]


def _typed(visit: Visit, given: Form, since: str, until: str) -> Stretch:
    """As typed; without an end, until now."""
    now = _now(visit)

    def read(name: str) -> datetime:
        return datetime.fromisoformat(local_time(name)(visit, given)).astimezone(now.tzinfo)

    try:
        found = Stretch(read(since), read(until) if given.get(until) else now)
    except OverflowError as error:
        raise Invalid("Give a day and a time.", field=until) from error
    if found.since.timestamp() >= now.timestamp():
        raise Invalid("This begins in the future.", field=since)
    if found.length <= timedelta(0):
        raise Invalid("The end must be after the beginning.", field=until)
    if found.length > LONGEST:
        raise Invalid("A stretch of time is {} days at most.", LONGEST.days, field=until)
    return found


def _against(given: Form, here: Stretch | None) -> str:
    """With what it is compared: a day of all hours, or as much time where it is longer than that."""
    chosen = given.get("against", "")
    return chosen or ("day" if here is None or here.length <= DAY else "same")


def _compared(visit: Visit, given: Form, here: Stretch) -> Stretch:
    against = _against(given, here)
    if against == "own":
        return _typed(visit, given, "baselineSince", "baselineUntil")
    weeks = -(-here.length // WEEK) * WEEK  # by the clock: the same hours
    stretches = {
        "day": Stretch(_back(here.since, DAY), here.since),
        "same": Stretch(_back(here.since, here.length), here.since),
        "week": Stretch(here.since - weeks, here.until - weeks),
    }
    if against not in stretches:
        raise Invalid("There is no such stretch of time.", field="against")
    return stretches[against]


def _back(moment: datetime, length: timedelta) -> datetime:
    return (moment.astimezone(UTC) - length).astimezone(moment.tzinfo)


def _variables(here: Stretch, compared: Stretch, form: Form) -> dict[str, Any]:
    moments = (here.since, here.until, compared.since, compared.until)
    times = {name: moment.isoformat() for name, moment in zip(TIMES, moments, strict=True)}
    return {**times, "sentiment": form["sentiment"] if form["sentiment"] in SENTIMENTS else None}


def _times(here: Stretch | None, compared: Stretch | None) -> dict[str, str]:
    """As the fields of the form have them; what could not be read stays as it was typed."""
    found: dict[str, str] = {}
    for stretch, names in ((here, TIMES[:2]), (compared, TIMES[2:])):
        if stretch is not None:
            moments = (stretch.since, stretch.until)
            found |= {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in zip(names, moments, strict=True)}
    return found
