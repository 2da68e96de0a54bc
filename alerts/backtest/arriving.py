"""What would have arrived (`alerts.arrivals`) in a monitor's past: the same look, over the stored mentions.

Live a worker looks every ten seconds. Here it is every EVERY minutes, and at the newest part of the past: a
look goes by texts, and those of months are too many for somebody who waits. What is announced at any time
is left out of the words of all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from sqlalchemy import RowMapping

from alerts.arrivals.claims import MOST_DAYS, STORY_MINUTES, WINDOW_MINUTES, Arrival, Looked, gravest
from alerts.arrivals.reading import (
    MOST_SAID,
    Names,
    as_said,
    fastest_of,
    last_id,
    names_of,
    past_hour,
    rows_said,
    stories_in,
    texts_of_hours,
)
from alerts.arrivals.said import Past as Usual
from alerts.arrivals.said import Spread, in_own_words
from alerts.arrivals.words import Known
from alerts.backtest.past import Past
from alerts.campaigns.campaign import Campaign
from alerts.campaigns.lift import campaigns_of, holidays_of, touching
from alerts.detection.formulae import Floats
from alerts.detection.settings import Settings
from kit.db import ReadSession
from mentions.counting.counts import moment_of
from mentions.monitor import Monitor
from people.organisations import Brand

EVERY = 5
"""Minutes between two looks."""
MOST_LOOKS = 3_000
MOST_TEXTS = 10_000
"""Mentions in words of their own that are read."""
MOST_STORIES = 50
"""Looks that ask for stories: those with most copies."""
HOURS = 24 * MOST_DAYS


@dataclass(frozen=True)
class Material:
    """What the looks go by, as it was read."""

    looks: Sequence[int]
    """The minutes in which something new may have arrived; before the first of them nobody looks."""
    names: Names
    said: Sequence[RowMapping]
    """In the order of arrival."""
    texts: Sequence[tuple[str, str, int]]
    """Text, sentiment and hour of what is usual."""
    known: Mapping[int, int]
    """By hour the minutes of its past that are known."""
    stories: Mapping[int, Sequence[Spread]]
    """By look."""
    fastest: Mapping[int, tuple[int, ...]]
    """By hour."""
    campaigns: Sequence[Campaign]
    last_id: int


async def material(
    session: ReadSession, monitor: Monitor, past: Past, first: int, floor: float
) -> Material | None:
    """What is needed of the minutes from `first` on; None: no `floor` accounts can say the same."""
    looks = _looks(past, first, floor)
    if not looks:
        return None
    begin, until, last = moment_of(looks[0] - WINDOW_MINUTES), moment_of(looks[-1]), await last_id(session)
    announced = monitor, looks[0] + 1 - WINDOW_MINUTES, looks[-1] + 1
    campaigns, holidays = await campaigns_of(session, *announced), await holidays_of(session, *announced)
    said = await rows_said(session, monitor.id, begin, until, last, MOST_TEXTS)
    if not said:
        return None  # counts outlive the texts
    known = {hour: _known_minutes(past, hour) for hour in map(_hour, looks)}
    texts = await texts_of_hours(session, monitor.id, min(known) - HOURS, max(known), last)
    copied = _most_copied(past, looks, floor)
    return Material(
        looks=looks,
        names=names_of(
            monitor,
            await session.get_one(Brand, monitor.brand_id),
            [*(row.title for row in campaigns), *(day.name for day in holidays)],
        ),
        said=said[::-1],
        texts=texts,
        known=known,
        stories={look: await stories_in(session, monitor.id, moment_of(look), last) for look in copied},
        fastest=await fastest_of(
            session, monitor.id, {hour: known[hour] for hour in map(_hour, copied)}, last
        ),
        campaigns=campaigns,
        last_id=last,
    )


def arrived(given: Material, choices: Sequence[Settings]) -> list[list[Arrival]]:
    """For each of the settings what the looks find, in order."""
    found: list[list[Arrival]] = [[] for _ in choices]
    for seen in _seen(given, choices[0]):
        for one, settings in zip(found, choices, strict=True):
            arrival = gravest(replace(seen, settings=settings))
            if arrival is not None:
                one.append(replace(arrival, evidence={**arrival.evidence, "past": seen.past.told()}))
    return found


def _seen(given: Material, settings: Settings) -> Iterator[Looked]:
    """Each look."""
    said = [as_said(row, given.names) for row in given.said]
    minutes = np.array([one.minute for one in said])
    usual = _Fortnight(given)
    for look in given.looks:
        begin, end = np.searchsorted(minutes, (look - WINDOW_MINUTES, look))
        yield Looked(
            minute=look,
            said=in_own_words(said[max(begin, end - MOST_SAID) : end]),
            stories=given.stories.get(look, ()),
            past=usual.before(_hour(look)),
            settings=settings,
            campaign=bool(touching(given.campaigns, look + 1 - WINDOW_MINUTES, look + 1)),
        )


class _Text(NamedTuple):
    words: frozenset[str]
    negative: bool


class _Fortnight:
    """What is usual, which moves on with the hours: some texts come and some go."""

    def __init__(self, given: Material) -> None:
        self._given = given
        self._texts: defaultdict[int, list[_Text]] = defaultdict(list)
        for text, sentiment, hour in given.texts:
            self._texts[hour].append(_Text(frozenset(given.names.of(text)), sentiment == "negative"))
        self._known = Known()
        self._count = self._negative = 0
        self._hour = min(self._texts, default=0)
        self._first = self._hour
        self._past: Usual | None = None

    def before(self, hour: int) -> Usual:
        """The fortnight before this hour, which is none before those that were asked for."""
        if self._past is None or self._past.until != hour:
            self._move(hour)
            self._past = self._told(hour)
        return self._past

    def _move(self, hour: int) -> None:
        for come in range(self._hour, hour):
            for text in self._texts.get(come, ()):
                self._known.add(text.words)
                self._counted(text, 1)
        for gone in range(self._first, hour - HOURS):
            for text in self._texts.get(gone, ()):
                self._known.drop(text.words)
                self._counted(text, -1)
        self._hour, self._first = max(self._hour, hour), max(self._first, hour - HOURS)

    def _counted(self, text: _Text, times: int) -> None:
        self._count += times
        self._negative += times * text.negative

    def _told(self, hour: int) -> Usual:
        return Usual(
            until=hour,
            last_id=self._given.last_id,
            days=self._given.known[hour] / 1440,
            texts=self._count,
            negative=self._negative / max(1, self._count),
            known=self._known.words,
            fastest=self._given.fastest.get(hour, ()),
        )


def _looks(past: Past, first: int, floor: float) -> list[int]:
    """The minutes in which it is looked: where something is new, and enough is said."""
    start = max(first, past.first + WINDOW_MINUTES)
    grid = np.arange(-(-start // EVERY) * EVERY, past.until + 1, EVERY) - past.first
    own = past.total_of("volume") - past.total_of("copies")
    heard = past.total_of("volume")
    enough = own[grid] - own[grid - WINDOW_MINUTES] >= floor
    worth = (enough | (_copies(past, grid) >= floor)) & (heard[grid] > heard[grid - EVERY])
    read = own[-1] - own[grid - WINDOW_MINUTES] <= MOST_TEXTS
    found: list[int] = (grid[worth & read][-MOST_LOOKS:] + past.first).tolist()
    return found


def _copies(past: Past, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    copies = past.total_of("copies")
    found: Floats = (copies[places] - copies[places - STORY_MINUTES]).astype(np.float64)
    return found


def _most_copied(past: Past, looks: Sequence[int], floor: float) -> list[int]:
    """The looks with most copies, in order."""
    copies = _copies(past, np.array(looks) - past.first)
    most = [int(place) for place in np.argsort(-copies, kind="stable")[:MOST_STORIES]]
    return sorted(looks[place] for place in most if copies[place] >= floor)


def _known_minutes(past: Past, hour: int) -> int:
    """Since the first mention in the fortnight before an hour."""
    heard, end = past.total_of("volume"), 60 * hour - past.first
    begin = max(0, end - 60 * HOURS)
    if end <= 0 or heard[end] == heard[begin]:
        return 0
    return int(end + 1 - np.searchsorted(heard, heard[begin], side="right"))


def _hour(look: int) -> int:
    return past_hour(moment_of(look))
