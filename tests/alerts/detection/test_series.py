"""One series, point by point: score, alert and the properties that hold for every series."""

import csv
from array import array
from datetime import UTC, datetime
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection import detector as detectors
from alerts.detection import series
from alerts.detection.detector import Detector
from alerts.detection.series import DAY, TAIL_EVIDENCE, WARM_UP_POINTS, Scale, evidence_of_tail

STEP = 300.0
NAB = Path(__file__).parents[4] / "shared/data/nab"


class Verdict(NamedTuple):
    score: float
    alert: int


def judged(values: list[float], start: float = 0.0, step: float = STEP) -> list[Verdict]:
    times = array("d", [start + step * i for i in range(len(values))])
    return verdicts(Detector(values[0], step), array("d", values), times)


def verdicts(detector: Detector, counts: "array[float]", times: "array[float]") -> list[Verdict]:
    return [Verdict(*one) for one in zip(*detector.judge(counts, times), strict=True)]


def test_a_burst_scores_above_a_half_and_alerts_once() -> None:
    values = [float(v) for v in np.random.default_rng(1).poisson(5, 1500)]
    said = judged(values + [150.0] * 12)
    assert [i for i, verdict in enumerate(said) if verdict.alert] == [1500]
    assert said[1500].score >= 0.5
    assert all(0 <= verdict.score < 1 for verdict in said)


@pytest.mark.parametrize(("step", "points"), [(3600.0, WARM_UP_POINTS), (300.0, 288), (60.0, 1440)])
def test_the_first_points_and_the_first_day_only_teach(step: float, points: int) -> None:
    scores = [verdict.score for verdict in judged([1.0] * (points - 1) + [1000.0] * 2, step=step)]
    assert not any(scores[:points])
    assert scores[points] > 0.5


@pytest.mark.parametrize("step", [60.0, 300.0, 3600.0])
def test_a_burst_is_found_at_any_step(step: float) -> None:
    values = [float(v) for v in np.random.default_rng(2).poisson(20, 1500)]
    said = judged([*values, 400.0, 400.0], step=step)
    assert [i for i, verdict in enumerate(said) if verdict.alert][-1:] in ([1500], [1501])


@given(st.lists(st.integers(0, 50), min_size=300, max_size=350), st.integers(1, 900))
@settings(max_examples=15)
def test_a_shift_by_whole_days_changes_nothing(values: list[int], days: int) -> None:
    floats = [float(v) for v in values]
    assert judged(floats) == judged(floats, start=float(days * DAY))


@given(st.lists(st.integers(0, 50), min_size=300, max_size=350), st.integers(0, 5000))
@settings(max_examples=15)
def test_the_score_rises_with_the_count(values: list[int], last: int) -> None:
    floats = [float(v) for v in values]
    small, large = judged([*floats, float(last)])[-1], judged([*floats, last + 50.0])[-1]
    assert small.score <= large.score


@given(
    st.sampled_from([0.0, 0.01, 0.3, 8.0, 1e6, 1e15]),
    st.integers(0, 2**32),
    st.lists(st.integers(0, 900), max_size=4),
    st.sampled_from([60.0, 300.0, 3600.0]),
)
@settings(max_examples=40)
def test_python_machine_code_and_pieces_of_any_size_give_the_same_digits(
    rate: float, seed: int, cuts: list[int], step: float
) -> None:
    """Also where the series goes over to machine code after any of its pieces."""
    rng = np.random.default_rng(seed)
    values = rng.poisson(rate, 900) * np.where(rng.random(900) < 0.02, 30.0, 1.0)
    values[rng.random(900) < 0.05] = nan
    values[0] = 3.0
    counts, times = array("d", values), array("d", 1.7e9 + step * np.cumsum(rng.integers(1, 3, 900)))
    whole = verdicts(Detector(3.0, step), counts, times)
    for compiled_at in range(len(cuts) + 1):
        detector, said = Detector(3.0, step), []
        places = [0, *sorted(cuts), 900]
        for place, (begin, end) in enumerate(pairwise(places)):
            if place == compiled_at:
                detector.compile()
            said += verdicts(detector, counts[begin:end], times[begin:end])
        assert said == whole


