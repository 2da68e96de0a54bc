"""The knob "alarms a week": it keeps its promise whatever the mentions are like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection.knob import FURTHEST, LONG, RANGE, SELDOM, STEP, WEEK, begun, lasting, moved, turned
from alerts.detection.settings import BALANCED, FEWER, MORE, stacked

ALL = np.array([True])


@given(a_week=st.floats(0.1, 20), alarms=st.lists(st.booleans(), min_size=1, max_size=300))
@settings(max_examples=50)
def test_what_the_score_has_moved_is_what_came_less_what_was_asked_for(
    a_week: float, alarms: list[bool]
) -> None:
    wanted = replace(BALANCED, alarms_a_week=a_week)
    knob, low, high = np.array([1.0]), 20.0, 20.0
    for alarm in alarms:
        knob = moved(knob, wanted, np.array([alarm]), ALL)
        score = turned(wanted, knob).at(0)["score"]
        low, high = min(low, score), max(high, score)
    if 1.001 * RANGE[0] < low and high < 0.999 * RANGE[1]:
        owed = a_week * len(alarms) / WEEK
        step = STEP * min(max(1 / a_week, 1), SELDOM)
        assert np.log(knob[0]) / step == pytest.approx(sum(alarms) - owed, abs=1e-3)
    assert RANGE[0] <= turned(wanted, knob).at(0)["score"] <= RANGE[1]


def test_it_stands_still_while_nothing_is_known_and_is_gone_when_nothing_is_asked_for() -> None:
    wanted = replace(BALANCED, alarms_a_week=3.0)
    knob = moved(np.array([9.0]), wanted, ~ALL, ~ALL)
    assert knob.tolist() == pytest.approx([9.0])
    assert np.isnan(moved(knob, BALANCED, ALL, ALL)).all()
    assert np.isnan(moved(np.array([np.nan]), BALANCED, ALL, ALL)).all()


def test_ratio_floor_and_harm_move_in_step_and_other_monitors_stay_as_set() -> None:
    both = stacked([replace(MORE, alarms_a_week=2.0), FEWER], 1)
    now = turned(both, np.array([5.0, np.nan]) / begun(np.array([2.0])))
    assert now.at(1) == both.at(1)
    assert now.at(0)["score"] == pytest.approx(5.0)
    assert now.at(0)["ratio"] == pytest.approx(1 + (MORE.ratio - 1) / 2)
    assert now.at(0)["floor"] == pytest.approx(MORE.floor / 2)
    assert now.at(0)["harm_score"] == pytest.approx(MORE.harm_score / 2)
    assert turned(FEWER, np.array([5.0])) is FEWER


@pytest.mark.parametrize("score", [0.1, 5.0, 40.0])
def test_the_same_evidence_keeps_an_alert_open_however_low_the_score_is(score: float) -> None:
    """Or chance alone would keep them open for days, and hold back what is learned."""
    now = turned(replace(BALANCED, alarms_a_week=2.0), np.array([score]) / begun(np.array([2.0]))).at(0)
    assert now["lower"] * now["score"] == pytest.approx(BALANCED.lower * max(score, BALANCED.score))


def test_who_asks_for_fewer_from_now_on_begins_where_fewer_begin_times_what_was_learned() -> None:
    five, quarter = (replace(BALANCED, alarms_a_week=asked) for asked in (5.0, 0.25))
    fresh = np.array([np.nan])
    learned = moved(fresh, five, ALL, ALL)
    assert turned(quarter, fresh).at(0)["score"] == pytest.approx(begun(np.array([0.25]))[0])
    for asked in (five, quarter):
        once = turned(asked, learned).at(0)["score"] / turned(asked, fresh).at(0)["score"]
        assert once == pytest.approx(np.exp(STEP), rel=1e-3)
    assert turned(quarter, np.array([50.0])).at(0)["score"] == RANGE[1]


def test_however_few_are_asked_for_nine_who_tell_of_harm_can_be_heard() -> None:
    seldom = replace(BALANCED, alarms_a_week=0.25)
    highest = turned(seldom, np.array([50.0])).at(0)
    assert highest["score"] == RANGE[1]
    part = FURTHEST / BALANCED.score
    assert highest["harm_floor"] == pytest.approx(BALANCED.harm_floor * part)
    assert highest["harm_floor"] < 9
    assert highest["ratio"] == pytest.approx(1 + (BALANCED.ratio - 1) * part)


def test_an_alarm_says_more_where_few_are_asked_for() -> None:
    """One in four weeks has one alarm to learn from where one a week has four."""
    raised = [
        moved(np.array([1.0]), replace(BALANCED, alarms_a_week=a_week), ALL, ~ALL)[0]
        for a_week in (0.1, 0.25, 0.5, 1.0, 7.0)
    ]
    assert np.log(raised) == pytest.approx(np.array([4, 4, 2, 1, 1]) * STEP, rel=1e-4)


def test_an_alert_that_lasts_for_days_makes_nothing_easier() -> None:
    since = np.array([0, 60, 0], dtype=np.int32)
    assert lasting(np.array([True, True, False]), since, LONG).tolist() == [True, False, False]


def test_it_begins_lower_where_more_are_asked_for() -> None:
    few, more = begun(np.array([0.2, 10.0]))
    assert RANGE[0] <= more < few <= RANGE[1]
