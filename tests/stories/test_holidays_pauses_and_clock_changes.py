"""Days that are not like others: a holiday, a pause, clocks that change. None of them is a crisis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.detection.lift import Lift
from alerts.judging.roster import EACH, SIGNALS, Around, Table, advanced, empty
from tests.alerts.calm import DAY, Days, alarms

MADRID = ZoneInfo("Europe/Madrid")
FEW = 2
"""Alerts a day that chance may open, among fifteen monitors with six signals each."""


def usual(days: int, **changed: float) -> list[float]:
    """A factor for each day; `day28=0.3` changes one."""
    factor = [1.0] * days
    for name, value in changed.items():
        factor[int(name.removeprefix("day"))] = value
    return factor


@pytest.mark.parametrize(
    "changed",
    [
        {"day28": 0.3},
        {"day28": 0.3, "day29": 0.3, "day30": 0.3},
        {f"day{n}": 0.02 for n in range(23, 29)},
        {f"day{n}": 0.0 for n in range(21, 29)},
        {"day28": 1.3, "day29": 1.3},
    ],
    ids=["a holiday", "a long weekend", "a pause of six days", "a silence of eight", "a busy weekend"],
)
def test_neither_the_quiet_days_nor_the_return_to_the_usual_are_a_crisis(changed: dict[str, float]) -> None:
    days = Days(datetime(2026, 4, 6, tzinfo=UTC), MADRID, usual(34, **changed))
    assert alarms(days, days.counts(), 27).max() <= FEW


SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 27, tzinfo=UTC)


@pytest.mark.parametrize("start", [SPRING, AUTUMN], ids=["forward in March", "back in October"])
def test_the_night_in_which_the_clocks_change_is_followed_by_ordinary_mornings(start: datetime) -> None:
    """The audience of day 28 rises an hour earlier, or later, by the detector's own clock."""
    days = Days(start, MADRID, usual(34))
    counts = days.counts()
    assert alarms(days, counts, 27).max() <= FEW
    if start == SPRING:
        assert alarms(days, counts, 27, turned=False).max() > FEW, "otherwise this story would prove nothing"


def test_when_the_clocks_went_back_the_evening_is_expected_an_hour_later() -> None:
    """Too little for an alert by itself, it would make every evening look half as busy again."""
    days = Days(AUTUMN, MADRID, usual(29), rates=(50.0,))
    counts = days.counts()[:, : 28 * DAY + 22 * 60]
    heard = counts[SIGNALS.index("volume"), -30:].mean()
    for turns, right in ((days.turns(), True), ({}, False)):
        state, _ = advanced(empty(1), counts, days.first, (), Around(turns=turns))
        times = heard / state.half_hour_expected[SIGNALS.index("volume")]
        assert (times < 1.15) if right else (times > 1.4)


def test_a_crisis_on_the_morning_after_the_clocks_changed_is_seen() -> None:
    days = Days(datetime(2026, 3, 1, tzinfo=UTC), MADRID, usual(30))
    counts = days.counts()
    counts[:, 28 * 1440 + 600 : 28 * 1440 + 690] *= 8
    assert alarms(days, counts, 28)[0] >= 15


def test_a_crisis_in_a_pause_is_seen() -> None:
    """While it is quiet, what is expected is what is usual at other times: a burst beyond that is told."""
    days = Days(datetime(2026, 4, 6, tzinfo=UTC), MADRID, usual(30, day27=0.1, day28=0.1, day29=0.1))
    counts = days.counts()
    counts[:, 28 * 1440 + 600 : 28 * 1440 + 690] *= 80
    assert alarms(days, counts, 28)[0] >= 15


HOLIDAY = 28
APRIL = datetime(2026, 4, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("factor", "later"),
    [(2.0, 0.0), (1.0, 2.0), (1.0, -2.0)],
    ids=["twice as busy", "two hours later", "two hours earlier"],
)
def test_a_holiday_on_which_the_audience_lives_differently_is_no_crisis(factor: float, later: float) -> None:
    ordinary = Days(APRIL, MADRID, usual(30, day28=factor), later={HOLIDAY: later})
    counts = ordinary.counts()
    assert alarms(ordinary, counts, 27).max() > 5 * FEW, "otherwise this story would prove nothing"
    announced = replace(ordinary, holidays=[HOLIDAY])
    assert alarms(announced, counts, 27).max() <= FEW


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_crisis_on_a_holiday_is_seen_within_minutes_of_an_ordinary_day(factor: float) -> None:
    """Eight times as much as on that day is usual; or three times as large a part of it is negative."""
    onset = HOLIDAY * DAY + 660
    ordinary = Days(APRIL, MADRID, usual(29), rates=(1.0, 5.0, 50.0))
    holiday = replace(ordinary, factor=usual(29, day28=factor), holidays=[HOLIDAY])
    share = np.full(29 * DAY, 0.25)
    share[onset:] *= 3
    more = np.ones(29 * DAY)
    more[onset:] = 8
    for times, angry, within in ((1.0, share, 20), (more, 0.25, 5)):
        usually, then = (
            _minutes(days, days.counts(negative=angry) * times, onset) for days in (ordinary, holiday)
        )
        assert (usually < 60).all()
        assert (then <= usually + within).all()


def _minutes(days: Days, counts: Table, onset: int) -> NDArray[np.int64]:
    """[monitor]: how long after the onset its first alert opened; at most an hour."""
    lift = days.lift() or Lift.none(*counts.shape)
    state, _ = advanced(
        empty(len(days.rates)), counts[:, :onset], days.first, (), Around(lift=lift.at(slice(onset)))
    )
    took = np.full(len(days.rates), 60)
    for after in range(60):
        minute = slice(onset + after, onset + after + 1)
        state, opened = advanced(
            state, counts[:, minute], days.first + minute.start, (), Around(lift=lift.at(minute))
        )
        took = np.where(opened.reshape(-1, EACH).any(axis=1), np.minimum(took, after), took)
    return took
