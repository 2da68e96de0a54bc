"""The event log: each change worth telling, in order, hash chained.

`record` keeps an event in the session. Just before the commit `append_recorded` takes one lock, gives
the events the next sequence numbers and chains them. Numbers are therefore visible in their own order
and without gaps: whoever has seen number n has seen all before it, and can resume from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from kit import locks
from kit.bell import EVENTS, ring_later
from kit.db import Base, ReadSession, WriteSession

FIRST = b"\x00" * 32


class Event(Base):
    """One line of the log. `hash` is SHA-256 over the hash before it and this line's contents."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_incident_id_seq", "incident_id", "seq"),
        Index("ix_event_kind_seq", "kind", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    """`noun.verb`, such as `step.completed`."""
    incident_id: Mapped[int | None]
    brand_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor: Mapped[str]
    """Name of the person, or of the part of the system, that did it."""
    data: Mapped[dict[str, Any]]
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Draft:
    """An event that has no number yet."""

    kind: str
    at: datetime
    actor: str
    actor_id: int | None
    incident_id: int | None
    brand_id: int | None
    data: dict[str, Any]


def record(
    session: WriteSession,
    kind: str,
    *,
    at: datetime,
    actor: str = "Tocsin",
    actor_id: int | None = None,
    incident_id: int | None = None,
    brand_id: int | None = None,
    **data: Any,
) -> None:
    """Tell the log what this unit of work does; `data` must be JSON-ready.

    What a program does with an access token has the token's name as `program`.
    """
    if (program := session.info.get("program")) is not None:
        data["program"] = program
    draft = Draft(kind, at, actor, actor_id, incident_id, brand_id, data)
    session.info.setdefault("events", []).append(draft)


async def append_recorded(session: WriteSession) -> None:
    """Number, chain and insert what was recorded. Called by the unit of work just before its commit."""
    drafts: list[Draft] = session.info.pop("events", [])
    if not drafts:
        return
    await locks.take_turn(session, locks.EVENTS)
    last = await session.execute(select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1))
    seq, previous = last.one_or_none() or (0, FIRST)
    for draft in drafts:
        seq += 1
        event = _numbered(draft, seq, previous)
        session.add(event)
        previous = event.hash
    await session.flush()
    ring_later(session, EVENTS)


def _numbered(draft: Draft, seq: int, previous: bytes) -> Event:
    event = Event(seq=seq, previous=previous, **vars(draft))
    event.hash = digest(event)
    return event


def digest(event: Event) -> bytes:
    """SHA-256 of the previous hash and the event's canonical JSON (sorted keys, no spaces)."""
    content = json.dumps(
        [
            event.seq,
            event.at.astimezone(UTC).isoformat(),
            event.kind,
            event.incident_id,
            event.brand_id,
            event.actor_id,
            event.actor,
            event.data,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(event.previous + content.encode("utf-8", "surrogatepass")).digest()


async def last_seq(session: ReadSession) -> int:
    """The number of the newest event, 0 when there is none."""
    found = await session.execute(select(Event.seq).order_by(Event.seq.desc()).limit(1))
    return found.scalar_one_or_none() or 0


async def after(
    session: ReadSession, seq: int, *, incident_id: int | None = None, limit: int = 500
) -> Sequence[Event]:
    """The events behind `seq` in order, all or one incident's, at most `limit`."""
    query = select(Event).where(Event.seq > seq).order_by(Event.seq).limit(limit)
    if incident_id is not None:
        query = query.where(Event.incident_id == incident_id)
    return (await session.execute(query)).scalars().all()


async def broken_link(session: ReadSession, behind: int = 0, *, limit: int = 1_000) -> int | None:
    """The number of the first event whose hash or link does not hold, None when the chain is whole.

    Of at most `limit` events behind number `behind`, which itself is believed.
    """
    believed = await session.get(Event, behind)
    if behind and believed is None:
        return behind
    previous, expected = believed.hash if believed else FIRST, behind + 1
    for event in await after(session, behind, limit=limit):
        if event.seq != expected or event.previous != previous or event.hash != digest(event):
            return event.seq
        previous, expected = event.hash, expected + 1
    return None
