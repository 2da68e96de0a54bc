"""What sources brought to monitors in their first day beside others, or of the time for which they were away,
and how much of it is put aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from alerts.detection.baseline import TRAILING_MINUTES
from alerts.detection.formulae import Floats
from alerts.detection.newcomers import (
    BURSTING,
    KNOWN_AFTER,
    LEAST,
    TIMES,
    WINDOW,
    Hours,
    Joined,
    Left,
    Newcomers,
    bursts,
    hours_of,
    lasts,
    of_first_day,
    rhythm_of,
    usual,
    usual_harm,
)
from alerts.judging.leaving import Turned
from alerts.judging.roster import EACH, FIGURES, SIGNALS, UNITS
from kit.db import ReadSession, computed
from mentions.counting.absences import brought_apart
from mentions.counting.counts import Series, Sums, moment_of
from mentions.counting.newcomers import Brought, Newcomer, brought, hours_before, newcomers
from mentions.monitor import Monitor
from people.organisations import Brand

_BURSTING = [SIGNALS.index(signal) for signal in BURSTING]
_FIGURES = [Sums._fields.index(figure) for figure in FIGURES.values()]
_UNITS = np.array([UNITS.get(signal, 1.0) for signal in SIGNALS])
_NOTABLE = Sums._fields.index("notable")
_HARM, _HARM_FIGURE = SIGNALS.index("harm"), Sums._fields.index("harm")


Onset = tuple[int, int]
"""A monitor's id, and the minute in which something began there."""


@dataclass(frozen=True)
class Aside:
    """One newcomer, or one that was away, at one monitor, in some minutes."""

    newcomer: Newcomer
    monitor_id: int
    part: slice
    """Of those minutes, in which it brought something or may have: of weeks no more than its first day."""
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
    found = await _brought(session, monitor_ids, first, until)
    if not (found.new or found.away) or until <= first:
        return []
    return await _apart(session, found, first, until)


Days = Mapping[Onset, Hours]
"""By monitor and the minute in which a newcomer began: the hours of its first day."""


class Beside(NamedTuple):
    """What newcomers brought, and what others did of the time for which they were away."""

    new: Sequence[Brought]
    away: Sequence[Brought] = ()

    def of(self, monitor_id: int, since: int) -> Beside:
        """What matters of a monitor since that minute."""
        new = [one for one in self.new if one.monitor_id == monitor_id and one.newcomer.until >= since]
        return Beside(new, [one for one in self.away if one.monitor_id == monitor_id])

    def apart(self, first: int, until: int, days: Days = MappingProxyType({})) -> list[Aside]:
        """What is put aside in the minutes [first, until)."""
        minutes = np.arange(first, until)
        return apart(self.new, first, until, days) + [_away(one, minutes) for one in self.away]


async def _brought(session: ReadSession, monitor_ids: Collection[int], first: int, until: int) -> Beside:
    young = await newcomers(session, first - 1)  # also who joins just then
    new = await brought(session, young, monitor_ids, first, until)
    return Beside(new, await brought_apart(session, monitor_ids, first, until))


async def _apart(session: ReadSession, found: Beside, first: int, until: int) -> list[Aside]:
    """What is put aside; the hours of the day are read of those alone of which there may be a burst."""
    # in a thread: a thousand monitors take a while, and pages must go out meanwhile
    told = await computed(session, partial(found.apart, first, until))
    loud = {one.monitor_id for one in told if one.expected[_BURSTING].any()}
    if not loud:
        return told
    begun = {(one.monitor_id, one.newcomer.first) for one in found.new if one.monitor_id in loud}
    heard, zones = await hours_before(session, sorted(begun)), await _zones(session, loud)
    days = {
        (one, first_heard): hours_of(rhythm_of(np.array(hours, np.float64)), first_heard, zones[one])
        for (one, first_heard), hours in heard.items()
    }
    return await computed(session, partial(found.apart, first, until, days))


