"""Decisions on statements: kept with the text they were about, and what of them a reader is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select

from incident.decision import ResponseDecision
from kit.db import ReadSession
from people.permissions import Viewer


async def of_responses(
    session: ReadSession, response_ids: Collection[int]
) -> dict[int, list[ResponseDecision]]:
    """What was decided on each of these statements, in order."""
    query = select(ResponseDecision).where(ResponseDecision.response_id.in_(response_ids))
    found = defaultdict(list)
    for decision in await session.scalars(query.order_by(ResponseDecision.id)):
        found[decision.response_id].append(decision)
    return found


def compared_with(
    viewer: Viewer, state: str, decisions: Sequence[ResponseDecision]
) -> ResponseDecision | None:
    """The decision whose text the viewer sees a statement in this state against; None: there is none.

    Of a text that is handed in it is the viewer's own last one, so that whoever decided on it before need not
    read again what they know; else the last of all. A partner sees its own work against a text that it had.
    """
    if not decisions:
        return None
    last = decisions[-1]
    if viewer.is_partner:
        return last if last.organisation_id == viewer.organisation_id else None
    if state == "submitted":
        own = [one for one in decisions if one.decided_by == viewer.member_id]
        return own[-1] if own else last
    return last


def return_reason(viewer: Viewer, reason: str | None, decisions: Sequence[ResponseDecision]) -> str | None:
    """Why the statement came back last, as far as the viewer may read it: a partner of a text that it had."""
    returns = [one for one in decisions if one.verdict == "returned"]
    if viewer.is_partner and returns and returns[-1].organisation_id != viewer.organisation_id:
        return None
    return reason
