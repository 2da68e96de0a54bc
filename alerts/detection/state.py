"""What the live detector remembers: NumPy arrays, one entry per series, about 0.95 kB each.

A series is one monitor x one signal. It is of the kind "volume" (judged by its count), or of the kind
"negative": then it has a partner, the series that counts the same monitor's mentions of any sentiment,
and is judged by its count and by its share of the partner's.
"""

import json
import struct
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

RATES = (2.0, 4.0, 16.0)
"""Multiples of the expected rate that the three running windows look for: slow, middling, sudden."""

HOURS_OF_DAY = 24
HOURS_OF_WEEK = 168
NO_MINUTE = -1
MAGIC = b"tocsin-live"
LONGEST_HEAD = 200
"""Bytes in which the header of what `State.to_bytes` writes lies."""
VERSION = 3

_COLUMNS: dict[str, tuple[type, int, float]] = {
    # name: (type, rows (0: a plain array), value of a new series)
    "partner": (np.int32, 0, -1),
    "harm": (np.bool_, 0, False),
    "history": (np.int32, 0, 0),
    "trailing": (np.float64, 0, 0.0),
    "recent_learned": (np.float64, 0, 0.0),
    "recent_season": (np.float64, 0, 0.0),
    "half_hour": (np.float64, 0, 0.0),
    "half_hour_expected": (np.float64, 0, 0.0),
    "dispersion": (np.float64, 0, 1.5),
    "hour_sum": (np.float64, 0, 0.0),
    "hour_minutes": (np.int16, 0, 0),
    "usual_part": (np.float64, 0, 0.0),
    "usual_whole": (np.float64, 0, 0.0),
    "observed": (np.float64, len(RATES), 0.0),
    "expected": (np.float64, len(RATES), 0.0),
    "whole": (np.float64, len(RATES), 0.0),
    "dropped": (np.float32, len(RATES), 0.0),
    "since": (np.int32, len(RATES), NO_MINUTE),
    "firing": (np.bool_, 0, False),
    "level": (np.int8, 0, 0),
    "quiet": (np.int16, 0, 0),
    "turned": (np.int32, 0, NO_MINUTE),
    "met": (np.int16, 0, 0),
    "knob": (np.float64, 0, np.nan),
}


