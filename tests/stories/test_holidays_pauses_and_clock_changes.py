"""Days that are not like others: a holiday, a pause, clocks that change. None of them is a crisis."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.alerts.calm import Days, alarms

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
    unturned = alarms(days, counts, 27, turned=False).max()
    assert unturned > FEW or start.month == 9, "otherwise this story would prove nothing"


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
