"""What sources in their first day beside others brought to monitors, and how much of it is put aside."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats
from alerts.detection.newcomers import Joined, Left, Newcomers, bursts, lasts, of_first_day, usual, usual_harm
from alerts.leaving import Turned
from alerts.roster import EACH, FIGURES, SIGNALS, UNITS
from kit.db import ReadSession
from mentions.counts import Series, Sums, moment_of
from mentions.newcomers import Brought, Newcomer, brought, newcomers

BURSTING = ("volume", "negative", "independent")
"""The signals that can be a burst; reach and praise go with them. Harm and voices that weigh always count."""
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
    # in a thread: a thousand monitors take over a second, and pages must go out meanwhile
    return await asyncio.to_thread(lambda: [_aside(one, first, until) for one in found])


async def young(session: ReadSession, monitor_id: int, minute: int) -> list[Newcomer]:
    """Those that are newcomers to a monitor in this minute."""
    return [one.newcomer for one in await asides(session, [monitor_id], minute + 1, minute + 2)]


async def since_onsets(
    session: ReadSession, onsets: Collection[Onset], until: int
) -> dict[Onset, list[Aside]]:
    """For each onset what is put aside since then, where anything is."""
    if not onsets or not await newcomers(session, min(since for _, since in onsets)):
        return {}
    found = {onset: await asides(session, [onset[0]], onset[1], until) for onset in onsets}
    return {onset: apart for onset, apart in found.items() if apart}


def _aside(one: Brought, first: int, until: int) -> Aside:
    begun = one.newcomer.first
    day = _dense(one, begun, one.newcomer.until)
    signals = day[_FIGURES] / _UNITS[:, None]
    loud = bursts(signals[[SIGNALS.index(signal) for signal in BURSTING]])
    expected = np.where(loud, usual(signals), 0.0)
    expected[_HARM], unknown = usual_harm(signals[_HARM])
    figures = _dense(one, first, until)
    figures[_NOTABLE] = 0
    shown, unknown_harm = np.zeros((EACH, until - first)), np.zeros(until - first)
    begin, end = max(first, begun), min(until, one.newcomer.until)
    if begin < end:
        here, there = slice(begin - first, end - first), slice(begin - begun, end - begun)
        shown[:, here], unknown_harm[here] = expected[:, there], unknown[there]
        figures[:, here] = np.where(loud[there], 0, figures[:, here])
        figures[_HARM_FIGURE, here] = 0
    joins = first <= one.newcomer.until < until and one.newcomer.stays and lasts(signals)
    joined = of_first_day(0, signals, begun) if joins else None
    return Aside(one.newcomer, one.monitor_id, figures, shown, unknown_harm, joined)


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
