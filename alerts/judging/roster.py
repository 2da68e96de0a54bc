"""The detector's state for a list of monitors: pure functions that add, drop, advance and judge them.

Each monitor has neighbouring series in the order of SIGNALS; those of SHARED have `independent` as partner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from alerts.detection import compiled
from alerts.detection.clock import clocks_moved
from alerts.detection.knob import lasting, moved, turned
from alerts.detection.lift import Lift
from alerts.detection.live import BALANCED, Evidence, Settings, State, advance, peek
from alerts.detection.newcomers import Newcomers, joined_by
from alerts.levels import rank

MANY_MINUTES = 360
FEW_SERIES = 4096
"""From so many minutes, up to so many series, the compiled loop is faster than one minute for all at once."""

FIGURES = {
    "volume": "volume",
    "negative": "independent_negative",
    "harm": "harm",
    "independent": "independent",
    "positive": "independent_positive",
    "reach": "reach",
}
"""Each signal that is judged as a series, and the count per minute that it is."""

SIGNALS = tuple(FIGURES)
EACH = len(SIGNALS)
SHARED = ("negative", "positive")
"""Judged by their share of `independent`, too."""
LIFTED = ("volume", "independent", "positive", "reach")
"""Of which an announced campaign or a holiday brings more; what is negative or harmful is excused by none."""
ALARMING = np.array([signal not in ("positive", "reach") for signal in SIGNALS])
"""[EACH]: whose alerts can be alarms, which the knob counts; the others only inform."""
UNITS = {"reach": 200.0}
"""By what a count is divided, where it is not 1.

