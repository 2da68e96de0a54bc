"""Many minutes of some series in one go: live.advance as a compiled loop, to the same digits.

`advance` is made for many series and one minute; over months of one monitor it spends its time calling NumPy.
Here the same functions are run once on `Traced` columns (traced.py), which write down what they do, and Numba
compiles that into a loop: one function, two ways to run it. tests/alerts/detection/test_compiled.py holds the
two together. The machine code is kept on disk under a name that follows from the statements themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from functools import cache
from threading import Lock
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from alerts.detection import baseline, live
from alerts.detection.evidence import Evidence
from alerts.detection.formulae import Floats
from alerts.detection.knob import LONG, moved, turned
from alerts.detection.lift import Lift
from alerts.detection.machine_code import loaded
from alerts.detection.settings import BALANCED, Settings
from alerts.detection.state import _COLUMNS as COLUMNS
from alerts.detection.state import NO_MINUTE, State
from alerts.detection.traced import Program, Traced

THRESHOLDS = tuple(field.name for field in fields(Settings))
AROUND = range(-baseline.WIDE_HOURS, 2 + baseline.WIDE_HOURS)
"""The hours of which the tables are read, counted from `baseline.Hour.before`."""
TABLES = tuple(f"{table}_{place}" for place in range(len(AROUND)) for table in ("week", "day"))
FIRST_CLAIMS = 256
"""How many claims there is room for at first; where there are more, the minutes are run again."""


@dataclass(frozen=True)
class Claim:
    """What was claimed of a monitor's series in a minute in which one's alert opened, got worse or ended."""

    monitor: int
    """Its place among the monitors."""
    minute: int
    evidence: Evidence
    """Of all its series: the arrays have the shape [each]."""


@dataclass(frozen=True)
class Course:
    """What came of the minutes. Arrays have the shape [series, minute].

    usual: mentions expected of that very minute, NaN where nothing is known; dispersion: variance over mean.
    level: 0 none, 1 amber, 2 red.
    """

    state: State
    first: int
    usual: Floats
    dispersion: Floats
    level: NDArray[np.int8]
    opened: NDArray[np.bool_]
    claims: tuple[Claim, ...]


def run(
    state: State,
    counts: Floats,
    first: int,
    *,
    each: int,
    alarming: NDArray[np.bool_] | None = None,
    settings: Settings = BALANCED,
    deaf: NDArray[np.bool_] | None = None,
    lift: Lift | None = None,
    newcomers: Floats | None = None,
) -> Course:
    """Close the minutes [first, first + M) of counts [S, M]; `each` neighbouring series make a monitor.

    The rest as in live.advance, with a column for each minute. The knob (knob.py) moves as it does live: an
    alarm of a monitor is one for all its series. alarming [each]: those of a monitor's series whose alerts
    are alarms; all when it is not given. ValueError as there.
    """
    counts = _checked(state, counts, first)
    asked = bool(np.any(np.greater(settings.alarms_a_week, 0)))
    alarming = np.ones(each, np.bool_) if alarming is None else alarming
    room = FIRST_CLAIMS
    while True:
        given = _Given.of(state, counts, first, settings, deaf, lift, newcomers, (room, each))
        claimed = int(_kernel(asked)(each, alarming, *given.arguments()))
        if claimed <= room:
            return given.course(state, first, settings, claimed)
        room = claimed


def strung(courses: Sequence[Course]) -> Course:
    """Courses of the same series, each of which begins where the one before ended, as one."""
    if len(courses) == 1:
        return courses[0]
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(course, name) for course in courses], axis=1)
        for name in ("usual", "dispersion", "level", "opened")
    }
    claims = tuple(claim for course in courses for claim in course.claims)
    return replace(courses[-1], first=courses[0].first, claims=claims, **arrays)


def _checked(state: State, counts: Floats, first: int) -> Floats:
    """The counts as live.advance wants them; ValueError otherwise."""
    values = np.ascontiguousarray(counts, dtype=np.float64)
    if values.ndim != 2 or len(values) != state.series:
        raise ValueError(f"counts have the shape {values.shape}, the state has {state.series} series")
    if values.size and (np.nanmin(values, initial=0.0) < 0 or np.isinf(values).any()):
        raise ValueError("counts must be finite and not negative")
    if first <= state.minute:
        raise ValueError(f"minute {first} is not later than {state.minute}")
    return values


@dataclass(frozen=True)
class _Given:
    """Everything that the loop reads and writes; the columns and tables are changed in place."""

    counts: Floats
    deaf: NDArray[np.bool_]
    lift: Lift
    newcomers: Floats
    thresholds: Floats
    clock: tuple[NDArray[Any], ...]
    columns: dict[str, NDArray[Any]]
    of_day: NDArray[np.float32]
    of_week: NDArray[np.float32]
    usual: Floats
    dispersion: Floats
    level: NDArray[np.int8]
    opened: NDArray[np.bool_]
    claims: Floats
    """[room, each, 2 + names of _claim_kinds]: the series, the minute's place, and what was claimed."""

    @classmethod
    def of(
        cls,
        state: State,
        counts: Floats,
        first: int,
        settings: Settings,
        deaf: NDArray[np.bool_] | None,
        lift: Lift | None,
        newcomers: Floats | None,
        room: tuple[int, int],
    ) -> _Given:
        series, minutes = counts.shape
        thresholds = [np.broadcast_to(getattr(settings, name), series) for name in THRESHOLDS]
        return cls(
            counts=counts,
            deaf=np.ascontiguousarray(np.zeros(counts.shape, np.bool_) if deaf is None else deaf),
            lift=Lift(*map(np.ascontiguousarray, Lift.none(*counts.shape) if lift is None else lift)),
            newcomers=np.ascontiguousarray(np.zeros(counts.shape) if newcomers is None else newcomers),
            thresholds=np.array(thresholds, dtype=np.float64).reshape(len(THRESHOLDS), series),
            clock=_clock(state.minute, first, minutes),
            columns={name: np.array(np.atleast_2d(getattr(state, name))) for name in COLUMNS},
            of_day=np.array(state.of_day),
            of_week=np.array(state.of_week),
            usual=np.empty(counts.shape),
            dispersion=np.empty(counts.shape),
            level=np.empty(counts.shape, np.int8),
            opened=np.empty(counts.shape, np.bool_),
            claims=np.empty((*room, 2 + len(_claim_kinds(False)))),
        )

    def arguments(self) -> Iterator[Any]:
        """In the order of the loop's parameters."""
        yield from (self.counts, self.deaf, *self.lift, self.newcomers, self.thresholds, *self.clock)
        yield from self.columns.values()
        yield from (self.of_day, self.of_week, self.usual, self.dispersion, self.level, self.opened)
        yield self.claims

    def course(self, state: State, first: int, settings: Settings, claimed: int) -> Course:
        """What the loop has written, in our own types."""
        minutes = self.counts.shape[1]
        columns: dict[str, Any] = {
            name: array if COLUMNS[name][1] else array[0] for name, array in self.columns.items()
        }
        last = first + minutes - 1 if minutes else state.minute
        after = replace(state, minute=last, of_day=tuple(self.of_day), of_week=tuple(self.of_week), **columns)
        claims = tuple(_claim(rows, first, settings) for rows in self.claims[:claimed])
        return Course(after, first, self.usual, self.dispersion, self.level, self.opened, claims)


