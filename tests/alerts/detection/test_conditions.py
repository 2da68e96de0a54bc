"""What may be going on with a brand: what becomes likely when it lasts, and what ordinary life explains."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.conditions import KINDS, LASTING_MOVES, PASSING_MOVES
from alerts.detection.following import AT_FIRST, Course, Mentions, Shares, followed
from alerts.detection.formulae import Floats

AMOUNT = st.floats(-1e3, 1e5)


class Part(NamedTuple):
    """So many blocks of so many mentions each, and the shares of them."""

    blocks: int
    heard: float
    negative: float
    positive: float = 0.3
    small: float = 0.3
    announced: bool = False
    large: bool = False


CALM = Part(36, 10.0, 0.2)


def course(parts: Sequence[Part], expected: float = 10.0) -> Course:
    """Of one brand of which a fifth is negative, three tenths positive, three tenths from small accounts."""

    def row(values: Sequence[float]) -> Floats:
        return np.repeat(values, [part.blocks for part in parts])[None]

    negative, positive = (
        row([part.heard * getattr(part, name) for part in parts]) for name in ("negative", "positive")
    )
    usual = np.full_like(negative, expected)
    heard = Mentions(
        negative,
        row([part.heard for part in parts]) - negative - positive,
        positive,
        row([part.heard * part.negative * part.small for part in parts]),
        usual,
        usual,
        row([part.announced for part in parts]) > 0,
        row([part.large for part in parts]) > 0,
    )
    return followed(AT_FIRST[None], heard, Shares(*(np.array([share]) for share in (0.2, 0.3, 0.3))))


def likeliest(parts: Sequence[Part]) -> tuple[str, float]:
    """The likeliest kind of crisis at the end, and the chance of any."""
    last = course(parts).likely[0, -1]
    return KINDS[int(last.argmax())], float(last.sum())


def test_something_always_comes_next() -> None:
    for moves in (LASTING_MOVES, *PASSING_MOVES):
        assert moves.sum(axis=1) == pytest.approx(1.0)
        assert (moves >= 0).all()


def test_calm_stays_calm_and_is_learned_whole() -> None:
    calm = course([CALM._replace(blocks=288)])
    assert calm.likely.sum(axis=2).max() < 0.05
    assert calm.ordinary[0, 0] > 0.9 * 2880


def test_a_turn_becomes_likely_within_hours_and_is_over_when_it_is_over() -> None:
    turned = [CALM, Part(36, 10.0, 0.45)]
    kind, chance = likeliest(turned)
    assert (kind, chance > 0.9) == ("sentiment_turn", True)
    assert likeliest([*turned, CALM._replace(blocks=72)])[1] < 0.1


def test_what_brings_more_mentions_for_hours_is_a_slow_burn_and_is_not_learned() -> None:
    more = [0.25 * i for i in range(40)]
    rising = [Part(3, 10 + x, (2 + 0.56 * x) / (10 + x), (3 + 0.13 * x) / (10 + x)) for x in more]
    kind, chance = likeliest(rising)
    assert (kind, chance > 0.8) == ("slow_burn", True)
    heard = sum(part.blocks * part.heard for part in rising)
    assert course(rising).ordinary[0, 0] < 0.75 * heard


def test_a_conversation_that_flares_up_is_no_crisis_however_large() -> None:
    flare = [CALM, Part(1, 120.0, 0.4), Part(1, 60.0, 0.4), Part(1, 35.0, 0.35), Part(1, 20.0, 0.3), CALM]
    assert course(flare).likely[0].sum(axis=1).max() < 0.5


@pytest.mark.parametrize("announced", [False, True])
def test_a_crowd_that_is_mostly_negative_and_stays_is_a_crisis(announced: bool) -> None:
    crowd = Part(4, 100.0, 0.58, 0.12, announced=announced)
    kind, chance = likeliest([CALM, Part(1, 40.0, 0.5, 0.15), crowd])
    assert (kind, chance > 0.9) == ("sudden", True)


def test_small_accounts_alone_are_bots() -> None:
    assert likeliest([CALM, Part(6, 100.0, 0.6, 0.1, small=0.9)])[1] < 0.1


def test_praise_that_was_announced_is_a_campaign_and_its_turn_a_backfire() -> None:
    campaign = [CALM, Part(24, 50.0, 0.15, 0.55, announced=True)]
    assert likeliest(campaign)[1] < 0.1
    kind, chance = likeliest([*campaign, Part(9, 70.0, 0.42, 0.3, announced=True)])
    assert (kind, chance > 0.9) == ("backfire", True)


def test_after_a_large_account_a_crowd_is_as_likely_as_not() -> None:
    kind, chance = likeliest([CALM, Part(1, 10.0, 0.2, large=True)])
    assert kind == "influencer"
    assert chance == pytest.approx(0.5, abs=0.1)


def test_brands_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(0)
    negative, neutral, positive, expected = (rng.integers(1, 12, (2, 12)).astype(float) for _ in range(4))
    some, few = negative > 6, neutral > 8
    heard = Mentions(negative, neutral, positive, negative / 2, expected, expected, some, few)
    usual = Shares(np.array([0.2, 0.4]), np.array([0.3, 0.2]), np.array([0.3, 0.5]))
    both = followed(np.stack([AT_FIRST, AT_FIRST]), heard, usual)
    for brand in (0, 1):
        own: list[Any] = [row[[brand]] for row in heard]
        alone = followed(AT_FIRST[None], Mentions(*own), Shares(*(row[[brand]] for row in usual)))
        assert both.chances[brand] == pytest.approx(alone.chances[0])
        assert both.likely[brand] == pytest.approx(alone.likely[0])


@given(
    st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT, st.floats(1e-3, 1e5)), min_size=1, max_size=6),
    st.floats(0.01, 0.98),
    st.floats(0.01, 0.98),
)
def test_chances_add_up_whatever_comes(
    sums: list[tuple[float, float, float, float, float]], share: float, small: float
) -> None:
    """Also where words were taken back, and a sum is negative."""
    rows = np.array(sums).T[:, None]
    never = np.zeros_like(rows[0]) > 0
    heard = Mentions(rows[0], rows[1], rows[2], rows[3], rows[4], rows[4], never, never)
    one = followed(AT_FIRST[None], heard, Shares(np.array([share]), np.array([0.3]), np.array([small])))
    assert one.chances.sum() == pytest.approx(1.0)
    assert (one.likely >= 0).all()
    assert one.likely.sum(axis=2).max() <= 1 + 1e-9
    assert (one.ordinary >= 0).all()
