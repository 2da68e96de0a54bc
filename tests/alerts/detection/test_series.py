"""One series, point by point: score, alert and the properties that hold for every series."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection.series import ALERT_EVIDENCE, DAY, WARM_UP_POINTS, WEEK, Detector, Verdict

STEP = 300.0
NAB = Path(__file__).parents[4] / "shared/data/nab"


def judged(values: list[float], start: float = 0.0, step: float = STEP) -> list[Verdict]:
    detector = Detector(values[0], step)
    return [detector.observe(value, start + step * i) for i, value in enumerate(values)]


def test_a_burst_scores_above_a_half_and_alerts_once_a_day() -> None:
    values = [float(v) for v in np.random.default_rng(1).poisson(5, 1500)]
    verdicts = judged(values + [150.0] * 12)
    alerts = [i for i, verdict in enumerate(verdicts) if verdict.alert]
    assert alerts == [1500]
    assert verdicts[1500].score >= 0.5
    assert all(0 <= verdict.score < 1 for verdict in verdicts)


def test_the_first_points_only_teach() -> None:
    verdicts = judged([1.0] * (WARM_UP_POINTS - 1) + [1000.0])
    assert not any(verdict.score for verdict in verdicts)


@pytest.mark.parametrize("step", [60.0, 300.0, 3600.0])
def test_a_burst_is_found_at_any_step(step: float) -> None:
    values = [float(v) for v in np.random.default_rng(2).poisson(20, 1200)]
    verdicts = judged([*values, 400.0, 400.0], step=step)
    assert [i for i, verdict in enumerate(verdicts) if verdict.alert][-1:] in ([1200], [1201])


@given(st.lists(st.integers(0, 50), min_size=250, max_size=300), st.integers(1, 900))
@settings(max_examples=15)
def test_a_shift_by_whole_days_changes_nothing(values: list[int], days: int) -> None:
    floats = [float(v) for v in values]
    assert judged(floats) == judged(floats, start=float(days * DAY))


@given(st.lists(st.integers(0, 50), min_size=250, max_size=300), st.integers(0, 5000))
@settings(max_examples=15)
def test_the_score_rises_with_the_count(values: list[int], last: int) -> None:
    floats = [float(v) for v in values]
    small, large = judged([*floats, float(last)])[-1], judged([*floats, last + 50.0])[-1]
    assert small.score <= large.score


def test_the_threshold_is_half_the_score() -> None:
    assert ALERT_EVIDENCE / (ALERT_EVIDENCE + ALERT_EVIDENCE) == 0.5
    assert WEEK == 7 * DAY


def test_real_mention_counts_alert_inside_most_labelled_windows() -> None:
    if not NAB.exists():
        pytest.skip("no ../shared: the labelled mention counts are not here")
    rows = list(csv.DictReader((NAB / "Twitter_volume_AAPL.csv").read_text().splitlines()))
    times = [datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC).timestamp() for row in rows]
    detector = Detector(float(rows[0]["value"]), STEP)
    verdicts = [detector.observe(float(row["value"]), t) for row, t in zip(rows, times, strict=True)]
    alerts = [row["timestamp"] for row, verdict in zip(rows, verdicts, strict=True) if verdict.alert]
    assert any("2015-03-09 01:02:53" <= t <= "2015-03-10 10:02:53" for t in alerts)
    assert len(alerts) <= 8
