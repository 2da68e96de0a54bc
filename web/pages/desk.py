"""The desk: the steps that are mine (for a partner: its organisation's), and one step by itself."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import NotFound
from web.fields import optional, part, prefixed, text, whole
from web.forms import forms_at
from web.pages.parts import parts_of
from web.pages.steps import ended_with, grouped, is_waiting, possible_owners
from web.visit import Audience, Visit


async def show(visit: Visit) -> Response:
    """What to do, by when, for whom."""
    return visit.page("desk.html", **await _desk(visit))


async def parts(visit: Visit) -> Response:
    """The desk's list as it is now."""
    return await parts_of(visit, "desk", ("list",), await _desk(visit))


async def _desk(visit: Visit) -> dict[str, Any]:
    seq = await visit.seq()
    data = await visit.ask("Desk")
    return {
        "questions": data["questions"],
        "approvals": data["approvals"],
        "groups": grouped(_relevant(data["desk"]), visit.now),
        "my_cases": data["myCases"],
        "notices": _newest_each(data["notices"]),
        "seq": seq,
    }


def _newest_each(notices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each case the newest news alone."""
    return list({notice["case"]["id"]: notice for notice in reversed(notices)}.values())[::-1]


def _relevant(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What waits, and what was finished; not what was left undone when an incident ended."""
    return [step for step in steps if is_waiting(step) or step["state"] in {"done", "skipped"}]


async def step(visit: Visit) -> Response:
    """One step with its briefing and, for a statement, the text; NotFound when it is not the viewer's."""
    return visit.page("step.html", **await _step(visit))


async def step_parts(visit: Visit) -> Response:
    """The step as it is now."""
    return await parts_of(visit, "step", ("body",), await _step(visit))


async def _step(visit: Visit) -> dict[str, Any]:
    seq = await visit.seq()
    found = (await visit.ask("Step", id=visit.param("step")))["step"]
    if found is None:
        raise NotFound("There is no such step.")
    partner = visit.viewer is not None and visit.viewer.is_partner
    nobody: dict[str, Any] = {"members": [], "partners": []}
    people = nobody if partner else await visit.ask("People", incident=found["incident"]["number"])
    return {
        "step": found,
        "shown": ended_with([found], found["incident"])[0],
        "members": possible_owners(people["members"]),
        "partners": people["partners"],
        "seq": seq,
    }


DESK = Audience.SIGNED_IN
_one = forms_at("/steps/{step}", step, id=part("step"))
_statement = forms_at("/steps/{step}", step, stepId=part("step"))

FORMS = [
    _one("complete", "CompleteStep", DESK, note=optional("note")),
    _one("skip", "SkipStep", reason=text("reason")),
    _one("approve", "ApproveStep"),
    _one("return", "ReturnStep", reason=text("reason")),
    _one(
        "reassign",
        "ReassignStep",
        memberId=prefixed("owner", "member"),
        organisationId=prefixed("owner", "organisation"),
    ),
    _one("ask", "AskOnStep", DESK, text=text("text")),
    _one("questions/{question}/answer", "AnswerOnStep", questionId=part("question"), text=text("text")),
    _statement("statement", "DraftStatement", DESK, text=text("text"), version=whole("version")),
    _statement("submit", "SubmitStatement", DESK),
]
