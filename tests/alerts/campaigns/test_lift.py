"""How many times the usual is expected, minute by minute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.campaigns.lift import FADES, Window, lifts
from alerts.detection.lift import Lift
from alerts.judging.roster import EACH, LIFTED, SIGNALS, lifted

WINDOWS = st.lists(
    st.builds(
        lambda start, length, lift, wide: Window(start, start + length, lift, wide),
        st.integers(0, 400),
        st.integers(1, 300),
        st.floats(1, 100),
        st.booleans(),
    ),
    max_size=4,
)


def test_a_window_lifts_its_minutes_and_fades_after_its_end() -> None:
    found = lifts([Window(10, 20, 3.0)], 0, 20 + FADES + 10).times
    assert found[:10].tolist() == [1.0] * 10
    assert found[10:20].tolist() == [3.0] * 10
    assert found[20] == 3.0
    assert found[20 + FADES // 2] == pytest.approx(2.0)
    assert found[20 + FADES :].tolist() == [1.0] * 10
    assert (np.diff(found[20:]) <= 0).all()


def test_what_two_bring_is_added() -> None:
    assert lifts([Window(0, 9, 3.0), Window(0, 9, 2.0)], 0, 1).times.tolist() == [4.0]


def test_a_holiday_in_two_calendars_is_one_and_a_campaign_comes_on_top() -> None:
    windows = [Window(0, 9, 2.0, wide=True), Window(0, 9, 2.0, wide=True)]
    assert [table.tolist() for table in lifts(windows, 0, 1)] == [[2.0], [1.0]]
    assert lifts([*windows, Window(0, 9, 3.0)], 0, 1).times.tolist() == [4.0]


def test_only_a_holiday_widens_the_hours_and_less_and_less_after_its_end() -> None:
    assert not lifts([Window(0, 9, 3.0)], 0, 9).wide.any()
    wide = lifts([Window(0, 60, 2.0, wide=True)], 0, 60 + FADES + 1).wide
    assert wide[:60].tolist() == [1.0] * 60
    assert wide[60 + FADES // 2] == pytest.approx(0.5)
    assert wide[-1] == 0.0


@given(windows=WINDOWS, cut=st.integers(1, 599))
@settings(max_examples=50)
def test_it_is_the_same_wherever_one_begins_to_look_and_never_below_1(
    windows: list[Window], cut: int
) -> None:
    whole, parts = lifts(windows, 0, 600), (lifts(windows, 0, cut), lifts(windows, cut, 600))
    for place in (0, 1):
        assert np.concatenate([part[place] for part in parts]).tolist() == whole[place].tolist()
    assert (whole.times >= 1).all()
    assert ((whole.wide >= 0) & (whole.wide <= 1)).all()


def test_negative_mentions_and_harm_are_never_lifted() -> None:
    """But the hours of an audience are those of all that it says."""
    spread = lifted(Lift(np.array([[3.0, 1.0], [5.0, 5.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])))
    assert spread is not None
    assert spread.times.shape == spread.wide.shape == (2 * EACH, 2)
    for place, signal in enumerate(SIGNALS):
        assert spread.times[place].tolist() == ([3.0, 1.0] if signal in LIFTED else [1.0, 1.0])
        assert spread.wide[place].tolist() == [1.0, 0.0]
    assert {"negative", "harm"}.isdisjoint(LIFTED)
    assert lifted(None) is None
