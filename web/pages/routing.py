"""Routing rules: the list in its order, and the editor that shows what a rule would have sent where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from kit.errors import Conflict, Invalid, NotFound
from people.permissions import RESPONDERS
from web.fields import Form, flag, optional, part, text, whole
from web.forms import Action, form_of, forms_at
from web.pages.departments import minutes
from web.visit import Visit

FIELDS = ("label", "brand", "monitor", "lang", "terms", "department", "reason", "hint", "owner", "hours")


async def show(visit: Visit) -> Response:
    """Every rule as a sentence, and where the rest goes."""
    data = await visit.ask("Routing")
    departments = {one["slug"]: one for one in data["departments"]}
    rest: dict[str, list[str]] = {}
    for route in data["defaultRoutes"]:
        rest.setdefault(route["slug"], []).append(route["label"])
    return visit.page("routing.html", by_slug=departments, rest=rest, **data)


async def new(visit: Visit) -> Response:
    """The editor of a rule that is not there yet; the address may name its department."""
    asked = {"department": visit.request.query_params.get("department", "")}
    return await _editor(visit, None, {**asked, **_typed(visit)})


async def preview_new(visit: Visit) -> Response:
    """The same with what was typed, and what that would have sent."""
    return await _editor(visit, None, await form_of(visit), tries=True)


async def one(visit: Visit) -> Response:
    """The editor of one rule; NotFound when there is none."""
    return await _editor(visit, visit.param("rule"), _typed(visit))


async def preview(visit: Visit) -> Response:
    """The same with what was typed, and what that would add and take away."""
    return await _editor(visit, visit.param("rule"), await form_of(visit), tries=True)


def _typed(visit: Visit) -> Mapping[str, str]:
    """What was typed into a refused form. After a conflict its answer shows what is there: that was seen."""
    if visit.refusal is None:
        return {}
    seen_again = {"version"} if visit.refusal.status == Conflict.status else set()
    return {name: value for name, value in visit.refusal.typed.items() if name not in seen_again}


async def _editor(
    visit: Visit, rule_id: str | None, typed: Mapping[str, str], *, tries: bool = False
) -> Response:
    data = await visit.ask("Routing")
    saved = next((rule for rule in data["routing"]["rules"] if rule["id"] == rule_id), None)
    if rule_id is not None and saved is None:
        raise NotFound("There is no such rule.")
    form = {"version": str(data["routing"]["version"]), **_fields(saved), **typed}
    tried = await _tried(visit, form, rule_id) if tries and data["me"]["canAdminister"] else None
    owners = [one for one in data["members"] if one["role"] in RESPONDERS]
    return visit.page("routing_rule.html", rule=saved, form=form, tried=tried, owners=owners, **data)


async def _tried(visit: Visit, form: Mapping[str, str], rule_id: str | None) -> dict[str, Any] | None:
    """What the rule would have done; None, and the page says why, where it cannot be read."""
    try:
        answer = await visit.ask("RehearseRoute", rule=draft(visit, form), id=rule_id)
    except Invalid as error:
        visit.refuse(error)
        return None
    found: dict[str, Any] = answer["rehearseRoute"]
    return found


def _fields(rule: Mapping[str, Any] | None) -> dict[str, str]:
    """A rule as the editor's fields hold it."""
    if rule is None:
        return dict.fromkeys(FIELDS, "")
    named = {name: rule[name]["id"] if rule[name] else "" for name in ("brand", "monitor", "owner")}
    plain = {name: rule[name] for name in ("label", "lang", "terms", "reason", "hint")}
    place = rule["department"]["id"] if rule["department"] else "none"
    waits = f"{rule['answerMinutes'] / 60:g}" if rule["answerMinutes"] else ""
    return {**plain, **named, "department": place, "hours": waits}


def draft(visit: Visit, form: Form) -> dict[str, Any]:
    """The form of a rule. Whether it becomes a case is said, and not left out by mistake."""
    place = text("department")(visit, form)
    if not place:
        raise Invalid("Choose where it goes.", field="department")
    return {
        **{name: text(name)(visit, form) for name in ("label", "lang", "terms", "reason", "hint")},
        **{f"{name}Id": optional(name)(visit, form) for name in ("brand", "monitor", "owner")},
        "departmentId": None if place == "none" else place,
        "answerMinutes": minutes(visit, form),
    }


_rules = forms_at("/routes", show, version=whole("version"))

FORMS = [
    Action(
        "/routes/new/save", "SaveRoutingRule", new, "/routes", {"version": whole("version"), "rule": draft}
    ),
    Action(
        "/routes/{rule}/save",
        "SaveRoutingRule",
        one,
        "/routes",
        {"version": whole("version"), "id": part("rule"), "rule": draft},
    ),
    _rules("{rule}/move", "MoveRoutingRule", id=part("rule"), up=flag("up")),
    _rules("{rule}/remove", "RemoveRoutingRule", id=part("rule")),
]
