"""What a source brings on its first day beside others, and how it becomes part of what is usual. Pure.

That a source began is no spike, and what is usual of it nobody knows yet. So what it brings is put aside: the
series are judged, and learn, as if it were not there, so that it hides nothing either. Two things are judged
all the same:

a burst of its own: in the last WINDOW minutes TIMES what is usual of it, and LEAST, with NATS of evidence,
    once KNOWN_AFTER minutes before that are known since it first spoke. Then it is counted, and what is usual
    of it is expected on top: the mean of its busiest three hours so far, so that no morning is a burst.
harm: from its first minute on, expected as often as it was said so far: (said + 1) / (minutes + 180). Of many
    newcomers that 1 is there once, for what is known least of: else a hundred feeds that are added together
    would hide what is said of harm.

After a day, if it still speaks, each hour of it, smoothed 1:2:1 by its neighbours, is added to what is known
of that hour of the day, and of the week. One day is not yet a week: the dispersion is larger by the part that
it has of what is expected, and finds back within days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alerts.detection import baseline
from alerts.detection.formulae import Floats, count_evidence
from alerts.detection.state import HOURS_OF_DAY, State

WINDOW = 30
KNOWN_AFTER = 180
TIMES = 6.0
"""As many as a monitor needs on its first day (`ratio` x `cold_ratio`); so are the nats."""
LEAST = 6.0
NATS = 21.0
HARM_PRIOR = (1.0, 180.0)
"""Mentions of harm and minutes that stand for what is not known yet: four voices within ten minutes are
enough at first, three when nobody has spoken of it for half a day."""


@dataclass(frozen=True)
class Joined:
    """What a newcomer brought on its first day to neighbouring series from `at` on.

    of_day [hour of UTC, series]: mentions a minute; late [series]: those in its last three hours.
    """

    at: int
    of_day: Floats
    late: Floats

    @property
    def mean(self) -> Floats:
        """[series]: mentions a minute over the day."""
        mean: Floats = self.of_day.mean(axis=0)
        return mean


Joining = Mapping[int, Sequence[Joined]]
"""Who has been heard for a day, by the minute before which that becomes usual."""


@dataclass(frozen=True)
class Newcomers:
    """expected [series, minute]: what is usual of those that are counted, 0 where none are; and who joins."""

    expected: Floats
    joining: Joining

    def part(self, columns: slice) -> Newcomers:
        """Of some of the minutes; who joins stays, by the number of the minute."""
        return replace(self, expected=self.expected[:, columns])


def usual(counts: Floats) -> Floats:
    """What is usual of a newcomer in each minute, mentions a minute; counts [series, minute] since it began.

    Of what lies before the last WINDOW minutes alone.
    """
    total = _before(counts)
    end = np.maximum(np.arange(counts.shape[1]) - WINDOW, 0)
    lately = total[:, end] - total[:, np.maximum(end - baseline.TRAILING_MINUTES, 0)]
    busiest = np.maximum.accumulate(lately, axis=1) / baseline.TRAILING_MINUTES
    return np.maximum(busiest, baseline.COLD_RATE)


def bursts(counts: Floats) -> NDArray[np.bool_]:
    """[minute]: whether the minutes before it hold a burst of any of the series; counts as in `usual`."""
    total, minute = _before(counts), np.arange(counts.shape[1])
    begin = np.maximum(minute - WINDOW, 0)
    recent, expected = total[:, minute] - total[:, begin], WINDOW * usual(counts)
    known = begin >= counts.any(axis=0).argmax() + KNOWN_AFTER
    evidence = count_evidence(recent, expected, np.ones_like(recent))
    found = (recent >= LEAST) & (recent >= TIMES * expected) & (evidence >= NATS) & known
    burst: NDArray[np.bool_] = found.max(axis=0)
    return burst


def usual_harm(counts: Floats) -> tuple[Floats, Floats]:
    """[minute]: mentions of harm that are expected of a newcomer; counts [minute] since it began.

    First for what it said so far, then for what is not known of it yet.
    """
    said, minutes = HARM_PRIOR
    known: Floats = np.arange(len(counts), dtype=np.float64) + minutes
    heard: Floats = _before(counts[None])[0, :-1] / known
    return heard, said / known


def day_of(counts: Floats, first: int) -> tuple[Floats, Floats]:
    """`Joined.of_day` and `Joined.late` of a day of counts [series, minute] from minute `first` on."""
    hours = np.zeros((HOURS_OF_DAY, len(counts)))
    np.add.at(hours, (np.arange(first, first + baseline.DAY) // 60) % HOURS_OF_DAY, counts.T)
    smooth = (np.roll(hours, 1, axis=0) + 2 * hours + np.roll(hours, -1, axis=0)) / 4
    return smooth / 60, counts[:, -baseline.TRAILING_MINUTES :].mean(axis=1)


def lasts(counts: Floats) -> bool:
    """Whether who brought this day of counts still spoke in its second half.

    Who was only tried for some hours would else be expected for weeks, and hide what the old sources say.
    """
    return bool(counts[:, baseline.DAY // 2 :].any())


def joined_by(state: State, minute: int, joining: Joining) -> State:
    """The state that knows of those who join before this minute as if they had always been there."""
    if minute not in joining:
        return state
    columns = {name: getattr(state, name).copy() for name in _LEARNED}
    of_day, of_week = [hour.copy() for hour in state.of_day], [hour.copy() for hour in state.of_week]
    for one in joining[minute]:
        part = slice(one.at, one.at + one.of_day.shape[1])
        for hours in (of_day, of_week):
            for h, row in enumerate(hours):
                row[part] += one.of_day[h % HOURS_OF_DAY].astype(np.float32)
        now = baseline.hour_of_day(state.minute // 60)
        columns["hour_sum"][part] += state.hour_minutes[part] * one.of_day[now]
        columns["trailing"][part] += one.late
        day = _known(state, part, baseline.LEVEL_MINUTES)
        before = state.recent_season[part] / np.maximum(day, 1)
        columns["dispersion"][part] += one.mean / np.maximum(before + one.mean, baseline.LEAST_RATE)
        for name in ("recent_learned", "recent_season"):
            columns[name][part] += one.mean * day
        shared = state.partner[part] >= 0
        week = _known(state, part, SHARE_MINUTES)
        whole = np.where(shared, one.mean[np.maximum(state.partner[part] - one.at, 0)], 0.0)
        columns["usual_part"][part] += np.where(shared | state.harm[part], one.mean, 0.0) * week
        columns["usual_whole"][part] += whole * week
    return replace(state, of_day=tuple(of_day), of_week=tuple(of_week), **columns)


SHARE_MINUTES = 10_080
"""The memory of shares and of harm (`live`)."""
_LEARNED = (
    "hour_sum",
    "trailing",
    "dispersion",
    "recent_learned",
    "recent_season",
    "usual_part",
    "usual_whole",
)


def _known(state: State, part: slice, memory: float) -> Floats:
    """How many minutes a sum with that memory stands for."""
    minutes: Floats = np.minimum(state.history[part], memory)
    return minutes


def _before(counts: Floats) -> Floats:
    """The sums before each minute, and before the one after the last."""
    return np.pad(np.cumsum(counts, axis=1), ((0, 0), (1, 0)))
