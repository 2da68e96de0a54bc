"""How good alarms are by what people said: tables by hand, and what always holds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backtest.curve import MOST_POINTS, curve_of
from alerts.backtest.verdict import EARLY, WEEK, Known, Stretch, alarms_of, judged

CRISIS = Stretch(1000, 1300, "#1")
TAKEN_ON = Stretch(1000, 1300, "#1", inferred=True)
RANG = (Stretch(1010, 1050),)


@pytest.mark.parametrize(
    ("alerts", "known", "verdicts", "found", "delay"),
    [
        ([(1010, 1200)], Known((CRISIS,)), ["confirmed"], 1, 10.0),
        ([(1000 - EARLY, 990)], Known((CRISIS,)), ["confirmed"], 1, 0.0),
        ([(1000 - EARLY - 20, 1000 - EARLY)], Known((CRISIS,)), ["unjudged"], 0, None),
        ([(1300, 1400)], Known((CRISIS,)), ["unjudged"], 0, None),
        ([], Known((CRISIS,)), [], 0, None),
        ([(50, 60)], Known(refused=(Stretch(55, 100),)), ["refused"], 0, None),
        ([(1010, 1020)], Known((CRISIS,), (Stretch(1000, 1100),)), ["confirmed"], 1, 10.0),
        ([(1010, 1050), (1200, 1210)], Known((TAKEN_ON,), rang=RANG), ["refused", "confirmed"], 1, 10.0),
        ([(1060, 1070)], Known((TAKEN_ON,), (Stretch(1000, 1110),), RANG), ["confirmed"], 1, 60.0),
        ([(1010, 1050)], Known((CRISIS,), rang=RANG), ["confirmed"], 1, 10.0),
        ([(1010, 1050)], Known((TAKEN_ON, CRISIS), rang=RANG), ["confirmed"], 2, 10.0),
        ([(10, 20), (15, 30), (40, 50)], Known(), ["unjudged", "unjudged"], 0, None),
        ([(1100, 1110), (1200, 1210)], Known((CRISIS,)), ["confirmed", "confirmed"], 1, 100.0),
    ],
)
def test_verdicts(
    alerts: list[tuple[int, int]], known: Known, verdicts: list[str], found: int, delay: float | None
) -> None:
    record = judged([Stretch(*one) for one in alerts], known, WEEK)
    assert [one.verdict for one in record.alarms] == verdicts
    assert (record.found, record.delay) == (found, delay)
    assert record.missed == len(known.crises) - found


def test_nothing_known_tells_nothing() -> None:
    record = judged([], Known(), 0)
    assert (record.precision, record.recall, record.delay, record.per_week) == (None, None, None, None)


def test_precision_leaves_out_what_nobody_judged() -> None:
    known = Known((CRISIS,), (Stretch(5000, 5100),))
    record = judged([Stretch(1010, 1020), Stretch(5010, 5020), Stretch(9000, 9100)], known, 2 * WEEK)
    assert record.precision == 0.5
    assert record.recall == 1.0
    assert record.per_week == 1.5


def test_a_day_does_not_tell_how_many_a_week_there_are() -> None:
    assert judged([Stretch(1010, 1020)], Known(), WEEK // 7).per_week is None
    assert judged([Stretch(1010, 1020)], Known(), WEEK).per_week == 1


STRETCHES = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(1, 500)).map(lambda one: Stretch(one[0], sum(one))),
    max_size=12,
)


@given(STRETCHES)
def test_alarms_lie_apart_and_cover_what_the_alerts_cover(alerts: list[Stretch]) -> None:
    alarms = alarms_of(alerts)
    assert all(one.end < two.begin for one, two in pairwise(alarms))
    covered = {minute for one in alerts for minute in range(one.begin, one.end)}
    assert covered <= {minute for one in alarms for minute in range(one.begin, one.end + 1)}


@given(STRETCHES, STRETCHES, STRETCHES, st.randoms())
def test_the_order_of_what_was_said_and_raised_does_not_matter(
    alerts: list[Stretch], crises: list[Stretch], refused: list[Stretch], random: object
) -> None:
    known = Known(tuple(crises), tuple(refused))
    turned = Known(tuple(reversed(crises)), tuple(reversed(refused)))
    one, two = judged(alerts, known, WEEK), judged(list(reversed(alerts)), turned, WEEK)
    assert one == two
    assert one.confirmed + one.refused + one.unjudged == len(one.alarms)


@given(st.integers(0, 40_000), st.floats(0, 3))
def test_a_curve_keeps_every_mention_and_few_points(minutes: int, rate: float) -> None:
    counts = np.random.default_rng(minutes).poisson(rate, minutes).astype(float)
    usual = np.full(minutes, rate)
    curve = curve_of("volume", 100, counts, usual, np.ones(minutes))
    assert len(curve.points) <= MOST_POINTS
    assert sum(point.observed for point in curve.points) == counts.sum()
    for point in curve.points:
        assert point.low is not None
        assert point.high is not None
        assert point.expected is not None
        assert 0 <= point.low <= point.expected <= point.high


def test_what_is_not_known_has_no_band() -> None:
    counts, usual = np.array([1.0, np.nan, 2.0]), np.array([1.0, np.nan, 1.0])
    curve = curve_of("volume", 7, counts, usual, np.array([2.0, np.nan, 2.0]))
    assert [point.low is None for point in curve.points] == [False, True, False]
    assert [point.minute for point in curve.points] == [7, 8, 9]
    assert curve.points[1].observed == 0.0
