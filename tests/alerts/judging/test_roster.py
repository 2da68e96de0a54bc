"""States of several monitors: adding, dropping and holding open, without touching the neighbours."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from alerts.judging.roster import (
    EACH,
    SIGNALS,
    UNITS,
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
from mentions.figures import reach_weight
from tocsin.demo import generator

START = 29_000_160


PLACES = {signal: place for place, signal in enumerate(SIGNALS)}


def counts(monitors: int, minutes: int, seed: int = 1) -> Table:
    volume = np.random.default_rng(seed).poisson(3.0, (monitors, minutes))
    shares = {"volume": 1, "independent": 1, "negative": 3, "harm": 8, "positive": 5, "reach": 1}
    return table([volume // shares[signal] for signal in SIGNALS], np.ones_like(volume, dtype=bool))


def test_the_table_puts_each_monitors_signals_side_by_side_and_hides_what_is_unknown() -> None:
    signals = [np.array([[10 * place, 2], [3, 100 + place]]) for place in range(EACH)]
    made = table(signals, np.array([[True, True], [False, True]]))
    assert made[: EACH - 1, 0].tolist() == [10.0 * place for place in range(EACH - 1)]
    assert made[EACH : 2 * EACH - 1, 1].tolist() == [100.0 + place for place in range(EACH - 1)]
    assert np.isnan(made[EACH:, 0]).all()
    assert made[PLACES["reach"], 0] == 0.25  # counted in hundredths, two points for one


def test_what_is_judged_by_its_share_is_compared_with_the_independent_accounts() -> None:
    partner = empty(2).partner.tolist()
    for monitor in (0, EACH):
        assert partner[monitor + PLACES["negative"]] == monitor + PLACES["independent"]
        assert partner[monitor + PLACES["positive"]] == monitor + PLACES["independent"]
    assert sum(place >= 0 for place in partner) == 4


def test_monitors_that_are_learned_apart_and_joined_are_those_that_are_learned_together() -> None:
    three = counts(3, 150)
    parts = [warmed(three[at : at + EACH], START, ()) for at in range(0, 3 * EACH, EACH)]
    assert joined(*parts).to_bytes() == warmed(three, START, ()).to_bytes()


def test_dropping_a_monitor_leaves_the_others_as_they_are() -> None:
    three = counts(3, 150)
    state = warmed(three, START, ())
    first_and_last = np.r_[three[:EACH], three[2 * EACH :]]
    assert selected(state, [0, 2]).to_bytes() == warmed(first_and_last, START, ()).to_bytes()


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
    assert not before.firing.any()
    assert after.firing.tolist() == [place == 1 for place in range(EACH)]
    assert after.level.tolist() == [2 * (place == 1) for place in range(EACH)]


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


def test_no_audience_of_calm_talk_counts_for_much_more_than_one() -> None:
    """For what counts for more the score would claim more than it may."""
    said = generator.calm(Random(7), datetime(2026, 3, 2, tzinfo=UTC), 1440, 3.0, "almadia")
    weights = np.array([reach_weight(one.reach or one.followers) for one in said]) / UNITS["reach"]
    papers = weights[[one.kind == "article" for one in said]]
    assert 0.5 < float(papers.mean()) < 1.1
    assert weights.max() < 1.5
