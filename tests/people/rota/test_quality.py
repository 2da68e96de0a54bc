"""Loads are counted by people's own clocks; the score names each weakness, and nothing that is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from people.rota.final import Shift, final_stretches, shifts
from people.rota.load import Load, loads
from people.rota.plan import Absence, Layer, Override, Plan
from people.rota.quality import quality
from people.rota.rotation import Rotation
from people.rota.windows import windows_of

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)  # Monday, 08:00 in Madrid
WEEKS = timedelta(days=28)


def weekly(*people: int, windows: str = "", key: int = 1) -> Layer:
    rotation = Rotation(MADRID, datetime(2026, 1, 5, 8), timedelta(days=7), people)  # noqa: DTZ001
    return Layer(key, rotation, tuple(windows_of(windows)))


def codes(plan: Plan) -> dict[str, float]:
    stretches = final_stretches(plan, NOW, NOW + WEEKS)
    own = shifts(stretches)
    zones = dict.fromkeys({one.member_id for one in own}, MADRID)
    found = quality(stretches, own, loads(own, zones), NOW)
    assert found.score == max(0, 100 - sum(one.points for one in found.deductions))
    return {one.code: one.amount for one in found.deductions}


def test_a_fair_rota_has_nothing_to_mend() -> None:
    assert codes(Plan([weekly(1, 2)])) == {}


def test_office_hours_are_no_gap_at_night() -> None:
    assert codes(Plan([weekly(1, 2, windows="mon-fri 09:00-18:00")])) == {}


def test_holidays_leave_a_gap_and_a_second_layer_fills_it() -> None:
    away = Absence(1, NOW + timedelta(days=14), NOW + timedelta(days=16))
    plan = Plan([weekly(2, 1)], absences=[away])
    assert codes(plan) == {"gap": 48.0}
    assert codes(replace(plan, layers=[weekly(2, 1), weekly(3, key=2)])) == {"away": 48.0}


def test_a_gap_that_is_near_costs_more() -> None:
    plan = Plan([weekly(2, 1)], absences=[Absence(n, NOW, NOW + timedelta(hours=3)) for n in (1, 2)])
    assert codes(plan) == {"gap": 3.0, "gap_soon": 3.0}


def test_a_time_in_which_nobody_is_meant_to_be_on_call_is_no_gap() -> None:
    closed = Override(1, "nobody", None, None, NOW, NOW + timedelta(hours=12))
    assert codes(Plan([weekly(1, 2)], [closed])) == {}


def test_one_who_carries_all_is_alone_and_has_no_rest() -> None:
    assert codes(Plan([weekly(5)])) == {"alone": 1.0, "long": 28.0}


def test_a_week_in_which_the_clocks_go_back_is_no_longer_than_a_week() -> None:
    autumn = datetime(2026, 10, 19, 6, tzinfo=UTC)
    stretches = final_stretches(Plan([weekly(1, 2)]), autumn, autumn + WEEKS)
    assert quality(stretches, shifts(stretches), [], autumn).deductions == ()


def test_unfair_nights_are_named_with_the_person() -> None:
    shares = [Load(1, 300, nights=20, weekend_days=4), Load(2, 300, nights=4, weekend_days=4)]
    [found] = quality([], [], [*shares, Load(3, 12)], NOW).deductions
    assert (found.code, found.member_id, found.amount) == ("nights", 1, 20)


@pytest.mark.parametrize(
    ("zone", "nights", "weekend_days"),
    [("Europe/Madrid", 7, 2), ("America/New_York", 7, 2), ("Asia/Kathmandu", 7, 2)],
)
def test_a_week_has_seven_nights_and_two_weekend_days_wherever_one_lives(
    zone: str, nights: int, weekend_days: int
) -> None:
    shift = Shift(1, NOW, NOW + timedelta(days=7))
    [found] = loads([shift], {1: ZoneInfo(zone)})
    assert (found.hours, found.nights, found.weekend_days) == (168, nights, weekend_days)


def test_a_night_is_where_the_person_sleeps() -> None:
    shift = Shift(1, datetime(2026, 3, 10, 0, tzinfo=UTC), datetime(2026, 3, 10, 6, tzinfo=UTC))
    [there] = loads([shift], {1: ZoneInfo("Pacific/Auckland")})
    [here] = loads([shift], {1: MADRID})
    assert (there.nights, here.nights) == (0, 1)
