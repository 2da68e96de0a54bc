"""What the file detector takes for usual of a brand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.usual import Heard, Usual

WEIGHTS = st.floats(0, 1e6)


@given(st.lists(st.builds(Heard, WEIGHTS, WEIGHTS, WEIGHTS, WEIGHTS, WEIGHTS), max_size=60))
def test_shares_stay_below_one_whatever_weights_were_taken_back(hours: list[Heard]) -> None:
    usual = Usual()
    for number, heard in enumerate(hours):
        expected = usual.expect(number)
        usual.learn(number, expected, heard)
        assert all(0 < share < 1 for share in (expected.negative, expected.positive, expected.small))
        assert (expected.expected > 0).all()