async def _zones(session: ReadSession, monitor_ids: Collection[int]) -> dict[int, ZoneInfo]:
    """By whose clocks the audience of each of these monitors lives."""
    query = select(Monitor.id, Brand.time_zone).join(Brand, Brand.id == Monitor.brand_id)
    rows = await session.execute(query.where(Monitor.id.in_(monitor_ids)))
    return {monitor_id: ZoneInfo(zone) for monitor_id, zone in rows}


async def young(session: ReadSession, monitor_id: int, minute: int) -> list[Newcomer]:
    """Those that are newcomers to a monitor in this minute."""
    then = await newcomers(session, minute)
    return [one.newcomer for one in await brought(session, then, [monitor_id], minute + 1, minute + 2)]


async def since_onsets(
    session: ReadSession, onsets: Collection[Onset], until: int
) -> dict[Onset, list[Aside]]:
    """For each onset what is put aside since then, where anything is."""
    if not onsets:
        return {}
    earliest = min(since for _, since in onsets)
    found = await _brought(session, {monitor_id for monitor_id, _ in onsets}, earliest, until)
    told = {}
    for monitor_id, since in onsets if any(found) else ():
        then = found.of(monitor_id, since)
        if any(then):
            told[monitor_id, since] = await _apart(session, then, since, until)
    return told


def apart(found: Sequence[Brought], first: int, until: int, days: Days = MappingProxyType({})) -> list[Aside]:
    """What is put aside in the minutes [first, until) of what newcomers brought."""
    of_monitor: dict[int, list[_Heard]] = {}
    for one in found:
        of_monitor.setdefault(one.monitor_id, []).append(_Heard(one))
    minutes = np.arange(first, until)
    return [aside for those in of_monitor.values() for aside in _of_monitor(those, minutes, days)]


def _away(one: Brought, asked: NDArray[np.int64]) -> Aside:
    """All but harm, which was never expected less, and voices that weigh."""
    begin, end = asked.searchsorted([one.minutes[0], one.minutes[-1] + 1])
    part = slice(int(begin), int(end))
    figures = _dense(one, int(asked[0]) + part.start, int(asked[0]) + part.stop)
    figures[[_NOTABLE, _HARM_FIGURE]] = 0
    nothing = np.zeros((EACH, part.stop - part.start))
    return Aside(one.newcomer, one.monitor_id, part, figures, nothing, nothing[0], None)


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


def _of_monitor(those: Sequence[_Heard], minutes: NDArray[np.int64], days: Days) -> list[Aside]:
    """Of the newcomers of one monitor. What is usual of many that burst together is told with the first."""
    parts = [_part(one, minutes) for one in those]
    lately, may = _all_lately(those, parts, minutes)
    loud = [np.zeros(part.stop - part.start, np.bool_) for part in parts]
    expected = [np.zeros((EACH, part.stop - part.start)) for part in parts]
    for place in may:
        own, first = minutes[parts[place]], those[place].newcomer.first
        young = np.flatnonzero(own >= first)
        burst, usual_then = _burst([those[place]], own[young], 0.0, days)
        loud[place][young[burst]] = True
        expected[place][:, young[burst]] = usual_then
    for members, at in _together(those, minutes):
        then = [slice(at[0] - parts[place].start, at[-1] + 1 - parts[place].start) for place in members]
        each = np.array([lately[one].recent[:, own] for one, own in zip(members, then, strict=True)])
        before = np.sum([lately[one].before[:, own] for one, own in zip(members, then, strict=True)], axis=0)
        loudest = each.max(axis=0)
        if not _may(each.sum(axis=0) - loudest, before).any():
            continue
        burst, usual_then = _burst([those[place] for place in members], minutes[at], loudest, days)
        for place, part in zip(members, then, strict=True):
            loud[place][part][burst] = True
            expected[place][:, part][:, burst] = usual_then if place == members[0] else 0
    return [
        _aside(one, minutes, parts[place], lately[place].harm, loud[place], expected[place])
        for place, one in enumerate(those)
    ]


