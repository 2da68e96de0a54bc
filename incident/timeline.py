"""The timeline of an incident: the event log, read for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from incident.facts import fact
from incident.sentences import SENTENCES
from incident.sentences_ca import CATALAN
from incident.sentences_es import SPANISH
from incident.sentences_fr import FRENCH
from kit.db import ReadSession
from kit.events import Event
from kit.languages import Agreeing, Sentence, Words, elided, listed, unbroken

MAX_ENTRIES = 1_000
END = 2**62  # beyond every sequence number


@dataclass(frozen=True)
class Entry:
    """One line. `text` is a sentence about what `actor` did."""

    seq: int
    at: datetime
    kind: str
    actor: str
    text: str


LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": SENTENCES, "es": SPANISH, "ca": CATALAN,
    "fr": {kind: unbroken(said) for kind, said in FRENCH.items()},
}  # fmt: skip


class Told(Sentence):
    """What an event tells, in English, that can be told in the other languages, too."""

    kind: str
    facts: Mapping[str, Any]

    def __new__(cls, kind: str, facts: Mapping[str, Any]) -> Self:
        made = super().__new__(cls, told(kind, facts, "en"))
        made.kind, made.facts = kind, facts
        return made

    def into(self, language: str, words: Words) -> str:
        del words
        return told(self.kind, self.facts, language)


def describe(event: Event) -> Told:
    """The event as a sentence, without its actor."""
    return Told(event.kind, event.data)


def told(kind: str, facts: Mapping[str, Any], language: str) -> str:
    """The sentence of one event in this language; unknown kinds tell what they hold."""
    sentence = LANGUAGES.get(language, SENTENCES).get(kind)
    if sentence is None:
        return _unknown(kind, facts)
    known = {name: Agreeing(fact(kind, name, value, language)) for name, value in facts.items()}
    return elided(sentence, known, language).format_map(defaultdict(Agreeing, known)).strip()


def _unknown(kind: str, facts: Mapping[str, Any]) -> str:
    """`mention.flagged` with `{"by": "Ana"}` becomes `Mention flagged (by: Ana).`"""
    words = kind.replace(".", " ").replace("_", " ").capitalize()
    held = "; ".join(f"{name.replace('_', ' ')}: {listed(value)}" for name, value in sorted(facts.items()))
    return f"{words} ({held})." if held else f"{words}."


def entry(event: Event, language: str = "en") -> Entry:
    return Entry(event.seq, event.at, event.kind, event.actor, told(event.kind, event.data, language))


async def entries(
    session: ReadSession, incident_id: int, after_seq: int = 0, limit: int = 200, language: str = "en"
) -> list[Entry]:
    """What happened behind `after_seq`, in order: the incident's own events, and those of its alerts
    from when they joined it. Whoever goes on from the last `seq` misses nothing."""
    query = _about(incident_id).where(Event.seq > after_seq).order_by(Event.seq)
    events = (await session.execute(query.limit(min(limit, MAX_ENTRIES)))).scalars()
    return [entry(event, language) for event in events]


async def newest(
    session: ReadSession, incident_id: int, limit: int = 200, language: str = "en"
) -> list[Entry]:
    """The last `limit` of the same entries, in order too."""
    query = _about(incident_id).order_by(Event.seq.desc()).limit(min(limit, MAX_ENTRIES))
    return [entry(event, language) for event in (await session.execute(query)).scalars()][::-1]


def _about(incident_id: int) -> Select[Event]:
    return select(Event).where(or_(Event.incident_id == incident_id, _of_its_alerts(incident_id)))


def _of_its_alerts(incident_id: int) -> ColumnElement[bool]:
    """Events that name an alert of the incident and know nothing of the incident itself.

    Only those after the alert joined: an earlier one would appear behind what a page has read already.
    """
    joined = aliased(Event)
    same_alert = joined.data["alert_id"].astext == Event.data["alert_id"].astext
    return and_(
        Event.incident_id.is_(None),
        Event.seq.between(_first_seq(incident_id), _last_seq(incident_id)),
        exists().where(
            joined.incident_id == incident_id,
            joined.kind.in_(("incident.opened", "incident.alert_joined")),
            joined.seq < Event.seq,
            same_alert,
        ),
    )


def _first_seq(incident_id: int) -> ColumnElement[int]:
    return (
        select(func.min(Event.seq)).where(Event.incident_id == incident_id).correlate(None).scalar_subquery()
    )


def _last_seq(incident_id: int) -> ColumnElement[int]:
    """An alert goes silent when its incident is resolved: nothing behind that need be searched."""
    resolved = select(func.min(Event.seq)).where(
        Event.incident_id == incident_id, Event.kind == "incident.resolved"
    )
    return func.coalesce(resolved.correlate(None).scalar_subquery(), END)
