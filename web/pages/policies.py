"""Escalation policies, to see for the house and to edit for admins; and whether the bell would ring."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import Invalid
from kit.numbers import natural
from web.fields import Form, decimal, flag, optional, part, text, whole
from web.forms import Action, forms_at
from web.visit import Visit

MOST_TARGETS = 20


async def show(visit: Visit) -> Response:
    """Every policy with its levels."""
    data = await visit.ask("Policies")
    policies = data.pop("escalationPolicies")
    data["departments"] = [inbox["department"] for inbox in data.pop("inboxes")]
    return visit.page("policies.html", policies=policies, may_administer=data["me"]["canAdminister"], **data)


async def status(visit: Visit) -> Response:
    """What the auditor found."""
    return visit.page("status.html", looked=(await visit.ask("BellStatus"))["bellStatus"])


def level(visit: Visit, form: Form) -> dict[str, Any]:
    """A level's form: each target in a field of its own."""
    wait = decimal("waitMinutes")(visit, form)
    if wait is None:
        raise Invalid("Give a number of minutes.", field="waitMinutes")
    targets = [form.get(f"target{place}", "") for place in range(MOST_TARGETS)]
    severity = form.get("severities", "")
    return {
        "waitMinutes": wait,
        "targets": [target for target in targets if target],
        "severities": [severity] if severity else [],
        "everyone": flag("everyone")(visit, form),
        "awakeFirst": flag("awakeFirst")(visit, form),
    }


def position(visit: Visit, _: Form) -> int:
    """Of the path."""
    found = natural(visit.param("position"), digits=4)
    if found is None:
        raise Invalid("There is no level at this place.", field="position")
    return found


_policies = forms_at("/policies", show, version=whole("version"))

FORMS = [
    Action(
        "/policies/new",
        "CreatePolicy",
        show,
        "/policies",
        {"name": text("name"), "brand": optional("brand")},
    ),
    _policies(
        "{policy}",
        "EditPolicy",
        id=part("policy"),
        name=text("name"),
        repeats=whole("repeats"),
        quietMinutes=whole("quietMinutes"),
    ),
    _policies(
        "{policy}/levels/{position}",
        "SavePolicyLevel",
        policy=part("policy"),
        position=position,
        level=level,
    ),
    _policies(
        "{policy}/levels/{position}/remove",
        "RemovePolicyLevel",
        policy=part("policy"),
        position=position,
    ),
]
