"""Putting a page into words: pure functions of an alert, its recipient and the links.

Whatever the evidence lacks is left out. A page with few words beats one that was never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from babel.dates import format_datetime, format_time

from alerts.channels.base import Callback, Link, Message
from alerts.detection.evidence import MOST_TIMES, SHARED
from alerts.detection.rounded import figure, usual
from alerts.levels import NAMES
from alerts.wording.phrases import PHRASES
from alerts.wording.sayings import more, sayings
from alerts.wording.words import WORDS, Words, words
from kit.languages import OTHERS as OTHER_LANGUAGES
from kit.languages import Agreeing, colon, quoted, translated
from kit.lengths import short_duration
from kit.zones import zone_of

QUOTES = 2
QUOTE_LENGTH = 280
TITLE_LENGTH = 160
COPIES_TOLD = 0.2  # share of copies from which a page speaks of them
STORY_LENGTH = 60  # characters of a repeated text
TERMS = 6
OTHERS = 5  # titles of alerts in a bundle that are told


@dataclass(frozen=True)
class Claim:
    """As much of an alert as a page tells."""

    brand: str
    """Whom it is about: the brand, or whom its monitor listens to beside it."""
    level: str
    signal: str
    title: str
    since: datetime
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Grown:
    """What has been counted since the onset, of a claim that was made some minutes ago."""

    observed: float
    minutes: int
    """Since the onset."""
    at: datetime
    told_at: datetime
    """Of when the claim's own figures are."""


@dataclass(frozen=True)
class Earlier:
    """The first alert of the incident that a later one belongs to."""

    title: str
    opened_at: datetime
    owner: str | None
    """Who has it."""


@dataclass(frozen=True)
class Recipient:
    name: str
    language: str
    time_zone: str
    reason: str
    """Why this person, in words."""


@dataclass(frozen=True)
class Way:
    """What leads from the message back to us."""

    acknowledge_url: str
    alert_url: str
    callback: Callback
    receipt_token: str = ""


def compose(
    claim: Claim,
    recipient: Recipient,
    way: Way,
    *,
    now: datetime,
    others: Sequence[str] = (),
    earlier: Earlier | None = None,
    grown: Grown | None = None,
) -> Message:
    """The page for this recipient, in their language and time zone; `others`: titles it also stands for.

    `grown`: the figures of now, of a claim that is older than this page.
    """
    said = words(recipient.language)
    language = recipient.language if recipient.language in WORDS else "en"
    headline = following(_headline(claim, said, language, named=True), language, earlier is not None)
    return Message(
        language=language,
        name=one_line(recipient.name, TITLE_LENGTH),
        level=claim.level,
        subject=one_line(f"{translated(NAMES, claim.level, language).upper()} {headline}", TITLE_LENGTH),
        headline=headline,
        facts=(*_belonging(earlier, recipient, language), *_facts(claim, grown, recipient, said, language)),
        quotes_label=said.quotes,
        quotes=quotes(claim.evidence),
        acknowledge=Link(said.acknowledge, way.acknowledge_url),
        escalate=Link(said.escalate, f"{way.acknowledge_url}/escalate"),
        dismiss=Link(said.dismiss, f"{way.acknowledge_url}?no-crisis"),
        alert=Link(said.open_alert, way.alert_url),
        callback=way.callback,
        footer=said.footer,
        written_at=now,
        more_label=more(sayings(language), len(others)),
        more=tuple(one_line(retold(title, language), TITLE_LENGTH) for title in others[:OTHERS]),
        reply=sayings(language).reply,
        press=sayings(language).press,
        receipt_token=way.receipt_token,
    )


def following(headline: str, language: str, follows: bool) -> str:
    """A headline that says of a later alert, before all else is read, that it is no new incident."""
    return f"{headline} ({sayings(language).same_incident})" if follows else headline


def _belonging(earlier: Earlier | None, recipient: Recipient, language: str) -> Iterator[tuple[str, str]]:
    """What the incident began with, and who has it."""
    if earlier is None:
        return
    said = sayings(language)
    began = f"{_local(earlier.opened_at, recipient.time_zone, language)}: {retold(earlier.title, language)}"
    has_it = said.has_it.format(name=earlier.owner) if earlier.owner else said.nobody_has_it
    yield said.began, one_line(f"{began}. {has_it}", 2 * TITLE_LENGTH)


