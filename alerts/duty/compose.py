"""Putting notices about duty into words: pure functions of what they tell and of their reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from alerts.duty.words import WORDS, words
from kit.languages import quoted
from people.letters import Paper, Section

Span = tuple[datetime, datetime]
ROTA = "/rota"


@dataclass(frozen=True)
class Reader:
    """Who gets the notice."""

    language: str
    zone: ZoneInfo

    def moment(self, at: datetime) -> str:
        """`Saturday 14 March, 08:00`, by the reader's clock."""
        language = self.language if self.language in WORDS else "en"
        day = "EEEE d 'de' MMMM" if language == "es" else "EEEE d MMMM"
        return str(format_datetime(at, f"{day}, HH:mm", tzinfo=self.zone, locale=language))

    def span(self, span: Span) -> str:
        return f"{self.moment(span[0])} – {self.moment(span[1])}"


def starting(reader: Reader, schedule: str, schedule_id: int, span: Span, *, open_end: bool) -> Paper:
    """A shift is about to begin. `open_end`: it goes on for longer than we looked."""
    said = words(reader.language)
    end = said.until_further if open_end else reader.moment(span[1])
    lines = [said.starting_until.format(end=end, zone=reader.zone.key), said.starting_cannot]
    subject = said.starting.format(start=reader.moment(span[0]), schedule=schedule)
    return _paper(reader, subject, [Section("", lines)], schedule_id)


def moved(
    reader: Reader, schedule: str, schedule_id: int, *, gained: Sequence[Span], lost: Sequence[Span]
) -> Paper:
    """An edit has moved somebody's shifts."""
    said = words(reader.language)
    sections = [Section("", [said.moved_why.format(zone=reader.zone.key)])]
    for heading, spans in ((said.now_yours, gained), (said.no_longer_yours, lost)):
        if spans:
            sections.append(Section(heading, [reader.span(one) for one in spans]))
    return _paper(reader, said.moved.format(schedule=schedule), sections, schedule_id)


def swap_asked(
    reader: Reader, schedule: str, schedule_id: int, name: str, *, gives: Span, takes: Span | None, note: str
) -> Paper:
    """A colleague asks for a swap."""
    said = words(reader.language)
    back = [reader.span(takes)] if takes else [said.swap_nothing]
    sections = [
        Section(said.swap_gives, [reader.span(gives)]),
        Section(said.swap_takes.format(name=name) if takes else "", back),
        *([Section("", [quoted(note, reader.language)])] if note else []),
    ]
    return _paper(reader, said.swap_asked.format(name=name, schedule=schedule), sections, schedule_id)


def swap_declined(reader: Reader, schedule: str, schedule_id: int, name: str, *, gives: Span) -> Paper:
    """A colleague has said no."""
    said = words(reader.language)
    subject = said.swap_declined.format(name=name, schedule=schedule)
    return _paper(reader, subject, [Section("", [reader.span(gives)])], schedule_id)


def cover_asked(
    reader: Reader, schedule: str, schedule_id: int, name: str, *, span: Span, note: str
) -> Paper:
    """A colleague asks everybody."""
    said = words(reader.language)
    lines = [
        reader.span(span),
        *([quoted(note, reader.language)] if note else []),
        said.cover_first.format(zone=reader.zone.key),
    ]
    subject = said.cover_asked.format(name=name, schedule=schedule)
    return _paper(reader, subject, [Section("", lines)], schedule_id)


def _paper(reader: Reader, subject: str, sections: Sequence[Section], schedule_id: int) -> Paper:
    said = words(reader.language)
    return Paper(
        language=reader.language if reader.language in WORDS else "en",
        subject=subject,
        sections=sections,
        link_label=said.see,
        link=f"{ROTA}/{schedule_id}",
        footer=said.footer,
    )
