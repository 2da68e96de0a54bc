"""How steps are put in order for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from people.permissions import RESPONDERS
from runbooks.states import OPEN
from web.shown import moment

SOON = timedelta(minutes=15)
GROUPS = ("overdue", "awaiting", "soon", "later", "left", "finished")


def ended_with(steps: list[dict[str, Any]], incident: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of an incident; once that is over, those still open are `left`, and no deadline runs."""
    if incident["state"] == "open":
        return steps
    return [step | {"state": "left"} if step["state"] in OPEN else step for step in steps]


def grouped(steps: list[dict[str, Any]], now: datetime) -> list[tuple[str, list[dict[str, Any]]]]:
    """The groups that are not empty, each by deadline: what is late comes first, what is done last."""
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for step in sorted(steps, key=lambda step: (moment(step["dueAt"]), step.get("position", 0))):
        found[_group(step, now)].append(step)
    return [(group, members) for group, members in found.items() if members]


def next_todo(steps: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The one of these that is to be done first; None when nothing is left to do."""
    todo = [step for step in steps if step["state"] == "todo"]
    return min(todo, key=lambda step: (moment(step["dueAt"]), step.get("position", 0)), default=None)


def is_waiting(step: dict[str, Any]) -> bool:
    """Whether somebody still has to do or decide something, in an incident that is still open."""
    return step["state"] in OPEN and step["incident"]["state"] == "open"


def _group(step: dict[str, Any], now: datetime) -> str:
    if step["state"] in {"done", "skipped"}:
        return "finished"
    if step["state"] == "left":
        return "left"
    if step["overdue"]:
        return "overdue"
    if step["state"] == "awaiting_approval":
        return "awaiting"
    return "soon" if moment(step["dueAt"]) - now <= SOON else "later"


def possible_owners(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """To whom of the house a step can be given: those who act."""
    return [one for one in members if one["role"] in RESPONDERS]
