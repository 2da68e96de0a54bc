"""The look back: a review opens with the resolution, collects lessons, and closes the incident."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from incident import firsts, wording
from incident.access import get_incident, get_review
from incident.incident import Incident
from incident.review import Lesson, Review
from incident.states import INCIDENT
from incident.swap import swap
from incident.telling import tell
from kit.db import WriteSession
from kit.errors import Conflict, Invalid
from kit.languages import Sentence
from people.permissions import Viewer, require_responder

KINDS = ("keep", "change")


async def open_review(
    session: WriteSession, viewer: Viewer, incident: Incident, *, summary: str, now: datetime
) -> Review:
    """Begin the review of an incident that was just resolved; the timeline is read from the event log."""
    review = Review(incident_id=incident.id, state="open", summary=summary, opened_at=now)
    session.add(review)
    await session.flush()
    tell(session, viewer, incident, "review.opened", now=now, review_id=review.id)
    return review


async def set_summary(
    session: WriteSession, viewer: Viewer, review_id: int, *, summary: str, now: datetime
) -> Review:
    review, incident = await _open(session, viewer, review_id)
    words = wording.required(summary, field="summary")
    if words == review.summary:
        return review
    fresh = await swap(
        session, Review, review.id, {"state": "open", "summary": review.summary}, summary=words
    )
    if fresh is None:
        raise await _second(
            session,
            incident,
            Sentence("The review has changed meanwhile."),
            "review.summary_set",
            "review.closed",
        )
    tell(session, viewer, incident, "review.summary_set", now=now, review_id=review.id)
    return fresh


async def add_lesson(
    session: WriteSession, viewer: Viewer, review_id: int, *, kind: str, text: str, now: datetime
) -> Lesson:
    """What went well is to `keep`, what did not is to `change`. The same by the same person is one lesson."""
    review, incident = await _open(session, viewer, review_id)
    if kind not in KINDS:
        raise Invalid("A lesson is something to keep or something to change.", field="kind")
    words = wording.required(text, field="text")
    if await swap(session, Review, review.id, {"state": "open"}, state="open") is None:
        raise await _second(session, incident, Sentence("The review is closed."), "review.closed")
    same = select(Lesson).filter_by(review_id=review.id, kind=kind, text=words, author_id=viewer.member_id)
    if lesson := (await session.scalars(same.limit(1))).one_or_none():
        return lesson
    lesson = Lesson(review_id=review.id, kind=kind, text=words, author_id=viewer.member_id, created_at=now)
    session.add(lesson)
    await session.flush()
    tell(
        session, viewer, incident, "review.lesson_added",
        now=now, review_id=review.id, lesson_id=lesson.id, lesson_kind=kind, text=words,
    )  # fmt: skip
    return lesson


async def close_review(session: WriteSession, viewer: Viewer, review_id: int, *, now: datetime) -> Review:
    """The look back is done: the review and its incident are closed."""
    review, incident = await _open(session, viewer, review_id)
    fresh = await swap(session, Review, review.id, {"state": "open"}, state="closed", closed_at=now)
    if fresh is None:
        raise await _second(session, incident, Sentence("The review is closed."), "review.closed")
    tell(session, viewer, incident, "review.closed", now=now, review_id=review.id)
    closed = await swap(
        session,
        Incident,
        incident.id,
        {"state": "resolved"},
        state=INCIDENT["resolved", "close"],
        closed_at=now,
    )
    assert closed is not None  # only this function leaves `resolved`, and the swap above lets one in
    tell(session, viewer, incident, "incident.closed", now=now)
    return fresh


async def _open(session: WriteSession, viewer: Viewer, review_id: int) -> tuple[Review, Incident]:
    """The review for a responder, while it is open, and its incident."""
    review = await get_review(session, viewer, review_id)
    require_responder(viewer)
    incident = await get_incident(session, viewer, review.incident_id)
    if review.state != "open":
        raise await _second(session, incident, Sentence("The review is closed."), "review.closed")
    return review, incident


async def _second(session: WriteSession, incident: Incident, otherwise: Sentence, *kinds: str) -> Conflict:
    return await firsts.conflict(session, incident.id, kinds, otherwise)
