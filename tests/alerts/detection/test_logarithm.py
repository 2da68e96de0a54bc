"""Our own logarithm: as exact as anybody's, and the same for arrays and numbers."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.logarithm import log

POSITIVE = st.floats(min_value=1e-300, max_value=1e300, allow_nan=False)


@given(POSITIVE)
def test_within_one_unit_of_the_last_digit(x: float) -> None:
    assert abs(float(log(np.array([x]))[0]) - math.log(x)) <= math.ulp(math.log(x))


@given(st.lists(POSITIVE, min_size=1, max_size=40))
def test_a_number_has_the_logarithm_that_it_has_among_others(many: list[float]) -> None:
    together = log(np.array(many))
    assert all(log(np.array([x]))[0] == found for x, found in zip(many, together, strict=True))


def test_what_is_known() -> None:
    assert log(np.array([1.0]))[0] == 0.0
    assert log(np.array([math.e]))[0] == 1.0
    assert log(np.array([2.0]))[0] == math.log(2.0)
