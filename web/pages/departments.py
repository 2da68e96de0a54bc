"""Departments, to see for the house and to change for admins."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import Invalid, NotFound
from web.fields import Form, decimal, flag, optional, text, whole
from web.forms import Action, forms_at
from web.visit import Visit


async def show_all(visit: Visit) -> Response:
    """Those that work, with their people and what waits, and those that are archived."""
    data = await visit.ask("Departments")
    waiting = {inbox["department"]["id"]: inbox["waiting"] + inbox["claimed"] for inbox in data["inboxes"]}
    there = {one["slug"] for one in data["departments"]}
    free: dict[str, list[str]] = {}
    for route in data["defaultRoutes"]:
        if route["slug"] not in there:
            free.setdefault(route["slug"], []).append(route["label"])
    return visit.page("departments.html", waiting=waiting, free=free, zone_name=visit.zone.key, **data)


async def show(visit: Visit) -> Response:
    """One of them; NotFound when there is none."""
    data = await visit.ask("Departments")
    slug = visit.param("department")
    department = next((one for one in data["departments"] if one["slug"] == slug), None)
    if department is None:
        raise NotFound("There is no such department.")
    inbox = next((one for one in data["inboxes"] if one["department"]["id"] == department["id"]), None)
    there = {one["id"] for one in department["members"]}
    others = [one for one in data["members"] if one["role"] != "partner" and one["id"] not in there]
    rules = [
        rule
        for rule in data["routing"]["rules"]
        if rule["department"] and rule["department"]["id"] == department["id"]
    ]
    return visit.page(
        "department.html",
        department=department,
        inbox=inbox,
        others=others,
        rules=rules,
        working=[one for one in data["departments"] if not one["archivedAt"]],
        me=data["me"],
    )


def wish(visit: Visit, form: Form) -> dict[str, Any]:
    """The form of a department."""
    return {
        "name": text("name")(visit, form),
        "email": optional("email")(visit, form),
        "language": text("language")(visit, form),
        "timeZone": text("timeZone")(visit, form),
        "answerMinutes": _required(minutes(visit, form)),
        "watchesSources": flag("watchesSources")(visit, form),
        "takesOpportunities": flag("takesOpportunities")(visit, form),
    }


def _required(value: int | None) -> int:
    if value is None:
        raise Invalid("Give a number of hours.", field="hours")
    return value


def minutes(visit: Visit, form: Form) -> int | None:
    """Hours as they were typed; None where nothing was."""
    hours = decimal("hours")(visit, form)
    if hours is None:
        return None
    if not 0 < hours < 10_000:
        raise Invalid("Give a number of hours.", field="hours")
    return max(1, round(hours * 60))


_one = forms_at("/departments/{department}", show, id=text("id"))

FORMS = [
    Action(
        "/departments/new",
        "AddDepartment",
        show_all,
        "/departments/{slug}",
        {"department": wish, "slug": optional("slug")},
    ),
    _one("edit", "EditDepartment", version=whole("version"), department=wish),
    _one("archive", "ArchiveDepartment", version=whole("version"), successorId=optional("successor")),
    _one("bring-back", "BringBackDepartment", version=whole("version")),
    _one("join", "JoinDepartment", memberId=text("member")),
    _one("leave", "LeaveDepartment", memberId=text("member")),
    Action(
        "/departments/{department}/digests",
        "ChooseDepartmentDigest",
        show,
        "/departments/{department}",
        {"departmentId": text("id"), "cadence": text("cadence"), "enabled": flag("enabled")},
    ),
]
