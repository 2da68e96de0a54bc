"""Who was first: the sentence for whoever comes second."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from incident.timeline import describe
from kit.db import ReadSession
from kit.errors import Conflict
from kit.events import Event
from kit.languages import Sentence


async def conflict(
    session: ReadSession, incident_id: int, kinds: tuple[str, ...], otherwise: Sentence, **about: Any
) -> Conflict:
    """The Conflict that quotes the newest event of one of `kinds` whose data hold `about`.

    `otherwise` is said where there is none: the state was reached in a way that the log does not tell.
    """
    query = (
        select(Event)
        .where(Event.incident_id == incident_id, Event.kind.in_(kinds), Event.data.contains(about))
        .order_by(Event.seq.desc())
        .limit(1)
    )
    event = (await session.execute(query)).scalar_one_or_none()
    if event is None:
        return Conflict(otherwise)
    return Conflict(
        "{} {} was first, at {} UTC: {}", otherwise, event.actor, f"{event.at:%H:%M}", describe(event)
    )
