"""The compiled loop says what `advance` says, to the last digit: the same arithmetic, run in another way."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from alerts.detection import compiled, machine_code
from alerts.detection.evidence import Evidence
from alerts.detection.knob import turned
from alerts.detection.lift import Lift
from alerts.detection.live import BALANCED, FEWER, MORE, State, advance
from alerts.detection.settings import Settings, stacked
from alerts.judging import roster

FIRST = 29_600_000
Floats = NDArray[np.float64]


def minute_by_minute(
    state: State,
    counts: Floats,
    setting: Settings,
    deaf: NDArray[np.bool_],
    lift: Lift,
    newcomers: Floats | None = None,
) -> tuple[State, list[Evidence]]:
    """What the compiled loop has to equal: the live path, one minute at a time."""
    said = []
    for i in range(counts.shape[1]):
        before = state
        state, evidence = advance(
            state,
            counts[:, i],
            minute=FIRST + i,
            settings=turned(setting, state.knob),
            deaf=deaf[:, i],
            lift=lift.at(i),
            newcomers=None if newcomers is None else newcomers[:, i],
        )
        state = roster._knob_moved(state, before, setting, counts[:, i])
        said.append(evidence)
    return state, said


def same(one: State, two: State) -> bool:
    return one.to_bytes() == two.to_bytes()


@st.composite
def pasts(draw: st.DrawFn) -> tuple[Floats, NDArray[np.bool_], Lift, Floats]:
    """Some hours of one monitor or two: bursts, gaps, deaf minutes, holidays, newcomers, any rate."""
    monitors, minutes = draw(st.integers(1, 2)), draw(st.integers(1, 260))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rate = draw(st.sampled_from([0.0, 0.01, 0.3, 4.0, 900.0]))
    counts = rng.poisson(rate, (roster.EACH * monitors, minutes)).astype(float)
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, minutes))
        counts[:, begin : begin + 40] += draw(st.integers(0, 60))
    if draw(st.booleans()):
        begin = draw(st.integers(0, minutes))
        counts[: roster.EACH, begin : begin + 50] = np.nan
    deaf = rng.random(counts.shape) < draw(st.sampled_from([0.0, 0.2]))
    lift = np.where(rng.random(counts.shape) < draw(st.sampled_from([0.0, 0.3])), 3.0, 1.0)
    wide = rng.random(counts.shape) * (rng.random(counts.shape) < draw(st.sampled_from([0.0, 0.3])))
    newcomers = np.where(rng.random(counts.shape) < draw(st.sampled_from([0.0, 0.3])), 2.5, 0.0)
    return counts, deaf, Lift(lift, wide), newcomers


SETTINGS = st.sampled_from(
    [FEWER, BALANCED, MORE, replace(MORE, persist_minutes=5), replace(BALANCED, alarms_a_week=3.0)]
)


@settings(max_examples=60)
@given(pasts(), st.lists(SETTINGS, min_size=2, max_size=2), st.integers(0, 3000))
def test_state_and_evidence_are_the_same_to_the_digit(
    past: tuple[Floats, NDArray[np.bool_], Lift, Floats], chosen: list[Settings], history: int
) -> None:
    counts, deaf, lift, newcomers = past
    monitors = len(counts) // roster.EACH
    setting = stacked(chosen[:monitors], roster.EACH)
    state = replace(roster.empty(monitors), history=np.full(len(counts), history, np.int32))
    expected, said = minute_by_minute(state, counts, setting, deaf, lift, newcomers)
    course = compiled.run(
        state,
        counts,
        FIRST,
        each=roster.EACH,
        alarming=roster.ALARMING,
        settings=setting,
        deaf=deaf,
        lift=lift,
        newcomers=newcomers,
    )
    assert same(course.state, expected)
    assert np.array_equal(course.opened, np.stack([one.opened for one in said], axis=1))
    assert np.array_equal(course.level, np.stack([one.level for one in said], axis=1))
    for claim in course.claims:
        assert_same_claim(claim, said[claim.minute - FIRST])


def assert_same_claim(claim: compiled.Claim, said: Evidence) -> None:
    for field in fields(Evidence):
        one, whole = getattr(claim.evidence, field.name), getattr(said, field.name)
        if isinstance(whole, np.ndarray):
            own = whole[claim.monitor * roster.EACH :][: roster.EACH]
            assert np.array_equal(one, own), field.name
            assert one.dtype == whole.dtype, field.name


def a_fortnight(seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.3, (roster.EACH, 3 * 1440)).astype(float)
    counts[:, 4000:4030] += 9
    return counts


def test_days_over_the_turn_of_weeks_are_the_same_to_the_digit() -> None:
    counts = a_fortnight()
    nothing, lift = np.zeros(counts.shape, np.bool_), Lift.none(*counts.shape)
    lift.wide[:, 2000:3000] = 1.0  # a holiday on the second day, when hours differ in what is known of them
    expected, said = minute_by_minute(roster.empty(1), counts, BALANCED, nothing, lift)
    course = compiled.run(roster.empty(1), counts, FIRST, each=roster.EACH, lift=lift)
    assert same(course.state, expected)
    opened = sum(int(claim.evidence.opened.sum()) for claim in course.claims)
    assert opened == sum(int(one.opened.sum()) for one in said) > 0


def test_a_restart_anywhere_leads_to_the_same_digits() -> None:
    counts = a_fortnight()
    whole = compiled.run(roster.empty(1), counts, FIRST, each=roster.EACH)
    for cut in (1, 59, 60, 1441, 4010):
        before = compiled.run(roster.empty(1), counts[:, :cut], FIRST, each=roster.EACH).state
        after = compiled.run(
            State.from_bytes(before.to_bytes()), counts[:, cut:], FIRST + cut, each=roster.EACH
        )
        assert same(after.state, whole.state)


def test_settings_side_by_side_are_what_each_says_alone() -> None:
    counts = a_fortnight()
    beside = compiled.run(
        roster.empty(2),
        np.tile(counts, (2, 1)),
        FIRST,
        each=roster.EACH,
        settings=stacked([FEWER, MORE], roster.EACH),
    )
    for place, setting in enumerate((FEWER, MORE)):
        alone = compiled.run(roster.empty(1), counts, FIRST, each=roster.EACH, settings=setting)
        assert np.array_equal(beside.opened[roster.EACH * place :][: roster.EACH], alone.opened)
        assert same(roster.selected(beside.state, [place]), alone.state)


@pytest.mark.parametrize(("signal", "moves"), [("positive", False), ("reach", False), ("negative", True)])
def test_signals_that_only_inform_do_not_move_the_knob(signal: str, moves: bool) -> None:
    rates = {"volume": 1.0, "independent": 1.0, "negative": 0.2, "positive": 0.1, "reach": 0.3, "harm": 0.0}
    rng, place = np.random.default_rng(2), roster.SIGNALS.index(signal)
    past, calm = np.split(
        np.stack([rng.poisson(rates[name], 3 * 1440) for name in roster.SIGNALS]).astype(float),
        [4000],
        axis=1,
    )
    loud = calm.copy()
    loud[place, :30] += 20
    wanted = replace(BALANCED, alarms_a_week=3.0)
    asked = partial(compiled.run, each=roster.EACH, alarming=roster.ALARMING, settings=wanted)
    start = asked(roster.empty(1), past, FIRST - 4000).state
    still, course = (asked(start, counts, FIRST) for counts in (calm, loud))
    assert course.opened[place, :60].any()
    assert bool((course.state.knob > still.state.knob).any()) == moves
    stepped, _ = minute_by_minute(start, loud, wanted, np.zeros(loud.shape, np.bool_), Lift.none(*loud.shape))
    assert same(stepped, course.state)


def test_threads_that_begin_at_once_share_one_loop() -> None:
    """Whoever comes while the loop is made finds it whole."""
    compiled._compiled.cache_clear()
    for name in [name for name in sys.modules if name.startswith("live_")]:
        del sys.modules[name]
    counts = np.zeros((roster.EACH, 3))
    with ThreadPoolExecutor(8) as threads:
        runs = [
            threads.submit(compiled.run, roster.empty(1), counts, FIRST, each=roster.EACH) for _ in range(8)
        ]
        assert all(run.result().state.minute == FIRST + 2 for run in runs)


def test_a_loop_that_could_not_be_read_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "live_half.py"
    path.write_text("raise OSError('no room')")
    with pytest.raises(OSError, match="no room"):
        machine_code.imported("live_half", path)
    path.write_text("loop = 5  # and it is there")
    assert machine_code.imported("live_half", path).loop == 5
    del sys.modules["live_half"]


def test_more_claims_than_there_was_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = a_fortnight()
    all_of_them = compiled.run(roster.empty(1), counts, FIRST, each=roster.EACH).claims
    monkeypatch.setattr(compiled, "FIRST_CLAIMS", 1)
    again = compiled.run(roster.empty(1), counts, FIRST, each=roster.EACH).claims
    assert [one.minute for one in again] == [one.minute for one in all_of_them]
    assert len(again) > 1


@pytest.mark.parametrize(
    ("counts", "first", "words"),
    [
        (np.zeros((2, 5)), FIRST, "shape"),
        (np.zeros(roster.EACH), FIRST, "shape"),
        (np.full((roster.EACH, 5), -1.0), FIRST, "negative"),
        (np.full((roster.EACH, 5), np.inf), FIRST, "finite"),
        (np.zeros((roster.EACH, 5)), -1, "later"),
    ],
)
def test_counts_that_make_no_sense(counts: Floats, first: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compiled.run(roster.empty(1), counts, first, each=roster.EACH)


def test_no_minutes_change_nothing() -> None:
    state = roster.empty(1)
    assert same(compiled.run(state, np.zeros((roster.EACH, 0)), FIRST, each=roster.EACH).state, state)