The score (`formulae.count_evidence`) bounds what chance does to things that count for one, or for less. The
audience of a paper is two points: three papers in one night are three things, and no six.
"""

Hours = tuple[NDArray[np.float32], ...]
Table = NDArray[np.float64]
"""Counts with the shape [series, minute]; NaN where nothing is known yet."""
Deaf = NDArray[np.bool_]
"""[series, minute]: where a source that carries much of the series was out."""
Turns = Mapping[int, NDArray[np.int64]]
"""Minutes before which the clocks of series [S] have gone forward by so many hours (detection/clock.py)."""


@dataclass(frozen=True)
class Around:
    """What the detector goes by beside the counts, in the same minutes of the same series."""

    deaf: Deaf | None = None
    settings: Settings = BALANCED
    lift: Lift | None = None
    turns: Turns = field(default_factory=dict)
    newcomers: Newcomers | None = None

    def part(self, columns: slice) -> Around:
        """In some of the minutes; clocks that change and who joins stay, by the number of the minute."""
        return replace(
            self,
            deaf=None if self.deaf is None else self.deaf[:, columns],
            lift=None if self.lift is None else self.lift.at(columns),
            newcomers=None if self.newcomers is None else self.newcomers.part(columns),
        )

    def beside(self, place: int | slice) -> Beside:
        """As the arithmetic takes it: of one minute [series], or of some [series, minute]."""
        return Beside(
            deaf=None if self.deaf is None else self.deaf[:, place],
            lift=None if self.lift is None else self.lift.at(place),
            newcomers=None if self.newcomers is None else self.newcomers.expected[:, place],
        )


class Beside(TypedDict):
    """See `alerts.detection.live.advance`."""

    deaf: Deaf | None
    lift: Lift | None
    newcomers: Table | None


NOTHING = Around()


@dataclass(frozen=True)
class Latch:
    """An alert that people know of holds its series open from the minute in which it was opened.

    Without it an alert that was opened on the first seconds of a minute could be gone by its end.
    """

    series: int
    minute: int
    level: str


@dataclass(frozen=True)
class Judgement:
    """The evidence at the open minute; which series opened in the minutes behind it, which still burn."""

    evidence: Evidence
    opened: NDArray[np.bool_]
    burning: NDArray[np.bool_]


def table(signals: Sequence[NDArray[np.int64]], known: NDArray[np.bool_]) -> Table:
    """The counts [monitor, minute] of each signal as series; NaN where `known` [monitor, minute] is False."""
    units = [UNITS.get(signal, 1.0) for signal in SIGNALS]
    stacked = np.stack(signals, axis=1) / np.array(units)[:, None]
    stacked = np.where(known[:, None, :], stacked, np.nan)
    return stacked.reshape(EACH * len(known), -1)


def spread(table: NDArray[Any]) -> NDArray[Any]:
    """What holds for a monitor [monitor, minute] holds for each of its series."""
    return np.repeat(table, EACH, axis=0)


def lifted(announced: Lift | None) -> Lift | None:
    """What was announced for a monitor [monitor, minute] holds for those of its series that are LIFTED.

    When its audience is awake holds for all of them.
    """
    if announced is None:
        return None
    of_signal = np.array([signal in LIFTED for signal in SIGNALS])
    each = np.where(of_signal[None, :, None], announced.times[:, None, :], 1.0)
    return Lift(each.reshape(EACH * len(each), -1), spread(announced.wide))


def empty(monitors: int) -> State:
    """The state of so many monitors of which nothing is known."""
    return replace(State.empty(EACH * monitors, partner=_partners(monitors)), harm=_harm(monitors))


def advanced(
    state: State, counts: Table, first: int, latches: Iterable[Latch], around: Around = NOTHING
) -> tuple[State, NDArray[np.bool_]]:
    """Close the minutes of `counts` from `first` on; also tells which series opened an alert in them."""
    held: dict[int, list[Latch]] = {}
    for latch in latches:
        held.setdefault(latch.minute, []).append(latch)
    opened = np.zeros(state.series, dtype=np.bool_)
    until = first + counts.shape[1]
    joining = around.newcomers.joining if around.newcomers else {}
    inside = {minute for minute in (*around.turns, *joining) if first <= minute < until}
    for begin, end in pairwise(sorted({first, until} | inside)):
        if begin in around.turns:
            state = clocks_moved(state, around.turns[begin])
        state = joined_by(state, begin, joining)
        part = slice(begin - first, end - first)
        state, more = _closed(state, counts[:, part], begin, held, around.part(part))
        opened |= more
    return state, opened


def _closed(
    state: State, counts: Table, first: int, held: Mapping[int, Sequence[Latch]], around: Around
) -> tuple[State, NDArray[np.bool_]]:
    """The same for minutes in which no clock changes and nobody joins."""
    opened, settings = np.zeros(state.series, dtype=np.bool_), around.settings
    done = _minutes_in_one_go(state, counts, first, held)
    if done:
        part = slice(0, done)
        course = compiled.run(
            state,
            counts[:, part],
            first,
            each=EACH,
            alarming=ALARMING,
            settings=settings,
            **around.beside(part),
        )
        state, opened = course.state, opened | course.opened.any(axis=1)
    for i in range(done, counts.shape[1]):
        before = state
        state, evidence = advance(
            state,
            counts[:, i],
            minute=first + i,
            settings=turned(settings, state.knob),
            **around.beside(i),
        )
        opened |= evidence.opened
        state = _knob_moved(latched(state, held.get(first + i, ())), before, settings, counts[:, i])
    return state, opened


def _minutes_in_one_go(state: State, counts: Table, first: int, held: Mapping[int, Any]) -> int:
    """How many of the minutes the compiled loop may close: many, of few series, before the first latch."""
    free = min([minute - first for minute in held if minute >= first], default=counts.shape[1])
    minutes = min(free, counts.shape[1])
    return minutes if minutes >= MANY_MINUTES and state.series <= FEW_SERIES else 0


def _knob_moved(state: State, before: State, settings: Settings, counts: Table) -> State:
    """The state after what this minute was to the knob: what opens in one minute is one alarm."""
    if not np.any(np.greater(settings.alarms_a_week, 0)) and np.isnan(state.knob).all():
        return state
    alarming = np.tile(ALARMING, state.series // EACH)
    alarms = _of_monitors(alarming & state.firing & ~before.firing)
    lasts = _of_monitors(alarming & lasting(state.firing, state.turned, state.minute))
    knob = moved(state.knob, settings, alarms, _of_monitors(~np.isnan(counts)) & ~lasts)
    return state if knob is state.knob else replace(state, knob=knob)


def _of_monitors(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[S]: for each series whether any of its monitor's is flagged."""
    return np.repeat(flags.reshape(-1, EACH).any(axis=1), EACH)


