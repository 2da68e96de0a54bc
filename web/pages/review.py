"""The look back: summary, lessons, and the runbook changes that they propose."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kit.errors import NotFound
from web.fields import Form, flag, part, text, whole
from web.forms import forms_at
from web.pages.steps import possible_owners
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """The review of an incident; NotFound until it is resolved."""
    data = await visit.ask("Review", number=visit.param("number"))
    if data["incident"] is None or data["incident"]["review"] is None:
        raise NotFound("There is no review of this incident yet: it opens when the incident is resolved.")
    return visit.page(
        "review.html",
        incident=data["incident"],
        review=data["incident"]["review"],
        runbooks=_the_one_that_ran_first(data),
        members=possible_owners(data["members"]),
        chosen=_chosen(visit, data),
    )


def _the_one_that_ran_first(data: dict[str, Any]) -> list[dict[str, Any]]:
    run = data["incident"]["run"]
    ran = run and run["runbook"]["slug"]
    return sorted(data["runbooks"], key=lambda runbook: (runbook["slug"] != ran, runbook["name"]))


def _chosen(visit: Visit, data: dict[str, Any]) -> dict[str, Any] | None:
    """The lesson and the runbook step that a proposal is being written for (`?lesson=3&step=slug/key`)."""
    query = visit.request.query_params
    typed = visit.refusal.typed if visit.refusal is not None else {}
    lesson = str(visit.request.path_params.get("lesson") or query.get("lesson", ""))
    slug, _, key = query.get("step", "").partition("/")
    slug, key = typed.get("runbook", slug), typed.get("step", key)
    for runbook in data["runbooks"]:
        for step in runbook["newest"]["steps"]:
            if lesson and (runbook["slug"], step["key"]) == (slug, key):
                return {"lesson": lesson, "runbook": runbook, "step": step}
    return {"lesson": lesson, "runbook": None, "step": None} if lesson else None


def _changes(visit: Visit, form: Form) -> dict[str, Any]:
    """The proposal's new values; the domain leaves out those that say what the step says already."""
    return {
        "title": text("title")(visit, form),
        "body": text("body")(visit, form),
        "owner": text("owner")(visit, form),
        "dueMinutes": whole("dueMinutes")(visit, form),
        "needsApproval": flag("needsApproval")(visit, form),
    }


_review = forms_at("/incidents/{number}/review", show)

FORMS = [
    _review("summary", "SetReviewSummary", reviewId=text("review"), summary=text("summary")),
    _review("lessons", "AddLesson", reviewId=text("review"), kind=text("kind"), text=text("text")),
    _review("close", "CloseReview", reviewId=text("review")),
    _review(
        "lessons/{lesson}/proposal",
        "ProposeChange",
        lessonId=part("lesson"),
        runbook=text("runbook"),
        stepKey=text("step"),
        changes=_changes,
    ),
    _review("proposals/{proposal}/accept", "AcceptProposal", id=part("proposal")),
    _review("proposals/{proposal}/reject", "RejectProposal", id=part("proposal"), reason=text("reason")),
]
