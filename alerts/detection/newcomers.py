"""What a source brings on its first day beside others, and how it becomes part of what is usual. Pure.

That a source began is no spike, and what is usual of it nobody knows yet. So what it brings is put aside: the
series are judged, and learn, as if it were not there, so that it hides nothing either. Two things are judged
all the same:

a burst of its own: in the last WINDOW minutes TIMES what is usual of it, and LEAST, with NATS of evidence,
    once KNOWN_AFTER minutes before that are known since it first spoke: ordinary minutes, by the rhythm of
    the day of what the monitor heard before, unless the hour is hardly busier than those; and in the MORNING
    as many of OPEN hours, for it may keep office hours where the others do not (who begins at night would be
    a burst in the morning). A share of negative mentions that is TURNED is a burst without that: shares have
    no morning. Then it is counted, and what is usual of it is expected on top: the mean of its busiest three
    hours so far, so that no morning is a burst.
    So are all together that have been listened to for as long, without the one that says most: what is spread
    over many is a burst of none of them, and one that begins late is none of all.
harm: from its first minute on, expected as often as it was said so far: (said + 1) / (minutes + 180). Of many
    newcomers that 1 is there once, for what is known least of: else a hundred feeds that are added together
    would hide what is said of harm.

After a day, if it still speaks, each hour of it, cut at four times its median hour and smoothed 1:2:1 by its
neighbours, is added to what is known of that hour of the day, and of the week. One day is not yet a week: the
dispersion is larger by the part that it has of what is expected, and finds back within days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from alerts.detection import baseline
from alerts.detection.clock import ahead_of_utc
from alerts.detection.evidence import SHARE_WORTH
from alerts.detection.formulae import Floats, count_evidence, share_evidence
from alerts.detection.live import SHARE_PRIOR
from alerts.detection.state import HOURS_OF_DAY, HOURS_OF_WEEK, State

BURSTING = ("volume", "negative", "independent")
"""The signals that can be a burst; reach and praise go with them. Harm and voices that weigh always count."""
WINDOW = 30
KNOWN_AFTER = 180
TIMES = 6.0
"""As many as a monitor needs on its first day (`ratio` x `cold_ratio`); so are the nats."""
LEAST = 6.0
NATS = 21.0
TURNED = 1.5
"""Times the usual share of negative mentions, as on a monitor's first day."""
HARDLY_BUSIER = 2.0
"""Times the hours in which it was heard."""
OPEN, MORNING = range(9, 18), range(6, 12)
"""Hours by the audience's clocks: in which offices are open, and in which any of them begins to speak."""
RHYTHM_PRIOR = 6.0
"""Mentions that stand for an hour of the day like any other."""
HARM_PRIOR = (1.0, 180.0)
"""Mentions of harm and minutes that stand for what is not known yet: four voices within ten minutes are
enough at first, three when nobody has spoken of it for half a day."""


CUT_TIMES, CUT_LEAST = 4.0, 4.0
"""An hour of the first day is learned up to so many times the median of those in which it spoke, and up to so
many mentions."""