@dataclass(frozen=True)
class State:
    """All that `advance` needs to know of the past. Immutable: `advance` returns a new one.

    minute: the last closed minute (unix minutes), or -1 before the first.
    partner [S]: index of the volume series of a negative series; -1 for a volume series.
    harm [S]: counts mentions that speak of harm, of which few are needed.
    history [S]: minutes with data so far.
    trailing [S]: mentions a minute over the last hours (a running mean until three hours are full).
    recent_learned, recent_season [S]: learned mentions and seasonal expectation, with a memory of a day.
    half_hour, half_hour_expected [S]: observed and expected, with a memory of half an hour.
    dispersion [S]: variance over mean of the count of about an hour, at least 1.
    hour_sum, hour_minutes [S]: learned mentions and minutes of the hour that is running.
    usual_part, usual_whole [S]: negative and all mentions (negative series), or mentions and minutes (harm
        series), with a memory of a week; 0 for the others.
    observed, expected, whole, dropped, since [3, S]: the three running windows, see live.py.
    firing, level, quiet [S]: open alert, its highest level, minutes without evidence.
    turned [S]: the minute in which the alert last opened or ended.
    met [S]: minutes without a break in which all that an alert needs was there.
    knob [S]: the score needed for the alarms asked for a week, over that begun with (knob.py); NaN: none are.
    of_day: 24 arrays [S], of_week: 168 arrays [S]: mentions a minute in that hour; NaN is never seen.
    """

    minute: int
    partner: NDArray[np.int32]
    harm: NDArray[np.bool_]
    history: NDArray[np.int32]
    trailing: NDArray[np.float64]
    recent_learned: NDArray[np.float64]
    recent_season: NDArray[np.float64]
    half_hour: NDArray[np.float64]
    half_hour_expected: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    hour_sum: NDArray[np.float64]
    hour_minutes: NDArray[np.int16]
    usual_part: NDArray[np.float64]
    usual_whole: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    whole: NDArray[np.float64]
    dropped: NDArray[np.float32]
    since: NDArray[np.int32]
    firing: NDArray[np.bool_]
    level: NDArray[np.int8]
    quiet: NDArray[np.int16]
    turned: NDArray[np.int32]
    met: NDArray[np.int16]
    knob: NDArray[np.float64]
    of_day: tuple[NDArray[np.float32], ...]
    of_week: tuple[NDArray[np.float32], ...]

    @classmethod
    def empty(cls, series: int, *, partner: ArrayLike | None = None) -> Self:
        """The state of `series` series that nothing is known about yet.

        partner [S]: for a negative series the index of its volume series, -1 for the others; all are
        volume series when it is not given. ValueError when an index is out of range or points at a
        series that has a partner itself.
        """
        columns: dict[str, Any] = {}
        for name, (kind, rows, value) in _COLUMNS.items():
            shape = (rows, series) if rows else (series,)
            columns[name] = np.full(shape, value, dtype=kind)
        if partner is not None:
            columns["partner"] = _checked_partner(partner, 0, series)
        never = np.full(series, np.nan, dtype=np.float32)
        return cls(
            minute=NO_MINUTE, of_day=(never,) * HOURS_OF_DAY, of_week=(never,) * HOURS_OF_WEEK, **columns
        )

    @staticmethod
    def column_names() -> tuple[str, ...]:
        """The fields that are one array over all series (not the tables, not the minute)."""
        return tuple(_COLUMNS)

    @property
    def series(self) -> int:
        """How many series there are."""
        return len(self.partner)

    @property
    def bytes_per_series(self) -> float:
        """Size of the state for each series, in bytes."""
        tables = (HOURS_OF_DAY + HOURS_OF_WEEK) * 4
        return float(
            tables + sum(np.dtype(kind).itemsize * max(rows, 1) for kind, rows, _ in _COLUMNS.values())
        )

    def grow(self, n: int, *, partner: ArrayLike | None = None) -> Self:
        """The same state with `n` more series at the end; `partner` [n] holds indices into the whole."""
        more = type(self).empty(n)
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(more, name)], axis=-1) for name in _COLUMNS
        }
        if partner is not None:
            columns["partner"][self.series :] = _checked_partner(partner, self.series, n)
        return replace(
            self,
            of_day=tuple(np.concatenate([a, b]) for a, b in zip(self.of_day, more.of_day, strict=True)),
            of_week=tuple(np.concatenate([a, b]) for a, b in zip(self.of_week, more.of_week, strict=True)),
            **columns,
        )

    def to_bytes(self) -> bytes:
        """The state as bytes: a header (magic, version, JSON) and the arrays, little endian. No pickle."""
        arrays = [*(getattr(self, name) for name in _COLUMNS), *self.of_day, *self.of_week]
        head = json.dumps({"minute": self.minute, "series": self.series}).encode()
        parts = [MAGIC, struct.pack("<HI", VERSION, len(head)), head]
        return b"".join(parts + [a.astype(a.dtype.newbyteorder("<"), copy=False).tobytes() for a in arrays])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What to_bytes wrote, to the digit. ValueError for anything else, or another version."""
        head, offset = _head(data)
        empty, end = cls.empty(head["series"]), len(data)
        columns: dict[str, Any] = {}
        for name in _COLUMNS:
            columns[name], offset = _taken(data, offset, getattr(empty, name))
        tables = []
        for row in (*empty.of_day, *empty.of_week):
            values, offset = _taken(data, offset, row)
            tables.append(values)
        if offset != end:
            raise ValueError("state of the live detector is longer than it should be")
        of_day, of_week = tuple(tables[:HOURS_OF_DAY]), tuple(tables[HOURS_OF_DAY:])
        return replace(empty, minute=head["minute"], of_day=of_day, of_week=of_week, **columns)


def place_of(head: bytes, name: str, first: int, n: int) -> tuple[int, int]:
    """Where in what `to_bytes` wrote the entries of a plain column lie: offset and length, in bytes.

    head: its first LONGEST_HEAD bytes. first, n: of which series on, and of how many.
    """
    said, offset = _head(head)
    for column, (kind, rows, _) in _COLUMNS.items():
        size = np.dtype(kind).itemsize
        if column == name:
            return offset + first * size, n * size
        offset += size * max(rows, 1) * int(said["series"])
    raise KeyError(name)


def entries_of(data: bytes, name: str) -> NDArray[Any]:
    """The entries that `place_of` led to."""
    return np.frombuffer(data, np.dtype(_COLUMNS[name][0]).newbyteorder("<"))


def _head(data: bytes) -> tuple[dict[str, Any], int]:
    """What the header says, and where the arrays begin; ValueError as in `State.from_bytes`."""
    start = len(MAGIC) + 6
    if data[: len(MAGIC)] != MAGIC or len(data) < start:
        raise ValueError("not a state of the live detector")
    version, length = struct.unpack("<HI", data[len(MAGIC) : start])
    if version != VERSION:
        raise ValueError(f"state of version {version}, this code reads version {VERSION}")
    return json.loads(data[start : start + length]), start + length


def _taken(data: bytes, offset: int, like: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """An array of the type and shape of `like` from `data` at `offset`, and the offset behind it."""
    end = offset + like.nbytes
    if end > len(data):
        raise ValueError("state of the live detector is cut short")
    values = np.frombuffer(data, dtype=like.dtype.newbyteorder("<"), count=like.size, offset=offset)
    return values.reshape(like.shape).astype(like.dtype), end


def _checked_partner(partner: ArrayLike, first: int, n: int) -> NDArray[np.int32]:
    """`partner` as an array of n indices below first + n; ValueError when it is not."""
    indices = np.asarray(partner, dtype=np.int32)
    if indices.shape != (n,):
        raise ValueError(f"partner has the shape {indices.shape}, not ({n},)")
    if n and (indices.min() < -1 or indices.max() >= first + n):
        raise ValueError("partner points outside the series")
    own = indices[indices >= first] - first
    if np.any(indices[own] >= 0):
        raise ValueError("a partner must be a volume series")
    return indices
