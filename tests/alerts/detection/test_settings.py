"""Settings for each series: one beside another changes nothing, and what they ask for is kept."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection.lift import Lift
from alerts.detection.live import (
    BALANCED,
    FEWER,
    HALF_HOUR,
    MORE,
    Settings,
    State,
    advance,
    explain,
    peek,
)
from alerts.detection.settings import stacked

MONDAY = 29_000_160  # a Monday, midnight UTC, in unix minutes
DAY = 1440
BURST = [2] * 30 + [8] * 90 + [2] * 40


@cache
def calm(series: int) -> State:
    """After a day of it."""
    rng, state = np.random.default_rng(1), State.empty(series)
    for minute in range(DAY):
        state, _ = advance(state, np.full(series, rng.poisson(2.0)), minute=MONDAY + minute)
    return state


def opened_at(
    counts: list[int], chosen: Settings, series: int = 1, lift: Lift | None = None
) -> list[int | None]:
    """The minute, from the first count, in which each series opened; None: it did not."""
    state = calm(series)
    found: list[int | None] = [None] * series
    for i, count in enumerate(counts):
        state, evidence = advance(
            state, np.full(series, count), minute=MONDAY + DAY + i, settings=chosen, lift=lift
        )
        for place in np.flatnonzero(evidence.opened):
            found[place] = found[place] if found[place] is not None else i
    return found


def test_series_with_settings_of_their_own_do_as_each_does_alone() -> None:
    together = opened_at(BURST, stacked([MORE, BALANCED, FEWER], 1), 3)
    assert together == [opened_at(BURST, one)[0] for one in (MORE, BALANCED, FEWER)]
    assert len(set(together)) == 3


def test_what_all_series_share_stays_one_number_and_the_rest_is_an_array_of_the_series() -> None:
    both = stacked([MORE, FEWER], 3)
    assert both.lower == BALANCED.lower
    assert np.asarray(both.score).tolist() == [10, 10, 10, 22, 22, 22]
    assert [both.at(i)["floor"] for i in (2, 3)] == [4, 10]
    assert both.part(slice(2, 4)).at(0) == {f.name: float(getattr(MORE, f.name)) for f in fields(MORE)}
    assert stacked([MORE, MORE], 3) == MORE
    assert stacked([], 3) == BALANCED


def test_the_thresholds_of_its_own_series_are_stored_with_an_alert() -> None:
    state, evidence = calm(3), None
    for i in range(40):
        state, evidence = advance(
            state, np.full(3, 12), minute=MONDAY + DAY + i, settings=stacked([MORE, BALANCED, FEWER], 1)
        )
    assert evidence is not None
    assert [explain(evidence, i)["thresholds"]["score"] for i in range(3)] == [10, 14, 22]


@pytest.mark.parametrize("minutes", [1, 15])
def test_with_persistence_an_alert_waits_until_all_has_held_for_so_long(minutes: int) -> None:
    at_once, later = (opened_at(BURST, replace(BALANCED, persist_minutes=n))[0] for n in (0, minutes))
    assert at_once is not None
    assert later == at_once + minutes


def test_what_does_not_persist_opens_nothing() -> None:
    brief = [2] * 10 + [30] * 2 + [0] * 60
    assert opened_at(brief, BALANCED) != [None]
    assert opened_at(brief, replace(BALANCED, persist_minutes=60)) == [None]


def test_persistence_is_counted_in_closed_minutes_also_while_one_is_open() -> None:
    patient = replace(BALANCED, persist_minutes=3)
    state = calm(1)
    for i in range(3):
        state, evidence = advance(state, [40], minute=MONDAY + DAY + i, settings=patient)
        assert not evidence.firing[0]
    assert peek(state, [40], 0.2, minute=MONDAY + DAY + 3, settings=patient).firing[0]


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_an_array_is_checked_like_a_number(name: str) -> None:
    good = float(getattr(BALANCED, name))
    with pytest.raises(ValueError, match=name):
        Settings(**{name: np.array([good, -1.0])})


def test_what_was_announced_opens_nothing_and_more_than_that_does() -> None:
    announced = Lift(np.array([4.0]), np.zeros(1))
    campaign = [8] * 240
    assert opened_at(campaign, BALANCED) != [None]
    assert opened_at(campaign, BALANCED, lift=announced) == [None]
    assert opened_at([30] * 60, BALANCED, lift=announced) != [None]


def usual_after(state: State) -> float:
    """What is expected of the next minute: from the mean that it moves."""
    after, _ = advance(state, [0.0], minute=state.minute + 1)
    moved = after.half_hour_expected - state.half_hour_expected
    return float((state.half_hour_expected + HALF_HOUR * moved)[0])


@given(lift=st.floats(1, 50), share=st.floats(0, 1))
@settings(max_examples=25)
def test_what_lies_between_the_usual_and_the_announced_teaches_nothing(lift: float, share: float) -> None:
    """Neither a campaign that worked nor one that flopped moves what is usual."""
    before = calm(1)
    usual = usual_after(before)
    count = usual * (1 + share * (lift - 1))
    assert usual > 1
    after, _ = advance(before, [count], minute=MONDAY + DAY, lift=Lift(np.array([lift]), np.zeros(1)))
    plain, _ = advance(before, [usual], minute=MONDAY + DAY)
    for name in ("trailing", "recent_learned", "recent_season", "hour_sum"):
        assert getattr(after, name)[0] == pytest.approx(getattr(plain, name)[0]), name


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.5, 1.9])
def test_more_than_announced_and_less_than_usual_are_learned(factor: float) -> None:
    """Less than usual counts as it is; what exceeds the announcement is divided by it."""
    before, lift = calm(1), 4.0
    usual = usual_after(before)
    count = usual * factor if factor < 1 else usual * factor * lift
    after, _ = advance(before, [count], minute=MONDAY + DAY, lift=Lift(np.array([lift]), np.zeros(1)))
    plain, _ = advance(before, [usual * factor], minute=MONDAY + DAY)
    assert after.hour_sum[0] == pytest.approx(plain.hour_sum[0])
