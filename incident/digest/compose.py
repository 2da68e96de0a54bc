"""Putting a digest's figures into words. Pure: figures, texts, language and zone are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent

from alerts.levels import NAMES
from alerts.wording.compose import lasting, retold
from incident.digest.figures import BrandFigures, Figures, Told
from incident.digest.words import WORDS, Words, words
from kit.languages import colon, quoted, translated
from kit.lines import one_line
from people.letters import Paper, Section

EXCERPT = 160
DAY = {"es": "d 'de' MMMM 'de' y", "ca": "d MMMM 'de' y"}
"""How a day is written where it takes words between."""

HOUR = "d MMM, HH:mm"


@dataclass(frozen=True)
class Fact:
    """A figure with its name, and what it is to be compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A sentence, and the path of the page on which more is seen; empty where there is none."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a digest: mostly, one brand's."""

    heading: str
    facts: Sequence[Fact]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Reading:
    """A digest as somebody reads it."""

    language: str
    subject: str
    covers: str
    """From when to when, by the reader's clock."""
    quiet: bool
    parts: Sequence[Part]


@dataclass(frozen=True)
class Stretch:
    cadence: str
    since: datetime
    until: datetime


def read(
    figures: Figures, stretch: Stretch, *, texts: Mapping[int, str], language: str, zone: ZoneInfo
) -> Reading:
    """The digest in this language. `texts`: what the mentions say that the stories name, where still kept."""
    known = language if language in WORDS else "en"
    said = words(known)
    day = f"{'EEEE ' if stretch.cadence == 'daily' else ''}{DAY.get(known, 'd MMMM y')}"
    # a day that begins in the evening is the next one's
    first = stretch.since + timedelta(hours=12 if stretch.cadence == "daily" else 0)
    subject = said.subject[stretch.cadence].format(period=_date(first, day, zone, known))
    covers = said.from_to.format(
        since=_date(stretch.since, HOUR, zone, known), until=_date(stretch.until, HOUR, zone, known)
    )
    if figures.quiet:
        total = _number(sum(brand.volume for brand in figures.brands), known)
        parts = [Part("", (), [Line(said.all_quiet.format(count=total))])]
        return Reading(known, f"{subject}{said.quiet}", covers, True, parts)
    parts = [_brand(brand, texts, said, known) for brand in figures.brands]
    watch = [*_watch(figures, said), *_outages(figures, said, zone, known)]
    return Reading(known, subject, covers, False, [*parts, *([Part(said.watch, (), watch)] if watch else [])])


def paper(reading: Reading, link: str) -> Paper:
    """The same as a letter."""
    said = words(reading.language)
    sections = [Section("", [reading.covers])]
    for part in reading.parts:
        facts = [
            f"{fact.label}{colon(reading.language)} {fact.value}" + (f" ({fact.note})" if fact.note else "")
            for fact in part.facts
        ]
        sections.append(Section(part.heading, [*facts, *(line.text for line in part.lines)]))
    return Paper(reading.language, reading.subject, sections, said.read, link, said.footer)


def _brand(brand: BrandFigures, texts: Mapping[int, str], said: Words, language: str) -> Part:
    facts = [Fact(said.mentions, _number(brand.volume, language), _against(brand, said, language))]
    if brand.volume:
        facts.append(Fact(said.negative, _share(brand.negative, brand.volume, language)))
        facts.append(Fact(said.positive, _share(brand.positive, brand.volume, language)))
    value = said.cases_value.format(opened=brand.opened, answered=brand.answered, late=brand.late)
    facts.append(Fact(said.cases, value))
    return Part(brand.name, facts, list(_lines(brand, texts, said, language)))


def _against(brand: BrandFigures, said: Words, language: str) -> str:
    if brand.usual is None:
        return said.no_past
    usual = said.usual.format(usual=_number(brand.usual, language))
    if not brand.usual:
        return usual
    ratio = format_decimal(brand.volume / brand.usual, format="#,##0.0", locale=language)
    return f"{usual}, {said.against.format(ratio=ratio)}"


def _lines(brand: BrandFigures, texts: Mapping[int, str], said: Words, language: str) -> Iterator[Line]:
    for incident in brand.incidents:
        told = _told(said.incident, incident, lasting(incident.title, language), said, language)
        yield Line(told, f"/incidents/{incident.number}")
    for alert in brand.alerts:
        told = _told(said.alert, alert, retold(alert.title, language), said, language)
        yield Line(told, f"/alerts/{alert.number}")
    if brand.terms:
        yield Line(f"{said.terms}{colon(language)} {', '.join(brand.terms)}")
    for story in brand.stories:
        if text := texts.get(story.mention_id):
            yield Line(said.story.format(count=story.count, text=quoted(excerpt(text), language)))


def _watch(figures: Figures, said: Words) -> Iterator[Line]:
    for brand in figures.brands:
        for incident in brand.incidents:
            if incident.state == "open":
                open_ = said.open_incident.format(brand=brand.name, number=incident.number)
                yield Line(open_, f"/incidents/{incident.number}")
        if brand.late:
            yield Line(said.late[brand.late > 1].format(brand=brand.name, count=brand.late), "/inbox")
        if brand.hushed:
            yield Line(said.hushed.format(brand=brand.name), "/sources")
    for name in figures.unheard:
        yield Line(said.unheard.format(brand=name), "/sources")
    for name in figures.silent:
        yield Line(said.silent.format(name=name), "/sources")


def _outages(figures: Figures, said: Words, zone: ZoneInfo, language: str) -> Iterator[Line]:
    for outage in figures.outages:
        since, until = (_date(moment, HOUR, zone, language) for moment in outage.span)
        sentence = said.outage[outage.times > 1]
        told = sentence.format(name=outage.name, times=outage.times, since=since, until=until)
        yield Line(told, "/sources")


def _told(sentence: str, told: Told, title: str, said: Words, language: str) -> str:
    return sentence.format(
        number=told.number,
        title=excerpt(title) or said.confidential,
        level=translated(NAMES, told.level, language),
        state=said.states.get(told.state, told.state),
    )


def excerpt(text: str) -> str:
    """One line without control characters, cut to EXCERPT characters.

    What somebody said stands so in a digest, in quotes: by this it is found again, and taken out.
    """
    line = one_line(text)
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def _date(moment: datetime, pattern: str, zone: ZoneInfo, language: str) -> str:
    return str(format_datetime(moment, pattern, tzinfo=zone, locale=language))


def _number(value: float, language: str) -> str:
    return str(format_decimal(round(value), locale=language))


def _share(part: int, whole: int, language: str) -> str:
    return str(format_percent(part / whole, locale=language))
