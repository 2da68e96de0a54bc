"""What may be going on with a brand: what becomes likely when it lasts, and what ordinary life explains."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.conditions import (
    AT_FIRST,
    CONDITIONS,
    CRISES,
    HIGHEST_SHARE,
    MOVES,
    explained,
    followed,
    negative_shares,
)
from alerts.detection.formulae import Floats

USUAL = np.array([0.2])
AMOUNT = st.floats(-1e3, 1e5)


def course(*parts: tuple[int, float, float], expected: float = 10.0) -> Floats:
    """[blocks, 2]: the chances of CRISES through parts of (blocks, mentions a block, negative share)."""
    mentions = np.concatenate([np.full(blocks, count) for blocks, count, _ in parts])
    share = np.concatenate([np.full(blocks, share) for blocks, _, share in parts])
    blocks = np.stack([mentions, mentions * share, np.full_like(mentions, expected)])
    return followed(AT_FIRST[None], blocks[None], USUAL)[1][0]


def test_something_always_comes_next() -> None:
    assert MOVES.sum(axis=1) == pytest.approx(1.0)
    assert (MOVES >= 0).all()


def test_what_comes_on_top_is_mixed_with_what_is_usual() -> None:
    shares = dict(zip((one.name for one in CONDITIONS), negative_shares(USUAL)[0], strict=True))
    assert shares["calm"] == shares["talk 3"] == pytest.approx(0.2)
    assert shares["turned"] == pytest.approx(2.1 * 0.2)
    assert shares["quarrel 1"] == pytest.approx((0.2 + 3 * 0.5) / 4)


def test_a_block_is_explained_by_the_number_and_the_share_of_it() -> None:
    fits = explained(np.array([[[40.0], [8.0], [10.0]]]), USUAL)[0, 0]
    assert CONDITIONS[int(fits.argmax())].name == "talk 1"
    fits = explained(np.array([[[40.0], [17.0], [10.0]]]), USUAL)[0, 0]
    assert CONDITIONS[int(fits.argmax())].name == "quarrel 1"


def test_calm_stays_calm() -> None:
    assert course((288, 10.0, 0.2)).sum(axis=1).max() < 0.01


def test_a_turn_becomes_likely_within_hours_and_is_over_when_it_is_over() -> None:
    chance = course((36, 10.0, 0.2), (36, 10.0, 0.45), (36, 10.0, 0.2))
    assert CRISES[int(chance[71].argmax())] == "sentiment_turn"
    assert chance[71].sum() > 0.95
    assert chance[-1].sum() < 0.05


def test_what_brings_more_mentions_for_hours_is_a_slow_burn() -> None:
    rising = [(12, 10.0 + 2.0 * hour, (2 + 1.15 * hour) / (10 + 2 * hour)) for hour in range(10)]
    chance = course(*rising)
    assert CRISES[int(chance[-1].argmax())] == "slow_burn"
    assert chance[-1].sum() > 0.95


def test_a_conversation_that_flares_up_is_no_crisis_however_large() -> None:
    assert course((12, 10.0, 0.2), (4, 300.0, 0.45), (12, 10.0, 0.2)).sum(axis=1).max() < 0.5


def test_brands_do_not_touch_each_other() -> None:
    blocks = np.random.default_rng(0).poisson(5.0, (2, 3, 12)) + 1.0
    usual = np.array([0.2, 0.4])
    both = followed(np.stack([AT_FIRST, AT_FIRST]), blocks, usual)
    for brand in (0, 1):
        alone = followed(AT_FIRST[None], blocks[[brand]], usual[[brand]])
        assert both[0][brand] == pytest.approx(alone[0][0])
        assert both[1][brand] == pytest.approx(alone[1][0])


@given(
    st.lists(st.tuples(AMOUNT, AMOUNT, st.floats(1e-3, 1e5)), min_size=1, max_size=12), st.floats(0.01, 0.98)
)
def test_chances_add_up_whatever_comes(sums: list[tuple[float, float, float]], share: float) -> None:
    """Also where words were taken back, and a sum is negative."""
    chances, likely = followed(AT_FIRST[None], np.array(sums).T[None], np.array([share]))
    assert chances.sum() == pytest.approx(1.0)
    assert (likely >= 0).all()
    assert likely.sum(axis=2).max() <= 1 + 1e-9
    assert negative_shares(np.array([share])).max() <= HIGHEST_SHARE
