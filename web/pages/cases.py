"""One case: what was said, who has it, what was done and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from web.fields import local_time, optional, part, text
from web.forms import forms_at
from web.pages.parts import parts_of
from web.visit import Visit


async def show(visit: Visit) -> Response:
    """The case. When somebody who raised it looks, its news leave their desk."""
    data = await _case(visit)
    raisers = {one["person"]["id"] for one in data["case"]["raisers"]}
    if visit.viewer is not None and str(visit.viewer.member_id) in raisers:
        await visit.ask("SawCase", id=visit.param("case"))
    return visit.page("case.html", **data)


async def parts(visit: Visit) -> Response:
    """The case as it is now."""
    return await parts_of(visit, "case", ("body",), await _case(visit))


async def _case(visit: Visit) -> dict[str, Any]:
    seq = await visit.seq()
    data = await visit.ask("Case", id=visit.param("case"))
    departments = [inbox["department"] for inbox in data["inboxes"]]
    campaigns = beside(data["runningCampaigns"], [data["case"]])
    return {"case": data["case"], "campaigns": campaigns, "departments": departments, "seq": seq}


def beside(campaigns: Sequence[dict[str, Any]], cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The campaigns of the brands that these cases are about."""
    brands = {case["brand"]["id"] for case in cases}
    return [one for one in campaigns if one["brand"]["id"] in brands]


_one = forms_at("/cases/{case}", show, id=part("case"))

FORMS = [
    _one("claim", "ClaimCase"),
    _one("take-over", "TakeOverCase", owner=text("owner"), reason=text("reason")),
    _one("release", "ReleaseCase"),
    _one("answer", "AnswerCase", reply=text("reply"), url=optional("url")),
    _one("hand-over", "HandOverCase", departmentId=text("department"), note=text("note")),
    _one("decide", "DecideCase", decision=text("decision")),
    _one("due", "SetCaseDue", dueAt=local_time("due")),
    _one("close", "CloseCase", outcome=text("outcome")),
]