def hushed(message: Message) -> Message:
    """The same without a word of what it is about: only the links, and how many alerts it stands for."""
    said = sayings(message.language)
    return replace(message, subject=said.hushed, headline=said.hushed, facts=(), quotes=(), more=())


def quotes(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """What people write: at most QUOTES of them, each a line."""
    examples = _dicts(evidence.get("voices")) or _dicts(_drivers(evidence).get("examples"))
    lines = (one_line(example.get("text"), QUOTE_LENGTH) for example in examples[:QUOTES])
    return tuple(line for line in lines if line)


def headline(claim: Claim, language: str = "en") -> str:
    """Brand and what changed against normal: `Almadía Ferries: ×7.3 negative mentions`.

    It is kept for ever, in events too, and names nobody: who may be erased is in the evidence alone.
    """
    return _headline(claim, words(language), language, named=False)


def told(claim: Claim, language: str) -> tuple[str, str]:
    """Headline and reason for who reads this language: as stored in English, else by the facts of a page.

    A voice that weighs is named in every language, which what is stored is not.
    """
    stored = str(claim.evidence.get("reason") or "")
    if language not in OTHER_LANGUAGES:
        voiced = bool(_voices(claim.evidence))
        return _headline(claim, words("en"), "en", named=True) if voiced else claim.title, stored
    said = words(language)
    named = _headline(claim, said, language, named=True)
    facts = [
        *_claimed(claim, said, language, different=said.different),
        *_of_all(claim.evidence, said),
        *_short_history(claim.evidence, said),
    ]
    return named, " ".join(f"{label}{colon(language)} {value}." for label, value in facts) or stored


FIGURE = r"\d{1,3}(?:,\d{3}){0,3}(?:\.\d)?"
"""As `figure` writes it in English; other tools' titles may hold anything."""
FORMERLY = ("independent", "people who write for themselves")
"""A signal as older headlines call it."""


@lru_cache(maxsize=1024)  # a timeline tells few of them, each many times
def retold(headline: str, language: str) -> str:
    """A headline as it is stored, in another language: its figures are those of that time."""
    if language not in OTHER_LANGUAGES:
        return headline
    said = words(language)
    for signal, what in (*words("en").signals.items(), FORMERLY):
        if found := re.fullmatch(rf"(.+): ×({FIGURE})(\+?) {re.escape(what)}", headline):
            times = figure(float(found[2].replace(",", "")), language)
            return f"{found[1]}: ×{times}{found[3]} {said.signals[signal]}"
        if found := re.fullmatch(rf"(.+): ({FIGURE}) {re.escape(what)}", headline):
            count = figure(float(found[2].replace(",", "")), language)
            return f"{found[1]}: {count} {said.signals[signal]}"
        if found := re.fullmatch(rf"(.+): {re.escape(what)}(: .+)?", headline):
            return f"{found[1]}: {said.signals[signal]}{_accounts(found[2] or '', said)}"
    return headline


@lru_cache(maxsize=1024)
def lasting(headline: str, language: str) -> str:
    """The same without its figure: for what goes on after the figure has changed, as an incident does."""
    for signal, what in (*words("en").signals.items(), FORMERLY):
        if found := re.fullmatch(rf"(.+): ×?{FIGURE}\+? ({re.escape(what)})", headline):
            if signal == "volume":
                return f"{found[1]}: {words(language).many}"
            return retold(f"{found[1]}: {found[2]}", language)
    return retold(headline, language)


def _accounts(rest: str, said: Words) -> str:
    """How many accounts spread a story, or else the words that are new, as they are."""
    size = words("en").points["size"]
    found = re.fullmatch(": " + re.escape(size).replace(r"\{value\}", r"(\d+)"), rest)
    return f": {said.points['size'].format(value=found[1])}" if found else rest


def one_line(value: object, length: int) -> str:
    """A text without line breaks, control characters or lone surrogates, cut to `length` characters."""
    kept = "".join(
        " " if char.isspace() else char
        for char in str(value or "")
        if char.isspace() or (char.isprintable() and not "\ud800" <= char <= "\udfff")
    )
    line = " ".join(kept.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _headline(claim: Claim, said: Words, language: str, *, named: bool) -> str:
    ratio, what = _number(claim.evidence, "ratio"), said.signals.get(claim.signal)
    if what is not None and (arrived := _arrived(claim.evidence, said)):
        return one_line(f"{claim.brand}: {what}: {arrived}", TITLE_LENGTH)
    if what is not None and (voices := _voices(claim.evidence)):
        return one_line(f"{claim.brand}: {what}" + (f", {voices[0]}" if named else ""), TITLE_LENGTH)
    if ratio is None or what is None:
        return one_line(claim.title, TITLE_LENGTH)
    observed = _number(claim.evidence, "observed")
    if ratio >= MOST_TIMES and claim.signal in COUNTED and observed is not None:
        return one_line(f"{claim.brand}: {figure(round(observed), language)} {what}", TITLE_LENGTH)
    return one_line(f"{claim.brand}: ×{_times(ratio, language)} {what}", TITLE_LENGTH)


COUNTED = ("volume", "negative", "harm", "independent")
"""Signals of which a headline tells how many, where hardly any are usual: two mentions of harm to people are
that, and no thousandfold of them."""


def _times(ratio: float, language: str) -> str:
    """`7.3`; `1,000+` where hardly anything is usual and the number itself tells nothing."""
    return figure(ratio, language) if ratio < MOST_TIMES else f"{figure(MOST_TIMES, language)}+"


def _claimed(
    claim: Claim, said: Words, language: str, different: str = "{what}"
) -> Iterator[tuple[str, str]]:
    """What changed against normal. `different`: how it is said of mentions that count by their accounts."""
    observed, expected = _number(claim.evidence, "observed"), _number(claim.evidence, "expected")
    minutes = _number(claim.evidence, "window_minutes")
    voices = _voices(claim.evidence)
    if "arrived" in claim.evidence and observed is not None:
        yield said.observed, said.points["size"].format(value=f"{observed:.0f}")
    if voices:
        yield said.voices, one_line("; ".join(voices), TITLE_LENGTH)
    elif observed is not None and minutes is not None:
        yield said.observed, _counted(claim, observed, minutes, said, different)
    if expected is not None and not voices:
        yield said.expected, usual(expected, language, said.hardly_any)


def _counted(claim: Claim, observed: float, minutes: float, said: Words, different: str = "{what}") -> str:
    """`84 negative mentions in 10 min`."""
    what = said.signals.get(claim.signal, claim.signal)
    if claim.evidence.get("kind") in SHARED:
        what = different.format(what=what)
    value = said.observed_value.format(observed=f"{observed:.0f}", what=what, minutes=short_duration(minutes))
    return one_line(value, TITLE_LENGTH)


def _timed(value: str, at: datetime, recipient: Recipient, said: Words, language: str) -> str:
    """A figure with the time of which it is, by the recipient's clock."""
    shown = format_time(at, "HH:mm", tzinfo=zone_of(recipient.time_zone), locale=language)
    return said.at.format(value=value, time=shown)


def _of_all(evidence: Mapping[str, Any], said: Words) -> Iterator[tuple[str, str]]:
    """What share of all mentions it is, of mentions that have one sentiment."""
    observed, whole = _number(evidence, "observed"), _number(evidence, "whole")
    share = _number(evidence, "usual_share")
    if evidence.get("kind") in SHARED and observed is not None and whole and share is not None:
        yield (
            said.share,
            said.share_value.format(share=f"{100 * observed / whole:.0f}", usual=f"{100 * share:.0f}"),
        )


def _short_history(evidence: Mapping[str, Any], said: Words) -> Iterator[tuple[str, str]]:
    history = _number(evidence, "history_minutes")
    if evidence.get("insufficient_history") and history is not None:
        yield said.history, said.history_value.format(length=short_duration(history))


def _facts(
    claim: Claim, grown: Grown | None, recipient: Recipient, said: Words, language: str
) -> Iterator[tuple[str, str]]:
    if grown is None:
        yield from _claimed(claim, said, language)
    else:
        yield (
            said.now,
            _timed(_counted(claim, grown.observed, grown.minutes, said), grown.at, recipient, said, language),
        )
        for label, value in _claimed(claim, said, language):
            told = label == said.observed
            yield label, _timed(value, grown.told_at, recipient, said, language) if told else value
    yield said.since, _local(claim.since, recipient.time_zone, language)
    if points := _points(claim.evidence, said, language):
        yield said.severity, points
    terms = [one_line(term.get("term"), 40) for term in _dicts(_drivers(claim.evidence).get("terms"))[:TERMS]]
    if terms:
        yield said.terms, ", ".join(term for term in terms if term)
    if copies := _copies(claim.evidence, said, language):
        yield said.copies, copies
    if announced := _announced(claim.evidence, language):
        yield sayings(language).campaign, announced
    if holiday := _holiday(claim.evidence, language):
        yield sayings(language).holiday, holiday
    yield from _short_history(claim.evidence, said)
    yield said.why, one_line(PHRASES.told(recipient.reason, language), TITLE_LENGTH)


def _points(evidence: Mapping[str, Any], said: Words, language: str) -> str:
    """What made it as grave as it is: `45 accounts, ×9.0 the usual, 80 % negative`; else nothing."""
    severity = evidence.get("severity")
    found = _dicts(severity.get("contributions")) if isinstance(severity, Mapping) else []
    parts = []
    for one in found:
        value, name = _number(one, "value"), said.points.get(str(one.get("name")))
        if name is not None and value is not None and _number(one, "points"):
            shown = figure(value, language) if one.get("name") == "speed" else f"{value:.0f}"
            parts.append(name.format(value=shown, percent=f"{100 * value:.0f}"))
    return one_line(", ".join(parts), TITLE_LENGTH)


def _voices(evidence: Mapping[str, Any]) -> list[str]:
    """Who weighs and spoke: the author, else the medium; none for any other signal."""
    found = _dicts(evidence.get("voices"))
    return [name for one in found if (name := one_line(one.get("author") or one.get("domain"), 60))]


def _arrived(evidence: Mapping[str, Any], said: Words) -> str:
    """The words that are new, or how many accounts spread a story; nothing for any other signal."""
    arrived, observed = evidence.get("arrived"), _number(evidence, "observed")
    if not isinstance(arrived, Mapping) or observed is None:
        return ""
    terms = [one_line(term.get("term"), 40) for term in _dicts(arrived.get("terms"))[:TERMS]]
    return ", ".join(terms) or said.points["size"].format(value=f"{observed:.0f}")


def _copies(evidence: Mapping[str, Any], said: Words, language: str) -> str:
    """The text that was repeated most, where copies are a good part of what was said; else nothing."""
    found = _drivers(evidence)
    mentions, copies = _number(found, "mentions"), _number(found, "copies")
    stories = _dicts(found.get("stories"))
    if not mentions or copies is None or not stories or copies < COPIES_TOLD * mentions:
        return ""
    shown = {name: Agreeing(f"{_number(stories[0], name) or 0:.0f}") for name in ("copies", "accounts")}
    text = quoted(one_line(stories[0].get("text"), STORY_LENGTH), language)
    return said.copies_value.format(**shown, text=text)


def _announced(evidence: Mapping[str, Any], language: str) -> str:
    """The announced campaigns that the alert stands in, each with what it lets expect; else nothing."""
    said = sayings(language).campaign_value
    parts = [
        said.format(title=title, lift=figure(lift, language))
        for one in _dicts(evidence.get("campaigns"))
        if (title := one_line(one.get("title"), STORY_LENGTH)) and (lift := _number(one, "lift")) is not None
    ]
    return one_line("; ".join(parts), TITLE_LENGTH)


def _holiday(evidence: Mapping[str, Any], language: str) -> str:
    """The holidays on which it was raised, with how far the expectation was widened for all of it."""
    titles = [one_line(one.get("title"), STORY_LENGTH) for one in _dicts(evidence.get("holidays"))]
    named, lift = ", ".join(title for title in titles if title), _number(evidence, "lift")
    if not named or lift is None:
        return named
    said = sayings(language).campaign_value.format(title=named, lift=figure(lift, language))
    return one_line(said, TITLE_LENGTH)


def _local(moment: datetime, time_zone: str, language: str) -> str:
    """`Tue 10 Mar, 03:10 (Europe/Madrid)`: weekday and month in the recipient's language."""
    zone = zone_of(time_zone)
    return f"{format_datetime(moment, 'EEE d MMM, HH:mm', tzinfo=zone, locale=language)} ({zone.key})"


def _number(evidence: Mapping[str, Any], name: str) -> float | None:
    value = evidence.get(name)
    number = float(value) if isinstance(value, int | float) else None
    return number if number is not None and isfinite(number) else None


def _drivers(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    drivers = evidence.get("drivers")
    return drivers if isinstance(drivers, Mapping) else {}


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
