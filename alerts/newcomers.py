"""What sources in their first day beside others brought to monitors, and how much of it is put aside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.baseline import TRAILING_MINUTES
from alerts.detection.formulae import Floats
from alerts.detection.newcomers import (
    KNOWN_AFTER,
    LEAST,
    TIMES,
    WINDOW,
    Joined,
    Left,
    Newcomers,
    bursts,
    lasts,
    of_first_day,
    usual,
    usual_harm,
)
from alerts.leaving import Turned
from alerts.roster import EACH, FIGURES, SIGNALS, UNITS
from kit.db import ReadSession, computed
from mentions.counts import Series, Sums, moment_of
from mentions.newcomers import Brought, Newcomer, brought, newcomers

BURSTING = ("volume", "negative", "independent")
"""The signals that can be a burst; reach and praise go with them. Harm and voices that weigh always count."""
_BURSTING = [SIGNALS.index(signal) for signal in BURSTING]
_FIGURES = [Sums._fields.index(figure) for figure in FIGURES.values()]
_UNITS = np.array([UNITS.get(signal, 1.0) for signal in SIGNALS])
_NOTABLE = Sums._fields.index("notable")
_HARM, _HARM_FIGURE = SIGNALS.index("harm"), Sums._fields.index("harm")


Onset = tuple[int, int]
"""A monitor's id, and the minute in which something began there."""


@dataclass(frozen=True)
class Aside:
    """One newcomer at one monitor, in some minutes."""

    newcomer: Newcomer
    monitor_id: int
    figures: NDArray[np.int64]
    """[figure in the order of Sums, minute]: what is put aside."""
    expected: Floats
    """[signal, minute]: what is usual of it where it is counted, else 0."""
    unknown_harm: Floats
    """[minute]: how much harm is expected of it because nothing is known of it yet."""
    joined: Joined | None
    """After its first day, if that ends in these minutes and it still speaks; at the monitor's own place."""

    @property
    def put_aside(self) -> Sums:
        """All of it."""
        return Sums(*self.figures.sum(axis=1).tolist())


async def asides(session: ReadSession, monitor_ids: Collection[int], first: int, until: int) -> list[Aside]:
    """Of each newcomer what is put aside for these monitors in the minutes [first, until)."""
    young = await newcomers(session, first - 1)  # also who joins just then
    found = await brought(session, young, monitor_ids, first, until)
    if not found or until <= first:
        return []
    # in a thread: a thousand monitors take a while, and pages must go out meanwhile
    return await computed(session, partial(apart, found, first, until))


async def young(session: ReadSession, monitor_id: int, minute: int) -> list[Newcomer]:
    """Those that are newcomers to a monitor in this minute."""
    return [one.newcomer for one in await asides(session, [monitor_id], minute + 1, minute + 2)]


async def since_onsets(
    session: ReadSession, onsets: Collection[Onset], until: int
) -> dict[Onset, list[Aside]]:
    """For each onset what is put aside since then, where anything is."""
    if not onsets:
        return {}
    earliest = min(since for _, since in onsets)
    young = await newcomers(session, earliest - 1)
    found = await brought(session, young, {monitor_id for monitor_id, _ in onsets}, earliest, until)
    by_monitor: dict[int, list[Brought]] = {}
    for one in found:
        by_monitor.setdefault(one.monitor_id, []).append(one)
    told = {}
    for monitor_id, since in onsets:
        then = [one for one in by_monitor.get(monitor_id, ()) if one.newcomer.until >= since]
        if then:
            told[monitor_id, since] = await computed(session, partial(apart, then, since, until))
    return told


def apart(found: Sequence[Brought], first: int, until: int) -> list[Aside]:
    """What is put aside in the minutes [first, until) of what newcomers brought."""
    of_monitor: dict[int, list[_Heard]] = {}
    for one in found:
        of_monitor.setdefault(one.monitor_id, []).append(_Heard(one))
    minutes = np.arange(first, until)
    return [aside for those in of_monitor.values() for aside in _of_monitor(those, minutes)]


