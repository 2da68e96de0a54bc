"""A source that goes takes its own part out of what is expected, hour by hour, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from alerts.detection.leaving import back, left, minutes_of
from alerts.detection.newcomers import Joined, Left, Newcomers, joined_by
from alerts.judging.roster import EACH, SIGNALS, Around, Table, advanced, empty
from tests.alerts.calm import DAY, Days

FIRST = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // 60
"""A Monday."""
WEEKS = 2
UNTIL = FIRST + 7 * WEEKS * DAY


def by_hours(counts: Table) -> Table:
    """[hour of the week, series] of counts [series, minute] from Monday on."""
    hours: Table = counts.reshape(len(counts), WEEKS, -1, 60).sum(axis=(1, 3)).T
    return hours


def office(counts: Table) -> Table:
    """The same on weekdays from 8 to 18 alone."""
    minute = np.arange(counts.shape[1])
    open_ = (minute // DAY % 7 < 5) & (minute // 60 % 24 >= 8) & (minute // 60 % 24 < 18)
    return np.where(open_, counts, 0)


def test_of_a_few_mentions_the_part_leans_on_that_of_the_day() -> None:
    its, alls = np.zeros((168, 1)), np.zeros((168, 1))
    its[10], alls[10] = 1, 1
    alls[34] = 8
    found = left(its, alls)
    assert found.mean[0] == pytest.approx(8 / 9)
    assert found.of_day[10, 0] == pytest.approx((8 + 3 * 8 / 9) / 12)
    day = found.of_day[10, 0]
    assert found.of_week[[10, 34, 58], 0] == pytest.approx([3 * day / 4, (8 + 3 * day) / 11, day])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_is_what_the_others_say_at_each_hour(seed: int) -> None:
    """A wire that speaks in office hours leaves nights and weekends as they were."""
    days = Days(datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"), [1.0] * 7 * WEEKS, rates=(1.0,))
    others, wire = days.counts(seed), office(10 * days.counts(seed + 50))
    wires, alls = by_hours(wire), by_hours(others + wire)
    with_it, _ = advanced(empty(1), others + wire, FIRST, ())
    alone, _ = advanced(empty(1), others, FIRST, ())
    without = joined_by(with_it, UNTIL, {UNTIL: [left(wires, alls)]})
    volume = SIGNALS.index("volume")
    found, wanted = (np.array([row[volume] for row in state.of_week]) for state in (without, alone))
    night = np.r_[0:7, 120:168]
    assert found[night] == pytest.approx(np.array(with_it.of_week)[night, volume], rel=0.1)
    assert found[8:18] == pytest.approx(wanted[8:18], rel=0.35)
    assert found[8:18].mean() == pytest.approx(wanted[8:18].mean(), rel=0.1)
    again = joined_by(without, UNTIL, {UNTIL: [back(wires, minutes_of(FIRST, UNTIL), UNTIL // 60)]})
    weekday = np.array([row[volume] for row in again.of_week])[10:16]
    assert weekday == pytest.approx(np.array(with_it.of_week)[10:16, volume], rel=0.15)


def test_harm_and_other_monitors_stay_as_they_were() -> None:
    days = Days(datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"), [1.0] * 7 * WEEKS, rates=(1.0, 2.0))
    counts = days.counts(4)
    state, _ = advanced(empty(2), counts, FIRST, ())
    part = by_hours(counts[:EACH] // 2)
    part[:, SIGNALS.index("harm")] = 0
    gone = joined_by(state, UNTIL, {UNTIL: [left(part, by_hours(counts[:EACH]))]})
    same = [SIGNALS.index("harm"), *range(EACH, 2 * EACH)]
    for name in state.column_names():
        before, after = getattr(state, name)[..., same], getattr(gone, name)[..., same]
        assert np.array_equal(before, after, equal_nan=True), name
    assert np.array_equal(np.array(state.of_week)[:, same], np.array(gone.of_week)[:, same], equal_nan=True)
    negative = SIGNALS.index("negative")
    assert gone.usual_part[negative] < state.usual_part[negative]


@pytest.mark.parametrize("cut", [1, 700, 1439, 1440, 1441, 3000])
def test_whoever_begins_anew_in_between_finds_the_same(cut: int) -> None:
    """One that leaves at one minute and comes back at another, on the way in one go or in two."""
    days = Days(datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"), [1.0] * 3, rates=(1.0,))
    counts, hours = days.counts(6), np.full((168, EACH), 60.0)
    joining: dict[int, Sequence[Joined | Left]] = {
        FIRST + 1440: [left(hours / 3, hours)],
        FIRST + 3000: [back(hours / 3, np.full(168, 60.0), (FIRST + 3000) // 60)],
    }
    told = Newcomers(np.zeros_like(counts), joining)
    whole, _ = advanced(empty(1), counts, FIRST, (), Around(newcomers=told))
    begun, _ = advanced(empty(1), counts[:, :cut], FIRST, (), Around(newcomers=told.part(slice(cut))))
    rest = told.part(slice(cut, None))
    ended, _ = advanced(begun, counts[:, cut:], FIRST + cut, (), Around(newcomers=rest))
    assert whole.to_bytes() == ended.to_bytes()
    never, _ = advanced(empty(1), counts, FIRST, ())
    assert whole.to_bytes() != never.to_bytes()
