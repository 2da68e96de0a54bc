"""Changes that last: what a block adds, when the evidence begins anew, what one conversation cannot do."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.sequential import HEADROOM, LEAST, MOST, Change, Followed, evidence, followed, hour

TURN = Change(20, 2.0, 10.0)
BURN = Change(30, 1.5, 18.0, count=1.5, count_weight=0.5)
AMOUNT = st.floats(0, 1e5)


def test_a_block_adds_the_log_likelihood_ratio_of_its_share() -> None:
    told = 4 * log(0.4 / 0.2) + 6 * log(0.6 / 0.8)
    assert evidence(TURN, 4, 10, 10, 0.2) == pytest.approx(told)


def test_where_the_number_counts_it_adds_to_the_share() -> None:
    share = 4 * log(0.3 / 0.2) + 6 * log(0.7 / 0.8)
    count = 0.5 * (4 * log(1.5) - 0.5 * 0.2 * 10)
    assert evidence(BURN, 4, 10, 10, 0.2) == pytest.approx(share + count)


def test_a_crowd_beyond_what_is_usual_counts_no_more_than_one_and_a_half_times_that() -> None:
    half = evidence(TURN, 8, 20, 6, 0.2)
    assert half == pytest.approx(0.5 * (8 * log(2) + 12 * log(0.6 / 0.8)))


@given(AMOUNT, AMOUNT, AMOUNT, st.floats(0.01, 0.9))
def test_no_block_adds_or_takes_more_than_its_bounds(
    negative: float, other: float, expected: float, share: float
) -> None:
    for change in (TURN, BURN):
        assert LEAST <= evidence(change, negative, negative + other, expected, share) <= MOST


def test_evidence_begins_anew_at_zero_and_remembers_since_when() -> None:
    known = followed(TURN, Followed(), 1200, 8, 20, 20, 0.2)
    assert (known.since, known.negative, known.mentions, known.expected) == (1200, 8, 20, 20)
    longer = followed(TURN, known, 2400, 8, 20, 20, 0.2)
    assert (longer.since, longer.negative) == (1200, 16)
    assert longer.score == pytest.approx(2 * known.score)
    quiet = followed(TURN, known, 2400, 0, 200, 200, 0.2)
    assert quiet.score == pytest.approx(known.score + LEAST)
    assert followed(TURN, quiet, 3600, 0, 200, 200, 0.2) == Followed()


def test_evidence_grows_no_further_than_its_end_can_be_noticed() -> None:
    known = Followed()
    for block in range(100):
        known = followed(TURN, known, 1200 * block, 900, 1000, 1000, 0.2)
    assert known.score == HEADROOM * TURN.needed


def test_an_hour_is_its_blocks() -> None:
    minutes = np.ones((3, 60))
    minutes[1] = 0.5
    known = hour(TURN, Followed(), 0, minutes, 0.2)
    assert [round(one.mentions) for one in known] == [0, 20, 40, 60]
    assert [one.since for one in known[1:]] == [0, 0, 0]


def test_one_conversation_opens_nothing_however_large_and_a_turn_that_lasts_does() -> None:
    burst = np.ones((3, 60))
    burst[0, :20], burst[1] = 1000, 0.2
    burst[1, :20] = 900
    assert max(one.score for one in hour(TURN, Followed(), 0, burst, 0.2)) < 0.5 * TURN.needed
    turn = np.ones((3, 60))
    turn[1] = 0.5
    known = hour(TURN, Followed(), 0, turn, 0.2)
    assert known[-1].score < TURN.needed <= hour(TURN, known[-1], 3600, turn, 0.2)[-1].score


def test_words_that_are_taken_back_leave_nothing_behind() -> None:
    minutes = np.zeros((3, 60))
    minutes[2], minutes[0, 5], minutes[1, 5] = 1.0, -4.0, -4.0
    assert hour(TURN, Followed(), 0, minutes, 0.2)[1].score == 0
