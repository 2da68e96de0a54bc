"""What an incident is about, out of what its alerts have in evidence: words, a voice, since when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.alert import Alert
from alerts.paging.grown import told_at

TERMS = 4
TOLD = 2
"""So many of the words a text has that tells the matter, and not only a part of it."""
COUNTED = ("volume", "independent", "negative")
"""By which signal one says how much is said; of the others two mentions may be a thousand times the usual."""


@dataclass(frozen=True)
class Matter:
    """`terms`: what people speak of and did not before, the strongest first. `quote`: a text that tells it.

    `ratio`: how many times the usual, as the alert of the signal `counted` said when it last got worse; both
    None where none that goes on counts. `since`: when that alert's change began, else that of the first.
    """

    terms: tuple[str, ...]
    quote: str | None
    since: datetime
    counted: str | None
    ratio: float | None
    told_at: datetime | None = None
    """Of when `ratio` is: counts go on afterwards."""


def matter(alerts: Sequence[Alert]) -> Matter | None:
    """Of these alerts, by the one that goes on and heard most; None where none says a word."""
    told = [alert for alert in alerts if any(_terms(alert.evidence)) or any(_texts(alert.evidence))]
    if not told:
        return None
    evidence = max(told, key=lambda one: (one.ended_at is None, _heard(one.evidence), one.id)).evidence
    going_on = [alert for alert in alerts if alert.ended_at is None and alert.evidence.get("ratio")]
    counting = {alert.signal: alert for alert in reversed(going_on)}
    counted = next((signal for signal in COUNTED if signal in counting), None)
    return Matter(
        terms=tuple(_terms(evidence))[:TERMS],
        quote=_quote(evidence),
        since=counting[counted].since if counted else min(one.since for one in alerts),
        counted=counted,
        ratio=float(counting[counted].evidence["ratio"]) if counted else None,
        told_at=told_at(counting[counted].evidence) if counted else None,
    )


def _quote(evidence: Mapping[str, Any]) -> str | None:
    """The story with the largest audience that tells it, as papers do in one line; else the fullest post."""
    terms = tuple(_terms(evidence))
    stories = [one for one in _each(evidence, "drivers", "stories") if one.get("text")]
    telling = [one for one in stories if _holds(one["text"], terms) >= TOLD]
    if telling:
        return str(max(telling, key=lambda one: one.get("reach") or 0)["text"])
    return max(_texts(evidence), key=lambda text: _holds(text, terms), default=None)


def _heard(evidence: Mapping[str, Any]) -> int:
    return int((evidence.get("drivers") or {}).get("mentions") or 0)


def _terms(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Words that are new; what was never said before stands before what is only said more."""
    found = [*_each(evidence, "arrived", "terms"), *_each(evidence, "drivers", "terms")]
    heard = sorted(found, key=lambda one: bool(one.get("expected")))
    yield from dict.fromkeys(str(one["term"]) for one in heard if one.get("term"))


def _texts(evidence: Mapping[str, Any]) -> Iterator[str]:
    """What people wrote, as far as it is still there."""
    voices = [one for one in evidence.get("voices") or () if isinstance(one, Mapping)]
    said = [*voices, *_each(evidence, "drivers", "examples"), *_each(evidence, "drivers", "stories")]
    yield from (one["text"] for one in said if one.get("text"))


def _each(evidence: Mapping[str, Any], part: str, name: str) -> list[Mapping[str, Any]]:
    return list((evidence.get(part) or {}).get(name) or ())


def _holds(text: str, terms: Iterable[str]) -> int:
    """How many of the words it has."""
    words = set(re.findall(r"\w+", text.casefold()))
    return sum(words.issuperset(re.findall(r"\w+", term.casefold())) for term in terms)
