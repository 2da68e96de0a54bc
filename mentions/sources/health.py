"""Whether a source speaks, from what is known of it and the time. Pure.

Silence is judged against a rhythm: the one that people set, else the source's own, learnt as the longest
gap that is usual in each hour of the week. Without either, only a whole day of nothing is called silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

HOURS = 168
"""Slots of the learnt rhythm: hours since a Thursday midnight UTC (1970-01-01), modulo a week."""
KNOWN_AFTER = 24  # slots with a usual gap from which a rhythm counts as known
TWICE = 2.0  # a gap may be so many times the longest usual one
SHORTEST = timedelta(minutes=5)  # no learnt rhythm calls less than this a silence
UNKNOWN = timedelta(hours=24)  # what is called silence while no rhythm is known
GRACE = timedelta(minutes=2)  # a failure shorter than this is nobody's business
FADING = 0.2  # by how much of the difference a usual gap shrinks in a week with shorter ones
STRETCH = 1.5  # a gap teaches at most so many times what was allowed: an outage must not become usual
UNASKED = timedelta(minutes=15)  # so long after its time a source that nobody asks is failing

State = Literal["live", "silent", "failing", "waiting", "off"]


@dataclass(frozen=True)
class Seen:
    """What is known of a source."""

    enabled: bool
    by_hand: bool
    """Fed by people (files, forms): it has no rhythm unless they set one."""
    every: timedelta | None
    """How often we ask it; None: it calls us, or stays connected."""
    pushed: bool
    """It calls us: when it likes, and a call that fails is not made again."""
    enabled_at: datetime | None
    """Since when it is listened to; None: not known."""
    expected: timedelta | None
    """Its rhythm as people set it: how long nothing may come."""
    last_received_at: datetime | None
    last_tried_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True)
class Health:
    """The state (`waiting`: nothing came yet), since when, and how long a silence is allowed now."""

    state: State
    since: datetime | None = None
    allowed: timedelta | None = None

    @property
    def deaf(self) -> bool:
        """Whether calm on this source may be deafness."""
        return self.state in ("silent", "failing")


def judge(seen: Seen, usual: Mapping[int, float], now: datetime) -> Health:
    """The source's health. `usual`: slot of the week to its longest usual gap in seconds."""
    allowed = allowance(seen, usual, now)
    if not seen.enabled:
        return Health("off")
    latest = seen.last_tried_at if seen.pushed else now
    if seen.failing_since is not None and latest is not None and latest - seen.failing_since >= GRACE:
        return Health("failing", seen.failing_since, allowed)
    if seen.every is not None and seen.last_tried_at is not None:
        due = seen.last_tried_at + seen.every + UNASKED
        if seen.failing_since is None and now > due:
            return Health("failing", due, allowed)
    known = [one for one in (seen.last_received_at, seen.enabled_at) if one is not None]
    if known and allowed is not None and now - max(known) > allowed:
        return Health("silent", max(known), allowed)
    if seen.last_received_at is None:
        return Health("waiting", None, allowed)
    return Health("live", seen.last_received_at, allowed)


def allowance(seen: Seen, usual: Mapping[int, float], now: datetime) -> timedelta | None:
    """How long nothing may come from this source at this hour; None: as long as it likes."""
    if seen.expected is not None:
        return seen.expected
    if seen.by_hand:
        return None
    if len(usual) < KNOWN_AFTER:
        return UNKNOWN
    return max(SHORTEST, timedelta(seconds=TWICE * longest_usual(usual, now)))


def longest_usual(usual: Mapping[int, float], now: datetime) -> float:
    """The longest gap that is usual around this hour of the week, else of the day, else at all; seconds."""
    slot = hour_of(now) % HOURS
    near = [(slot + step) % HOURS for step in (-1, 0, 1)]
    same_hours = [one for one in usual if one % 24 in {other % 24 for other in near}]
    known = near if usual.keys() >= set(near) else same_hours or list(usual)
    return max(usual[one] for one in known)


@dataclass(frozen=True)
class Slot:
    """The learnt gap of one hour of the week, in seconds, and the longest of the hour that runs."""

    usual: float
    hour: int
    """Hours since 1970 of the latest one that taught."""
    running: float

    @property
    def longest(self) -> float:
        return max(self.usual, self.running)


def taught(slot: Slot | None, hour: int, gap: float) -> Slot:
    """The slot after a gap of so many seconds that was open in this hour.

    A longer gap than usual is usual from then on, a week with shorter ones lets it shrink by a part.
    """
    if slot is None:
        return Slot(gap, hour, gap)
    if hour <= slot.hour:
        return Slot(slot.usual, slot.hour, max(slot.running, gap))
    usual = max(slot.running, slot.usual + FADING * (slot.running - slot.usual))
    return Slot(usual, hour, gap)


def lesson(gap: timedelta, allowed: timedelta | None) -> float:
    """The seconds that a gap teaches: an outage teaches little of its length."""
    return min(gap, STRETCH * allowed if allowed is not None else gap).total_seconds()


def hour_of(moment: datetime) -> int:
    """Hours since 1970-01-01 UTC."""
    return int(moment.timestamp() // 3600)


def hours_between(begin: datetime, end: datetime) -> range:
    """The hours that a gap touches, its latest week at most."""
    return range(max(hour_of(begin), hour_of(end) - HOURS + 1), hour_of(end) + 1)