def test_a_long_series_goes_on_in_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors, "COMPILED_FROM", 300)
    counts, detector = array("d", [4.0] * 200), Detector(4.0, STEP)
    detector.judge(counts, array("d", np.arange(200) * STEP))
    assert detector._judge is series.judge
    detector.judge(counts, array("d", np.arange(200, 400) * STEP))
    assert detector._judge is not series.judge


def test_an_unknown_count_teaches_nothing() -> None:
    counts = array("d", np.random.default_rng(4).poisson(5, 600).astype(float))
    times = array("d", np.arange(600) * STEP)
    gaps, later = array("d", [nan] * 5), array("d", times[300] + np.arange(5))
    detector, other = Detector(5.0, STEP), Detector(5.0, STEP)
    assert verdicts(detector, counts[:300], times[:300]) == verdicts(other, counts[:300], times[:300])
    assert not any(one.score or one.alert for one in verdicts(detector, gaps, later))
    assert verdicts(detector, counts[300:], times[300:]) == verdicts(other, counts[300:], times[300:])


def test_real_mention_counts_alert_inside_most_labelled_windows() -> None:
    if not NAB.exists():
        pytest.skip("no ../shared: the labelled mention counts are not here")
    rows = list(csv.DictReader((NAB / "Twitter_volume_AAPL.csv").read_text().splitlines()))
    times = [datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC).timestamp() for row in rows]
    counts = array("d", [float(row["value"]) for row in rows])
    said = verdicts(Detector(counts[0], STEP), counts, array("d", times))
    alerts = [row["timestamp"] for row, verdict in zip(rows, said, strict=True) if verdict.alert]
    assert any("2015-03-09 01:02:53" <= t <= "2015-03-10 10:02:53" for t in alerts)
    assert len(alerts) <= 8


def test_a_window_just_under_its_quantile_is_worth_nearly_as_much_as_one_just_over_it() -> None:
    """With nothing below it, a mention less could cost an alert."""
    edge = Scale(3.0, 4.0).edge
    values = [edge * part for part in (-2.0, 0.0, 0.5, 0.9, 0.999, 1.0, 1.001, 1.1)]
    nats = [evidence_of_tail(Scale(3.0, 4.0), value, 1000.0) for value in values]
    assert nats == sorted(nats)
    assert nats[:2] == [0.0, 0.0]
    assert nats[4] == pytest.approx(TAIL_EVIDENCE, rel=0.01)
    assert nats[6] == pytest.approx(TAIL_EVIDENCE, rel=0.01)
    assert nats[2] < TAIL_EVIDENCE / 50


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0, 3.0])
def test_few_mentions_by_chance_alone_are_quiet(rate: float) -> None:
    """Poisson counts have narrow tails: what only they find improbable is no alert."""
    weeks = 10
    alerts = 0
    for seed in range(4):
        values = np.random.default_rng(seed).poisson(rate, weeks * 2016).astype(float)
        detector = Detector(values[0], STEP)
        detector.compile()
        times = array("d", STEP * np.arange(len(values)))
        alerts += sum(detector.judge(array("d", values), times)[1])
    assert alerts <= 0.3 * 4 * weeks


def test_a_crisis_of_hours_does_not_make_a_series_deaf_for_a_smaller_one_a_week_later() -> None:
    """It is one burst above the quantile, however many points it has."""
    values = np.random.default_rng(5).poisson(5, 25 * 288).astype(float)
    values[15 * 288 : 15 * 288 + 96] *= 30.0
    values[22 * 288 : 22 * 288 + 24] *= 3.0
    alerts = [i for i, verdict in enumerate(judged(list(values))) if verdict.alert]
    assert any(22 * 288 <= i < 22 * 288 + 24 for i in alerts)