def _clock(before: int, first: int, minutes: int) -> tuple[NDArray[Any], ...]:
    """For each minute: its number, whether it closes an hour, which rows of the tables that is, and the
    rows of the hours AROUND it with the nearness of the one after it."""
    minute = np.arange(first, first + minutes, dtype=np.int64)
    previous = np.concatenate([[before], minute[:-1]])[:minutes].astype(np.int64)
    closes = (previous != NO_MINUTE) & (previous // 60 != minute // 60)
    hour = baseline.Hour.of(minute)
    hours = (previous // 60, *(hour.before + k for k in AROUND))
    rows = (table(one) for one in hours for table in (baseline.hour_of_week, baseline.hour_of_day))
    return (minute.astype(np.int32), closes, *rows, hour.nearness)


CLOCK = ("minutes", "closes", "week_closed", "day_closed", *(f"row_{name}" for name in TABLES), "nearness_of")


def _claim(rows: Floats, first: int, settings: Settings) -> Claim:
    """A claim from the numbers that the loop wrote about each of a monitor's series."""
    each, series = len(rows), int(rows[0, 0])
    minute = first + int(rows[0, 1])
    numbers: dict[str, Any] = {
        name: column.astype(kind)
        for (name, kind), column in zip(_claim_kinds(False).items(), rows[:, 2:].T, strict=True)
    }
    own = settings.part(slice(series, series + each))
    return Claim(series // each, minute, Evidence(minute=minute, settings=own, **numbers))


@cache
def _traced(asked: bool) -> tuple[Program, dict[str, Traced], dict[str, Traced], Any]:
    """A minute of one series: the statements, its columns afterwards, its claim, and the minute itself."""
    program = Program()
    past = {name: program.input(name, kind, rows) for name, (kind, rows, _) in COLUMNS.items()}
    settings = _traced_settings(program, asked)
    hour = baseline.Hour(0, 1, cast(Floats, program.input("nearness", np.float64)))
    rows = [program.input(name, np.float32) for name in TABLES]
    tables = SimpleNamespace(
        of_week={baseline.hour_of_week(k): row for k, row in zip(AROUND, rows[::2], strict=True)},
        of_day={baseline.hour_of_day(k): row for k, row in zip(AROUND, rows[1::2], strict=True)},
    )
    now = live._prepared(
        cast(State, tables),
        cast(dict[str, NDArray[Any]], past),
        slice(None),
        cast(Floats, program.input("count", np.float64)),
        cast(Floats, program.input("whole_count", np.float64)),
        cast(NDArray[np.bool_], program.input("is_deaf", np.bool_)),
        Lift(*(cast(Floats, program.input(name, np.float64)) for name in ("lifted", "widened"))),
        cast(Floats, program.input("beside", np.float64)),
        hour,
        cast(int, program.input("minute", np.int32)),
        1.0,
    )
    after, claim = live._passed(now, turned(settings, cast(Floats, past["knob"])))
    return program, cast(dict[str, Traced], after), cast(dict[str, Traced], claim), now


def _traced_settings(program: Program, asked: bool) -> Settings:
    """The settings as columns; the knob is left out where nobody asks for it."""
    settings = copy(BALANCED)
    for name in THRESHOLDS:
        if asked or name != "alarms_a_week":
            object.__setattr__(settings, name, program.input(f"set_{name}", np.float64))
    return settings


@cache
def _claim_kinds(asked: bool) -> dict[str, np.dtype[Any]]:
    """The names and types of what is claimed."""
    return {name: column.dtype for name, column in _traced(asked)[2].items()}


def _hour_closed() -> tuple[list[str], dict[str, str]]:
    """The statements that close an hour, and what is set by them."""
    program = Program()
    columns: dict[str, Any] = {
        name: program.input(name, kind, rows) for name, (kind, rows, _) in COLUMNS.items()
    }
    day, week = program.input("day_row", np.float32), program.input("week_row", np.float32)
    of_day, of_week = {baseline.hour_of_day(0): day}, {baseline.hour_of_week(0): week}
    tables: dict[str, Any] = {
        "of_day": [of_day.get(hour) for hour in range(24)],
        "of_week": [of_week.get(hour) for hour in range(168)],
    }
    after: Any = live._hours_closed(State(minute=59, **columns, **tables), 60)
    changed = {name: getattr(after, name).names[0] for name in ("hour_sum", "hour_minutes")}
    changed["day_row"] = after.of_day[baseline.hour_of_day(0)].names[0]
    changed["week_row"] = after.of_week[baseline.hour_of_week(0)].names[0]
    return program.lines, changed


def _knob() -> tuple[list[str], str]:
    """The statements that move the knob, and its name afterwards."""
    program = Program()
    alarms, known = program.input("alarm", np.bool_), program.input("heard", np.bool_)
    after: Any = moved(
        cast(Floats, program.input("knob", np.float64)),
        _traced_settings(program, asked=True),
        cast(NDArray[np.bool_], alarms),
        cast(NDArray[np.bool_], known),
    )
    return program.lines, after.names[0]


def _source(asked: bool) -> str:
    """The loop as Python that Numba can compile."""
    program, after, claim, now = _traced(asked)
    usual = cast(Traced, np.where(now.seen, now.expected, np.nan))
    columns = [(f"{name}_{row}", f"col_{name}[{row}, i]") for name in COLUMNS for row in range(_rows(name))]
    loads = [f"{_plain(name)} = {place}" for name, place in columns]
    stores = [
        f"col_{name}[{row}, i] = {after[name].names.reshape(-1)[row]}"
        for name in after
        for row in range(_rows(name))
    ]
    hour_lines, changed = _hour_closed()
    closing = [
        *hour_lines,
        *(f"{name} = {value}" for name, value in changed.items() if name.startswith("hour")),
        f"of_day[day_closed[m], i] = {changed['day_row']}",
        f"of_week[week_closed[m], i] = {changed['week_row']}",
    ]
    claims = [f"said[i - monitor, {2 + k}] = {column.names[0]}" for k, column in enumerate(claim.values())]
    parameters = [
        "each", "alarming", "counts", "deaf", "times", "wide", "newcomers", "thresholds", *CLOCK,
        *(f"col_{name}" for name in COLUMNS),
        "of_day", "of_week", "usual", "dispersion_of", "level_of", "opened_of", "claims",
    ]  # fmt: skip
    thresholds = [f"set_{name} = thresholds[{k}, i]" for k, name in enumerate(THRESHOLDS)]
    knob_lines, knob = _knob() if asked else ([], "nan")
    body = [
        "import math", "import numpy as np", "import numba",
        "from alerts.detection.selecting import select", "nan, inf = math.nan, math.inf", "",
        "@numba.njit(cache=KEEP, nogil=True, error_model='numpy')",
        f"def loop({', '.join(parameters)}):",
        "  n = 0",
        "  series, length = counts.shape",
        "  said = np.empty(claims.shape[1:])",
        "  for monitor in range(0, series, each):",
        "    for m in range(length):",
        "      minute, nearness = minutes[m], nearness_of[m]",
        "      alarm, heard, lasts, changed = False, False, False, False",
        "      for i in range(monitor, monitor + each):",
        *_indented(4, loads),
        "        if closes[m]:",
        "          day_row, week_row = of_day[day_closed[m], i], of_week[week_closed[m], i]",
        *_indented(5, closing),
        "        count, is_deaf, lifted, widened = counts[i, m], deaf[i, m], times[i, m], wide[i, m]",
        "        beside = newcomers[i, m]",
        "        heard = heard | (count == count)",
        "        whole_count = counts[partner, m] if partner >= 0 else 0.0",
        *_indented(4, [f"{name} = of_{name.split('_')[0]}[row_{name}[m], i]" for name in TABLES]),
        *_indented(4, thresholds),
        *_indented(4, program.lines),
        *_indented(4, stores),
        f"        usual[i, m], dispersion_of[i, m] = {usual.names[0]}, {now.dispersion.names[0]}",
        f"        level_of[i, m], opened_of[i, m] = {claim['level'].names[0]}, {claim['opened'].names[0]}",
        f"        alarm = alarm | (alarming[i - monitor] & {claim['firing'].names[0]} & (not firing))",
        f"        long_ago = minute - {after['turned'].names[0]} >= {LONG}",
        f"        lasts = lasts | (alarming[i - monitor] & {claim['firing'].names[0]} & long_ago)",
        f"        changed = changed | ({claim['level'].names[0]} > level) | {claim['ended'].names[0]}",
        "        said[i - monitor, 0], said[i - monitor, 1] = i, m",
        *_indented(4, claims),
        "      if changed:",
        "        if n < len(claims):",
        "          for i in range(each):",
        "            for k in range(said.shape[1]):",  # `claims[n] = said` takes a third of all compiling
        "              claims[n, i, k] = said[i, k]",
        "        n += 1",
        "      heard = heard and not lasts",
        "      for i in range(monitor, monitor + each):",
        "        knob = col_knob[0, i]",
        *_indented(4, thresholds if asked else []),
        *_indented(4, knob_lines),
        f"        col_knob[0, i] = {knob}",
        "  return n",
    ]  # fmt: skip
    return "\n".join(body) + "\n"


def _rows(name: str) -> int:
    return max(COLUMNS[name][1], 1)


def _plain(name: str) -> str:
    """`level_0` is called `level` where there is but one row."""
    column = name.rpartition("_")[0]
    return name if COLUMNS[column][1] else column


def _indented(steps: int, lines: list[str]) -> list[str]:
    return ["  " * steps + line for line in lines]


_COMPILING = Lock()


def _kernel(asked: bool) -> Any:
    """The compiled loop. Back-tests and the tick run in threads: one of them makes it, the others wait."""
    with _COMPILING:
        return _compiled(asked)


@cache
def _compiled(asked: bool) -> Any:
    """From the disk where it has been compiled before."""
    return loaded("live", _source(asked)).loop