def _part(one: _Heard, minutes: NDArray[np.int64]) -> slice:
    """From its first minute, or what came late for one before it, to the end of its first day."""
    first = min(one.newcomer.first, int(one.brought.minutes[0]))
    begin, end = minutes.searchsorted([first, one.newcomer.until])
    return slice(int(begin), int(end))


class _Lately(NamedTuple):
    """[bursting signal, minute]: mentions in the WINDOW before each minute, and in the hours before that."""

    recent: Floats
    before: Floats
    harm: Floats
    """[minute]: that it has spoken of until then."""


def _all_lately(
    those: Sequence[_Heard], parts: Sequence[slice], minutes: NDArray[np.int64]
) -> tuple[list[_Lately], list[int]]:
    """Of each in its part of the minutes, and the places of those of whom any may be a burst.

    Those whose part is the same, as it is in what has just been said, are looked at in one go.
    """
    same: dict[tuple[int, int], list[int]] = {}
    for place, part in enumerate(parts):
        same.setdefault((part.start, part.stop), []).append(place)
    found: dict[int, _Lately] = {}
    may: list[int] = []
    for (start, stop), places in same.items():
        own = minutes[start:stop]
        ends = np.concatenate([own, own - WINDOW, own - WINDOW - TRAILING_MINUTES])
        sums = np.array([those[place].before(ends) for place in places])
        now, then, begin = np.moveaxis(sums.reshape(len(places), EACH, 3, len(own)), 2, 0)
        recent, before = (now - then)[:, _BURSTING], (then - begin)[:, _BURSTING]
        found.update(zip(places, map(_Lately, recent, before, now[:, _HARM]), strict=True))
        may += [places[at] for at in np.flatnonzero(_may(recent, before).any(axis=1))]
    return [found[place] for place in range(len(those))], may


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
    those: Sequence[_Heard], minutes: NDArray[np.int64], loudest: Floats | float, days: Days
) -> tuple[NDArray[np.bool_], Floats]:
    """[minute]: whether they burst; [signal, burst]: what is usual then. loudest: see `bursts`."""
    first = min(one.newcomer.first for one in those)
    day = np.arange(first, minutes.max(initial=first) + 1)
    total = np.sum([one.before(day) for one in those], axis=0)
    hours = days.get((those[0].brought.monitor_id, first))
    burst = bursts(total[_BURSTING], minutes - first, loudest, hours)
    return burst, usual(total, minutes[burst] - first)


def _aside(
    one: _Heard,
    asked: NDArray[np.int64],
    part: slice,
    harm: Floats,
    loud: NDArray[np.bool_],
    expected: Floats,
) -> Aside:
    """In this part of the minutes asked for. harm: as in `_Lately`."""
    begun, until = one.newcomer.first, one.newcomer.until
    first, end, minutes = int(asked[0]), int(asked[-1]) + 1, asked[part]
    young = (minutes >= begun) & (minutes < until)
    known, unknown = usual_harm(harm, np.maximum(minutes - begun, 0))
    expected[_HARM] = np.where(young, known, 0.0)
    figures = _dense(one.brought, first + part.start, first + part.stop)
    figures[_NOTABLE] = 0
    figures[:, loud] = 0
    figures[_HARM_FIGURE, young] = 0
    joined = None
    if first <= until < end and one.newcomer.stays:
        day = _dense(one.brought, begun, until)[_FIGURES] / _UNITS[:, None]
        joined = of_first_day(0, day, begun) if lasts(day) else None
    unknown = np.where(young, unknown, 0.0)
    return Aside(one.newcomer, one.brought.monitor_id, part, figures, expected, unknown, joined)


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
                row = rows[place[one.monitor_id], one.part]
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
        expected[at : at + EACH, one.part] += one.expected
        unknown = unknown_harm[at // EACH, one.part]
        np.maximum(unknown, one.unknown_harm, out=unknown)
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
