"""States of several monitors: adding, dropping and holding open, without touching the neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.roster import (
    EACH,
    Latch,
    Table,
    advanced,
    empty,
    joined,
    judged,
    latched,
    selected,
    table,
    warmed,
)

START = 29_000_160


def counts(monitors: int, minutes: int, seed: int = 1) -> Table:
    volume = np.random.default_rng(seed).poisson(3.0, (monitors, minutes))
    return table([volume, volume // 3, volume // 8], np.ones_like(volume, dtype=bool))


def test_the_table_puts_each_monitors_signals_side_by_side_and_hides_what_is_unknown() -> None:
    signals = [np.array([[5, 6], [7, 8]]), np.array([[1, 2], [3, 4]]), np.array([[0, 0], [1, 1]])]
    made = table(signals, np.array([[True, True], [False, True]]))
    assert made[:3].tolist() == [[5, 6], [1, 2], [0, 0]]
    assert made[4:, 1].tolist() == [4, 1]
    assert np.isnan(made[3:, 0]).all()


def test_monitors_that_are_learned_apart_and_joined_are_those_that_are_learned_together() -> None:
    both = counts(2, 150)
    one, two = warmed(both[:3], START, ()), warmed(both[3:], START, ())
    assert joined(one, two).to_bytes() == warmed(both, START, ()).to_bytes()


def test_dropping_a_monitor_leaves_the_others_as_they_are() -> None:
    three = counts(3, 150)
    state = warmed(three, START, ())
    assert selected(state, [0, 2]).to_bytes() == warmed(three[[0, 1, 2, 6, 7, 8]], START, ()).to_bytes()


def test_states_of_different_minutes_are_not_joined() -> None:
    with pytest.raises(ValueError, match="different minutes"):
        joined(warmed(counts(1, 20), START, ()), warmed(counts(1, 21), START, ()))


@pytest.mark.parametrize(("ago", "burns"), [(150, False), (5, True)])
def test_a_burst_of_the_past_opens_nothing_unless_it_still_burns(ago: int, burns: bool) -> None:
    past = counts(1, 2000) / 10
    past[:, 2000 - ago - 20 : 2000 - ago] += 5
    state = warmed(past, START, ())
    judgement = judged(state, counts(1, 5) / 10, 1.0, ())
    assert not judgement.opened.any()
    assert judgement.burning.all() == burns


def test_a_latch_holds_its_series_open_from_its_minute_on_and_no_other() -> None:
    quiet = counts(1, 30)
    latch = Latch(series=1, minute=START + 10, level="red")
    before, _ = advanced(empty(1), quiet[:, :10], START, [latch])
    after, _ = advanced(before, quiet[:, 10:], START + 10, [latch])
    assert before.firing.tolist() == [False, False, False]
    assert after.firing.tolist() == [False, True, False]
    assert after.level.tolist() == [0, 2, 0]


def test_a_latch_lowers_no_level() -> None:
    red = latched(empty(1), [Latch(0, START, "red")])
    assert latched(red, [Latch(0, START, "amber")]).level[0] == 2


def test_judging_in_two_goes_is_judging_in_one() -> None:
    rows = counts(2, 200)
    rows[:EACH, 195:] += 60
    base, _ = advanced(empty(2), rows[:, :150], START, ())
    late, _ = advanced(base, rows[:, 150:190], START + 150, ())
    one, two = judged(base, rows[:, 150:], 0.5, ()), judged(late, rows[:, 190:], 0.5, ())
    assert one.evidence.score.tobytes() == two.evidence.score.tobytes()
    assert one.opened.tolist() == two.opened.tolist() == [True] * EACH + [False] * EACH