@dataclass(frozen=True)
class Joined:
    """What comes on top of neighbouring series from `at` on.

    of_day [hour of UTC, series], of_week [hour of the week, series]: mentions a minute; late [series]: those
    of the last three hours.
    """

    at: int
    of_day: Floats
    of_week: Floats
    late: Floats

    def change(self, known: State) -> None:
        """Let the state know of it as if it had always been there; its arrays are changed in place."""
        part, mean = slice(self.at, self.at + len(self.late)), self.of_day.mean(axis=0)
        for tables, rates in ((known.of_day, self.of_day), (known.of_week, self.of_week)):
            for row, rate in zip(tables, rates, strict=True):
                row[part] += rate.astype(np.float32)
        now = self.of_week[baseline.hour_of_week(known.minute // 60)]
        known.hour_sum[part] += known.hour_minutes[part] * now
        known.trailing[part] += self.late
        day = _known(known, part, baseline.LEVEL_MINUTES)
        before = known.recent_season[part] / np.maximum(day, 1)
        known.dispersion[part] += mean / np.maximum(before + mean, baseline.LEAST_RATE)
        known.recent_learned[part] += mean * day
        known.recent_season[part] += mean * day
        shared, whole = _wholes(known, part)
        week = _known(known, part, SHARE_MINUTES)
        known.usual_part[part] += np.where(shared | known.harm[part], mean, 0.0) * week
        known.usual_whole[part] += np.where(shared, mean[whole], 0.0) * week


@dataclass(frozen=True)
class Left:
    """What part of neighbouring series from `at` on is still to be expected, 0..1, now that a source is off.

    of_day [hour of UTC, series], of_week [hour of the week, series], mean [series]: over all hours.
    """

    at: int
    of_day: Floats
    of_week: Floats
    mean: Floats

    def change(self, known: State) -> None:
        """Let the state know of no more than that; its arrays are changed in place."""
        part = slice(self.at, self.at + len(self.mean))
        for tables, kept in ((known.of_day, self.of_day), (known.of_week, self.of_week)):
            for row, one in zip(tables, kept, strict=True):
                row[part] *= one.astype(np.float32)
        now = self.of_week[baseline.hour_of_week(known.minute // 60)]
        for column in (known.hour_sum, known.trailing):
            column[part] *= now
        for column in (known.recent_learned, known.recent_season):
            column[part] *= self.mean
        shared, whole = _wholes(known, part)
        known.usual_part[part] *= np.where(shared, self.mean, 1.0)
        known.usual_whole[part] *= np.where(shared, self.mean[whole], 1.0)


Joining = Mapping[int, Sequence[Joined | Left]]
"""Who becomes usual, or is not any more, by the minute before which that happens."""


@dataclass(frozen=True)
class Newcomers:
    """expected [series, minute]: what is usual of those that are counted, 0 where none are; and who joins."""

    expected: Floats
    joining: Joining

    def part(self, columns: slice) -> Newcomers:
        """Of some of the minutes; who joins stays, by the number of the minute."""
        return replace(self, expected=self.expected[:, columns])


def usual(total: Floats, at: NDArray[np.int64]) -> Floats:
    """[series, at]: what is usual of a newcomer in these of its minutes, mentions a minute.

    Of what lies before the last WINDOW minutes alone. total [series, minute]: mentions since it began, and
    before each minute.
    """
    end = np.maximum(at - WINDOW, 0)
    minute = np.arange(end.max(initial=0) + 1)
    lately = total[:, minute] - total[:, np.maximum(minute - baseline.TRAILING_MINUTES, 0)]
    busiest: Floats = np.maximum.accumulate(lately, axis=1)[:, end] / baseline.TRAILING_MINUTES
    return np.maximum(busiest, baseline.COLD_RATE)


def ordinary(rhythm: Floats, first: int) -> Floats:
    """[minute]: ordinary minutes that have gone by before each minute of the first day, from `first` on.

    rhythm [hour of UTC]: how many times the ordinary is said in it.
    """
    passed = np.zeros(baseline.DAY + 1)
    np.cumsum(rhythm[np.arange(first, first + baseline.DAY) // 60 % HOURS_OF_DAY], out=passed[1:])
    return passed


def rhythm_of(hours: Floats) -> Floats:
    """[hour of UTC]: how many times the ordinary is said in it; hours: mentions in each in a week."""
    rhythm: Floats = (hours + RHYTHM_PRIOR) / (hours.mean() + RHYTHM_PRIOR)
    return rhythm


class Hours(NamedTuple):
    """The hours of a newcomer's first day."""

    passed: Floats
    """[minute]: as `ordinary`."""
    open: Floats
    """[minute]: minutes of OPEN hours that have gone by before it."""
    morning: NDArray[np.bool_]
    """[minute]: whether it lies in the MORNING."""


def hours_of(rhythm: Floats, first: int, zone: ZoneInfo) -> Hours:
    """Those of the day that begins with minute `first`; the audience lives by the clocks of `zone`."""
    ahead = int(ahead_of_utc(zone, first))
    clock = (np.arange(first, first + baseline.DAY + 1) + ahead) // 60 % HOURS_OF_DAY
    gone = np.zeros(baseline.DAY + 1)
    np.cumsum(np.isin(clock[:-1], OPEN), out=gone[1:])
    return Hours(ordinary(rhythm, first), gone, np.isin(clock, MORNING))


def bursts(
    total: Floats, at: NDArray[np.int64], loudest: Floats | float = 0.0, hours: Hours | None = None
) -> NDArray[np.bool_]:
    """[at]: whether the minutes before these hold a burst of any of the series; arguments as in `usual`.

    The series are those of BURSTING. loudest [series, at]: what is left out of those minutes. hours: of the
    day that `total` begins with; None: all are alike.
    """
    begin = np.maximum(at - WINDOW, 0)
    recent, expected = total[:, at] - total[:, begin] - loudest, WINDOW * usual(total, at)
    first = (total > 0).any(axis=0).argmax() - 1
    evidence = count_evidence(recent, expected, np.ones_like(recent))
    found = (recent >= LEAST) & (recent >= TIMES * expected) & (evidence >= NATS)
    burst: NDArray[np.bool_] = found.any(axis=0) & (begin >= first + KNOWN_AFTER)
    if hours is not None and burst.any():
        burst &= _known_by(hours, at, begin, max(int(first), 0)) | _turned(recent, total[:, begin])
    return burst


def _known_by(hours: Hours, at: NDArray[np.int64], begin: NDArray[np.int64], first: int) -> NDArray[np.bool_]:
    """[at]: whether what is usual of it is known well enough for more to be a burst."""
    known = hours.passed[begin] - hours.passed[first]
    now, then = (hours.passed[at] - hours.passed[begin]) / WINDOW, known / np.maximum(begin - first, 1)
    rhythm = (known >= KNOWN_AFTER) | (now <= HARDLY_BUSIER * then)
    offices = hours.open[begin] - hours.open[first] >= KNOWN_AFTER
    found: NDArray[np.bool_] = rhythm & (offices | ~hours.morning[at])
    return found


def _turned(recent: Floats, before: Floats) -> NDArray[np.bool_]:
    """[at]: whether more of what it says is negative than was before, which at no hour is usual."""
    part, whole = (BURSTING.index(name) for name in ("negative", "independent"))
    usual_part, usual_whole = SHARE_PRIOR
    share = (before[part] + usual_part) / (before[whole] + usual_whole)
    evidence = SHARE_WORTH * share_evidence(recent[part], recent[whole], share)
    found: NDArray[np.bool_] = (evidence >= NATS) & (recent[part] >= TURNED * share * recent[whole])
    return found


def usual_harm(said: Floats, at: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """[at]: mentions of harm that are expected of a newcomer in these of its minutes; said [at]: until then.

    First for what it said so far, then for what is not known of it yet.
    """
    prior, minutes = HARM_PRIOR
    known: Floats = (at + minutes).astype(np.float64)
    unknown: Floats = prior / known
    return said / known, unknown


def of_first_day(at: int, counts: Floats, first: int) -> Joined:
    """Who brought this day of counts [series, minute], from minute `first` on, to the series from `at` on."""
    hours: Floats = np.zeros((HOURS_OF_DAY, len(counts)))
    np.add.at(hours, (np.arange(first, first + baseline.DAY) // 60) % HOURS_OF_DAY, counts.T)
    most = _most(hours)
    hours = np.minimum(hours, most)
    smooth = (np.roll(hours, 1, axis=0) + 2 * hours + np.roll(hours, -1, axis=0)) / 4 / 60
    late: Floats = np.minimum(counts[:, -baseline.TRAILING_MINUTES :].mean(axis=1), most / 60)
    return Joined(at, smooth, np.tile(smooth, (HOURS_OF_WEEK // HOURS_OF_DAY, 1)), late)


def _most(hours: Floats) -> Floats:
    """[series]: the mentions of an hour that are learned; more is a crisis, and none of what is usual."""
    spoke = np.sort(np.where(hours > 0, hours, np.nan), axis=0)  # NaN at the end
    many = (hours > 0).sum(axis=0)
    middle = np.take_along_axis(spoke, np.maximum(many - 1, 0)[None] // 2, axis=0)[0]
    bound: Floats = np.maximum(CUT_TIMES * np.nan_to_num(middle), CUT_LEAST)
    return bound


def lasts(counts: Floats) -> bool:
    """Whether who brought this day of counts still spoke in its second half.

    Who was only tried for some hours would else be expected for weeks, and hide what the old sources say.
    """
    return bool(counts[:, baseline.DAY // 2 :].any())


def joined_by(state: State, minute: int, joining: Joining) -> State:
    """The state that knows what those bring, or bring no more, who join or leave before this minute."""
    if minute not in joining:
        return state
    columns = {name: getattr(state, name).copy() for name in _LEARNED}
    of_day, of_week = (tuple(hour.copy() for hour in hours) for hours in (state.of_day, state.of_week))
    known = replace(state, of_day=of_day, of_week=of_week, **columns)
    for one in joining[minute]:
        one.change(known)
    return known


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


def _wholes(state: State, part: slice) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which of these series are judged by their share, too, and the place of the whole among them."""
    partner = state.partner[part]
    return partner >= 0, np.maximum(partner - part.start, 0)
