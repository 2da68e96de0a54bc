"""When clocks change, and that what is known of each hour moves along."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.clock import changes, clocks_moved
from alerts.detection.live import State, advance
from alerts.judging.roster import Around, advanced, empty

MONDAY = 29_000_160  # a Monday, midnight UTC, in unix minutes


def minute(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) // 60


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Madrid", {(2026, 3, 29, 1, 1): 1, (2026, 10, 25, 1, 1): -1}),
        ("America/New_York", {(2026, 3, 8, 7, 1): 1, (2026, 11, 1, 6, 1): -1}),
        ("UTC", {}),
        ("Asia/Kolkata", {}),
        ("Australia/Lord_Howe", {}),  # half an hour: the tables know whole ones only
    ],
)
def test_the_changes_of_a_year(zone: str, expected: dict[tuple[int, ...], int]) -> None:
    found = changes(ZoneInfo(zone), minute(2026, 1, 1), minute(2027, 1, 1))
    assert found == {minute(*at): hours for at, hours in expected.items()}


@given(cut=st.integers(-120, 120))
def test_no_change_is_lost_or_told_twice_wherever_one_begins_to_look(cut: int) -> None:
    middle, zone = minute(2026, 3, 29, 1, 1) + cut, ZoneInfo("Europe/Madrid")
    first, until = middle - 300, middle + 300
    both = {**changes(zone, first, middle), **changes(zone, middle, until)}
    assert both == changes(zone, first, until)
    assert len(changes(zone, first, middle)) + len(changes(zone, middle, until)) == 1


def test_what_is_known_of_an_hour_is_known_of_the_next_and_back_again() -> None:
    rng, state = np.random.default_rng(1), State.empty(3)
    for i in range(2 * 1440):
        state, _ = advance(state, rng.poisson([2.0, 3.0, 4.0]), minute=MONDAY + i)
    moved = clocks_moved(state, np.array([1, 0, -1]))
    for hour in range(24):
        assert moved.of_day[hour][0] == state.of_day[(hour + 1) % 24][0]
        assert moved.of_day[hour][1] == state.of_day[hour][1]
        assert moved.of_day[hour][2] == state.of_day[(hour - 1) % 24][2]
    for hour in range(168):
        told = [float(state.of_week[(hour + shift) % 168][i]) for i, shift in enumerate((1, 0, -1))]
        assert np.array_equal(moved.of_week[hour], told, equal_nan=True)
    back = clocks_moved(moved, np.array([-1, 0, 1]))
    assert back.to_bytes() == state.to_bytes()


def test_a_restart_at_the_change_goes_on_to_the_same_digits() -> None:
    rng = np.random.default_rng(2)
    state = empty(2)
    counts = rng.poisson(2.0, (state.series, 300)).astype(float)
    turns = {MONDAY + 121: np.ones(state.series, dtype=np.int64)}
    whole, _ = advanced(state, counts, MONDAY, (), Around(turns=turns))
    for cut in (120, 121, 122):
        part, _ = advanced(state, counts[:, :cut], MONDAY, (), Around(turns=turns))
        part, _ = advanced(part, counts[:, cut:], MONDAY + cut, (), Around(turns=turns))
        assert part.to_bytes() == whole.to_bytes()