class _Heard:
    """What a newcomer brought, to be summed up to any minute of its first day."""

    def __init__(self, brought: Brought) -> None:
        self.brought, self.newcomer = brought, brought.newcomer
        begun = np.searchsorted(brought.minutes, self.newcomer.first)
        self._minutes = brought.minutes[begun:]
        self._sums = np.zeros((EACH, len(self._minutes) + 1))
        np.cumsum(brought.figures[_FIGURES, begun:], axis=1, out=self._sums[:, 1:])
        self._sums /= _UNITS[:, None]

    def before(self, minutes: NDArray[np.int64]) -> Floats:
        """[signal, minute]: what was counted since it began, and before each of these minutes."""
        sums: Floats = self._sums[:, self._minutes.searchsorted(minutes)]
        return sums


def _of_monitor(those: Sequence[_Heard], minutes: NDArray[np.int64]) -> list[Aside]:
    """Of the newcomers of one monitor. What is usual of many that burst together is told with the first."""
    ends = np.concatenate([minutes, minutes - WINDOW, minutes - WINDOW - TRAILING_MINUTES])
    before = np.array([one.before(ends) for one in those]).reshape(len(those), EACH, 3, len(minutes))
    recent = (before[:, :, 0] - before[:, :, 1])[:, _BURSTING]
    lately = (before[:, :, 1] - before[:, :, 2])[:, _BURSTING]
    loud = np.zeros((len(those), len(minutes)), np.bool_)
    expected = np.zeros((len(those), EACH, len(minutes)))
    for place in np.flatnonzero(_may(recent, lately).any(axis=1)).tolist():
        one = those[place].newcomer
        at = np.flatnonzero((minutes >= one.first) & (minutes < one.until))
        burst, usual_then = _burst([those[place]], minutes[at], 0.0)
        loud[place, at[burst]] = True
        expected[place][:, at[burst]] = usual_then
    for members, at in _together(those, minutes):
        each, loudest = recent[members][:, :, at], recent[members][:, :, at].max(axis=0)
        if not _may(each.sum(axis=0) - loudest, lately[members][:, :, at].sum(axis=0)).any():
            continue
        burst, usual_then = _burst([those[place] for place in members], minutes[at], loudest)
        for place in members:
            loud[place, at[burst]] = True
            expected[place][:, at[burst]] = usual_then if place == members[0] else 0
    return [
        _aside(one, minutes, before[place, _HARM, 0], loud[place], expected[place])
        for place, one in enumerate(those)
    ]


def _may(recent: Floats, before: Floats) -> NDArray[np.bool_]:
    """[…, minute]: whether it may be a burst, by the hours before [… bursting signal, minute] alone.

    They are no more than the busiest: where this says no, as nearly always, the whole day is not looked at.
    """
    may = (recent >= LEAST) & (recent >= TIMES * (WINDOW * (before / TRAILING_MINUTES)))
    found: NDArray[np.bool_] = np.any(may, axis=-2)
    return found


def _together(
    those: Sequence[_Heard], minutes: NDArray[np.int64]
) -> list[tuple[list[int], NDArray[np.int64]]]:
    """The places of those that have been listened to for long enough, and in which minutes it is they."""
    if len(those) < 2:
        return []
    begins = np.array([[one.newcomer.first + KNOWN_AFTER + WINDOW] for one in those])
    ends = np.array([[one.newcomer.until] for one in those])
    known = (minutes >= begins) & (minutes < ends)
    changes = 1 + np.flatnonzero((known[:, 1:] != known[:, :-1]).any(axis=0))
    stretches = np.split(np.arange(len(minutes)), changes)
    found = [(np.flatnonzero(known[:, at[0]]).tolist(), at) for at in stretches if len(at)]
    return [(members, at) for members, at in found if len(members) > 1]