def warmed(counts: Table, first: int, latches: Sequence[Latch], around: Around = NOTHING) -> State:
    """The state of new monitors after these minutes, of which there is one at least.

    What was unusual in them stays open in the state, as it would be had somebody watched; it raises an
    alert only if it still burns (see `judged`). Series with a latch are open in any case.
    """
    state, _ = advanced(empty(len(counts) // EACH), counts, first, (), around)
    return latched(state, [latch for latch in latches if latch.minute <= state.minute])


def judged(
    state: State, counts: Table, fraction: float, latches: Sequence[Latch], around: Around = NOTHING
) -> Judgement:
    """Look at the minutes behind the state, the last of which is open and `fraction` (0..1] of it over."""
    first, behind = state.minute + 1, slice(-1)
    closed, opened = advanced(state, counts[:, behind], first, latches, around.part(behind))
    minute = first + counts.shape[1] - 1
    if around.newcomers:
        closed = joined_by(closed, minute, around.newcomers.joining)
    settings = turned(around.settings, closed.knob)
    evidence = peek(closed, counts[:, -1], fraction, minute=minute, settings=settings, **around.beside(-1))
    strong = evidence.score >= settings.lower * settings.score
    lately = closed.half_hour >= settings.ratio * closed.half_hour_expected
    return Judgement(evidence, opened | evidence.opened, strong & lately)


def latched(state: State, latches: Iterable[Latch]) -> State:
    """The state with these series open, at their alerts' level or above."""
    chosen = list(latches)
    if not chosen:
        return state
    firing, level, turned = state.firing.copy(), state.level.copy(), state.turned.copy()
    for latch in chosen:
        firing[latch.series] = True
        turned[latch.series] = latch.minute
        level[latch.series] = max(level[latch.series], rank(latch.level))
    return replace(state, firing=firing, level=level, turned=turned)


def selected(state: State, monitors: Sequence[int]) -> State:
    """The state of some of its monitors, by their places, in that order."""
    series = np.array([EACH * place + i for place in monitors for i in range(EACH)], dtype=np.intp)
    columns = {name: getattr(state, name)[..., series] for name in State.column_names()}
    of_day, of_week = (tuple(hour[series] for hour in hours) for hours in (state.of_day, state.of_week))
    return _rebuilt(state, columns, of_day, of_week)


def joined(*states: State) -> State:
    """The monitors of the first and then those of the next; all must stand at the same minute."""
    minutes = {state.minute for state in states}
    if len(minutes) > 1:
        raise ValueError(f"states of different minutes: {sorted(minutes)}")
    columns = {
        name: np.concatenate([getattr(state, name) for state in states], axis=-1)
        for name in State.column_names()
    }
    of_day, of_week = (
        tuple(np.concatenate(hour) for hour in zip(*hours, strict=True))
        for hours in ([state.of_day for state in states], [state.of_week for state in states])
    )
    return _rebuilt(states[0], columns, of_day, of_week)


def _rebuilt(state: State, columns: dict[str, Any], of_day: Hours, of_week: Hours) -> State:
    """The state with other columns and tables, and the partners that fit their number."""
    columns["partner"] = _partners(len(columns["partner"]) // EACH)
    return replace(state, of_day=of_day, of_week=of_week, **columns)


def _partners(monitors: int) -> NDArray[np.int32]:
    partner = np.full(EACH * monitors, -1, dtype=np.int32)
    whole = np.arange(SIGNALS.index("independent"), EACH * monitors, EACH)
    for signal in SHARED:
        partner[SIGNALS.index(signal) :: EACH] = whole
    return partner


def _harm(monitors: int) -> NDArray[np.bool_]:
    harm = np.zeros(EACH * monitors, dtype=np.bool_)
    harm[SIGNALS.index("harm") :: EACH] = True
    return harm
