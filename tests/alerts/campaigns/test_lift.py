"""How many times the usual is expected, minute by minute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.campaigns.lift import FADES, Window, lifts
from alerts.roster import EACH, LIFTED, SIGNALS, lifted

WINDOWS = st.lists(
    st.builds(
        lambda start, length, lift: Window(start, start + length, lift),
        st.integers(0, 400),
        st.integers(1, 300),
        st.floats(1, 100),
    ),
    max_size=4,
)


def test_a_window_lifts_its_minutes_and_fades_after_its_end() -> None:
    found = lifts([Window(10, 20, 3.0)], 0, 20 + FADES + 10)
    assert found[:10].tolist() == [1.0] * 10
    assert found[10:20].tolist() == [3.0] * 10
    assert found[20] == 3.0
    assert found[20 + FADES // 2] == pytest.approx(2.0)
    assert found[20 + FADES :].tolist() == [1.0] * 10
    assert (np.diff(found[20:]) <= 0).all()


def test_what_two_bring_is_added() -> None:
    assert lifts([Window(0, 9, 3.0), Window(0, 9, 2.0)], 0, 1).tolist() == [4.0]


@given(windows=WINDOWS, cut=st.integers(1, 599))
@settings(max_examples=50)
def test_it_is_the_same_wherever_one_begins_to_look_and_never_below_1(
    windows: list[Window], cut: int
) -> None:
    whole = lifts(windows, 0, 600)
    assert np.concatenate([lifts(windows, 0, cut), lifts(windows, cut, 600)]).tolist() == whole.tolist()
    assert (whole >= 1).all()


def test_negative_mentions_and_harm_are_never_lifted() -> None:
    spread = lifted(np.array([[3.0, 1.0], [5.0, 5.0]]))
    assert spread is not None
    assert spread.shape == (2 * EACH, 2)
    for place, signal in enumerate(SIGNALS):
        assert spread[place].tolist() == ([3.0, 1.0] if signal in LIFTED else [1.0, 1.0])
    assert {"negative", "harm"}.isdisjoint(LIFTED)
    assert lifted(None) is None
