"""One pass over a text's tokens: adds up weights and reads the rule-of-thumb evidence beside them.

The same pass serves scoring and training: training hands in tables that record which buckets were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple, Protocol

from mentions.sentiment.features import NEGATED, PAIR_MASK, START
from mentions.sentiment.wordlists import BOOSTER, DAMPER, EXCLAIM, LINK, NEGATOR, QUESTION, STOP, STYLED, TURN

NEGATION_REACH = 3
NEGATION_TURN = -0.7  # "not good" is bad, but less bad than "bad" (VADER: -0.74)
BOOST, DAMP = 1.3, 0.6
DENSE = 13


class Known(NamedTuple):
    """What is known of a token: its two logits, its hash, its valence (about -4 … 4) and its kind."""

    negative: float
    positive: float
    hash: int
    valence: float
    kind: int


class Table(Protocol):
    """Weights by bucket."""

    def __getitem__(self, bucket: int, /) -> int: ...


class Sums(NamedTuple):
    """What one pass found: summed logits of words, summed integers of pairs, dense features (DENSE long)."""

    negative: float
    positive: float
    pair_negative: int
    pair_positive: int
    dense: tuple[float, ...]


def walk(tokens: Sequence[Known], pair_negative: Table, pair_positive: Table) -> Sums:
    """Return the sums over `tokens`. Long and flat on purpose: this loop is where the time goes."""
    negative = positive = good = bad = last = 0.0
    pairs_negative = pairs_positive = 0
    before = START
    reach = excited = asked = links = styled = 0
    factor = 1.0
    for word_negative, word_positive, code, valence, kind in tokens:
        negative += word_negative
        positive += word_positive
        bucket = (3 * before + code) & PAIR_MASK
        pairs_negative += pair_negative[bucket]
        pairs_positive += pair_positive[bucket]
        before = code
        if reach:
            reach -= 1
            bucket = (3 * NEGATED + code) & PAIR_MASK
            pairs_negative += pair_negative[bucket]
            pairs_positive += pair_positive[bucket]
            factor *= NEGATION_TURN
        if valence:
            last = valence * factor
            if last > 0:
                good += last
            else:
                bad -= last
        factor = 1.0
        if kind:
            if kind == NEGATOR:
                reach = NEGATION_REACH
            elif kind == STOP:
                reach = 0
            elif kind == BOOSTER:
                factor = BOOST
            elif kind == DAMPER:
                factor = DAMP
            elif kind == TURN:
                good, bad, reach = good / 2, bad / 2, 0
            elif kind == EXCLAIM:
                excited += 1
                reach = 0
            elif kind == QUESTION:
                asked += 1
                reach = 0
            elif kind == LINK:
                links = 1
            elif kind == STYLED:
                styled += 1
    dense = _dense(good, bad, last, len(tokens), excited, asked, links, styled)
    return Sums(negative, positive, pairs_negative, pairs_positive, dense)


def _dense(
    good: float, bad: float, last: float, length: int, excited: int, asked: int, links: int, styled: int
) -> tuple[float, ...]:
    net = good - bad
    return (
        good / (good + 4),
        bad / (bad + 4),
        net / sqrt(net * net + 15),
        float(net < 0),
        float(net > 0),
        float(not good and not bad),
        max(-1.0, min(1.0, last / 4)),
        min(2, excited) / 2,
        min(2, asked) / 2,
        float(links),
        min(3, styled) / 3,
        min(1.0, length / 30),
        net / sqrt(length + 1.0),
    )