def _burst(
    those: Sequence[_Heard], minutes: NDArray[np.int64], loudest: Floats | float
) -> tuple[NDArray[np.bool_], Floats]:
    """[minute]: whether they burst; [signal, burst]: what is usual then. loudest: see `bursts`."""
    first = min(one.newcomer.first for one in those)
    day = np.arange(first, minutes.max(initial=first) + 1)
    total = np.sum([one.before(day) for one in those], axis=0)
    burst = bursts(total[_BURSTING], minutes - first, loudest)
    return burst, usual(total, minutes[burst] - first)


def _aside(
    one: _Heard, minutes: NDArray[np.int64], harm: Floats, loud: NDArray[np.bool_], expected: Floats
) -> Aside:
    """harm [minute]: that it has spoken of until then."""
    begun, until = one.newcomer.first, one.newcomer.until
    first, end = int(minutes[0]), int(minutes[-1]) + 1
    young = (minutes >= begun) & (minutes < until)
    known, unknown = usual_harm(harm, np.maximum(minutes - begun, 0))
    expected[_HARM] = np.where(young, known, 0.0)
    figures = _dense(one.brought, first, end)
    figures[_NOTABLE] = 0
    figures[:, loud] = 0
    figures[_HARM_FIGURE, young] = 0
    joined = None
    if first <= until < end and one.newcomer.stays:
        day = _dense(one.brought, begun, until)[_FIGURES] / _UNITS[:, None]
        joined = of_first_day(0, day, begun) if lasts(day) else None
    unknown = np.where(young, unknown, 0.0)
    return Aside(one.newcomer, one.brought.monitor_id, figures, expected, unknown, joined)


def _dense(one: Brought, first: int, until: int) -> NDArray[np.int64]:
    """[figure, minute] in the minutes [first, until)."""
    table = np.zeros((len(one.figures), until - first), np.int64)
    inside = (one.minutes >= first) & (one.minutes < until)
    table[:, one.minutes[inside] - first] = one.figures[:, inside]
    return table


def taken_out(counts: Series, found: Sequence[Aside], monitor_ids: Sequence[int]) -> None:
    """Take what is put aside out of the counts of these monitors."""
    place = {monitor_id: at for at, monitor_id in enumerate(monitor_ids)}
    for one in found:
        for name, taken in zip(Sums._fields, one.figures, strict=True):
            if (rows := getattr(counts, name, None)) is not None:
                row = rows[place[one.monitor_id]]
                np.maximum(row - taken, 0, out=row)


def beside(
    found: Sequence[Aside], monitor_ids: Sequence[int], minutes: int, turned: Turned = MappingProxyType({})
) -> Newcomers | None:
    """What the detector is told of them, and of who leaves and comes back; None where there are none."""
    if not found and not turned:
        return None
    place = {monitor_id: EACH * at for at, monitor_id in enumerate(monitor_ids)}
    expected = np.zeros((EACH * len(monitor_ids), minutes))
    unknown_harm = np.zeros((len(monitor_ids), minutes))
    joining: dict[int, list[Joined | Left]] = {}
    for minute, those in turned.items():
        joining[minute] = [replace(one, at=place[monitor_id]) for monitor_id, one in those]
    for one in found:
        at = place[one.monitor_id]
        expected[at : at + EACH] += one.expected
        unknown_harm[at // EACH] = np.maximum(unknown_harm[at // EACH], one.unknown_harm)
        if one.joined is not None:
            joining.setdefault(one.newcomer.until, []).append(replace(one.joined, at=at))
    expected[_HARM::EACH] += unknown_harm
    return Newcomers(expected, joining)


def told(found: Sequence[Aside]) -> list[dict[str, Any]]:
    """As evidence holds it: what was put aside of each, since the onset of the claim."""
    return [
        {
            "source": one.newcomer.name,
            "heard_since": moment_of(one.newcomer.first).isoformat(),
            "mentions": one.put_aside.volume,
        }
        for one in found
        if one.put_aside.volume
    ]


def without(counted: Sums, found: Sequence[Aside]) -> Sums:
    """What was counted, without what is put aside."""
    left = np.array(counted) - sum(one.figures.sum(axis=1) for one in found)
    return Sums(*np.maximum(left, 0).tolist())
