"""How likely each condition of a brand is, block by block: a hidden Markov model of two layers.

After each block of five minutes the chance of each pair of conditions is what it was, moved by what may have
come and gone, times how well the pair explains the block:

    NB(N; M, k) x Multinomial(negative, neutral, positive; shares)^(1 / (1 + N / SHARE_SHAPE))

with N mentions of which the pair expects M, and the shares that its parts have together. What is usual varies
more by itself than what comes on top: 1/k = part^2 / NOISE + GRID (1 - part)^2, with the part of M that is
usual. Bots are told by small accounts. What the likely conditions do not explain otherwise is ordinary, and
only that is learned.

Sources: Shiryaev 1963 (an alarm by the chance that the change has come); Rabiner 1989 (forward recursion);
Ghahramani and Jordan 1997 (layers).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.detection.conditions import AWAITED, KINDS, LASTING, LASTING_MOVES, PASSING, PASSING_MOVES
from alerts.detection.formulae import TINY, Floats

NOISE = 6.0
"""Shape of the usual mentions of a block: they vary by 40 % by themselves."""

GRID = 0.1
"""Square of the part by which what comes on top may lie beside the sizes that conditions have."""

SHARE_SHAPE = 200.0
"""Mentions of one block that its shares are worth at most."""

CLEAR = 0.7
"""Sentiments that are judged as they were meant; the others are as good as drawn from the three."""

LEAST_SHARE, HIGHEST_SHARE = 0.02, 0.75
CAME_OF_LARGE = 0.5
"""Chance that a large account's negative mention brings a crowd."""


def _column(layer: tuple[NamedTuple, ...], name: str) -> Floats:
    """One field of all conditions of a layer; NaN for None."""
    return np.array([np.nan if getattr(one, name) is None else getattr(one, name) for one in layer])


LEVEL, ON_TOP, TIMES, PLUS, TOP_NEGATIVE, TOP_POSITIVE = (
    _column(LASTING, name)[:, None] for name in ("level", "more", "times", "plus", "negative", "positive")
)
MORE, NEGATIVE, POSITIVE, SMALL = (
    _column(PASSING, name) for name in ("more", "negative", "positive", "small")
)
OF_BOTS = np.flatnonzero(~np.isnan(SMALL))
OF_KINDS = np.array(
    [[[float((b.kind or a.kind) == kind) for kind in KINDS] for b in PASSING] for a in LASTING]
).reshape(-1, len(KINDS))
"""[pairs, kinds]."""
HARMLESS = np.array([one.kind is None for one in PASSING])
AT_FIRST = np.zeros((len(LASTING), len(PASSING)))
AT_FIRST[0, 0] = 1.0
"""The chances before anything is known: calm, nothing on top."""


class Mentions(NamedTuple):
    """Blocks of mentions, each [brands, blocks]: weighted sums by sentiment.

    small: the negative ones of small accounts; expected: mentions that should come; usual: what comes on top
    is a multiple of; announced: in a campaign; large: a large account was negative.
    """

    negative: Floats
    neutral: Floats
    positive: Floats
    small: Floats
    expected: Floats
    usual: Floats
    announced: NDArray[np.bool_]
    large: NDArray[np.bool_]


class Shares(NamedTuple):
    """What is usual of each brand, [brands]: negative and positive mentions, those of small accounts."""

    negative: Floats
    positive: Floats
    small: Floats


class Course(NamedTuple):
    """chances [brands, lasting, passing] after the last block; likely [brands, blocks, kinds] after each.

    ordinary [brands, 3]: mentions, negative and positive ones that ordinary life explains, over all blocks.
    """

    chances: Floats
    likely: Floats
    ordinary: Floats


def followed(chances: Floats, heard: Mentions, usual: Shares) -> Course:
    """The course through these blocks; chances as in Course, before the first."""
    fits, explains = _explained(
        Mentions(*(np.maximum(row, 0)[:, :, None, None] for row in heard)),
        Shares(*(share[:, None, None, None] for share in (*map(_meant, usual[:2]), usual.small))),
    )
    course = []
    for i in range(heard.negative.shape[1]):
        chances = _moved(chances, heard.announced[:, i], heard.large[:, i]) * fits[:, i]
        chances = chances / chances.sum(axis=(1, 2), keepdims=True)
        course.append(chances)
    each = np.stack(course, axis=1)
    ordinary = np.stack([(part * each).sum(axis=(1, 2, 3)) for part in explains], axis=1)
    return Course(chances, each.reshape(*each.shape[:2], -1) @ OF_KINDS, ordinary)


def _meant(judged: Floats) -> Floats:
    """The share that was meant where this one was judged."""
    return np.clip((judged - (1 - CLEAR) / 3) / CLEAR, 0.03, 0.6)


def _judged(meant: Floats) -> Floats:
    return CLEAR * meant + (1 - CLEAR) / 3


def _moved(chances: Floats, announced: NDArray[np.bool_], large: NDArray[np.bool_]) -> Floats:
    """The chances a block later; where a large account was negative, a crowd may come."""
    moved: Floats = LASTING_MOVES.T @ (chances @ PASSING_MOVES[announced.astype(int)])
    for brand in np.flatnonzero(large):
        coming = CAME_OF_LARGE * moved[brand][:, HARMLESS]
        moved[brand][:, HARMLESS] -= coming
        moved[brand][:, AWAITED] += coming.sum(axis=1)
    return moved


def _explained(block: Mentions, usual: Shares) -> tuple[Floats, list[Floats]]:
    """How well each pair explains the block, the best one 1; mentions, negative and positive ones that are
    ordinary under it. All [brands, blocks, lasting, passing], or ones where they do not differ."""
    own = np.clip(usual.negative * TIMES + PLUS, LEAST_SHARE, HIGHEST_SHARE)
    praise = np.minimum(usual.positive, 0.95 - own)
    base, top, passing = block.expected * LEVEL, block.expected * ON_TOP, block.usual * MORE
    mean = base + top + passing + TINY
    angry = passing * np.where(np.isnan(NEGATIVE), usual.negative, NEGATIVE)
    lasting_angry = base * own + top * np.where(np.isnan(TOP_NEGATIVE), own, TOP_NEGATIVE)
    negative = _judged((lasting_angry + angry) / mean)
    happy = passing * np.where(np.isnan(POSITIVE), usual.positive, POSITIVE)
    positive = _judged((base * praise + top * TOP_POSITIVE + happy) / mean)
    count = block.negative + block.neutral + block.positive
    nats = block.negative * np.log(negative) + block.positive * np.log(positive)
    nats += block.neutral * np.log(np.maximum(1 - negative - positive, 1e-3))
    part = angry[..., OF_BOTS] / (lasting_angry + angry[..., OF_BOTS] + TINY)
    mixed, few = usual.small * (1 - part) + SMALL[OF_BOTS] * part, np.minimum(block.small, block.negative)
    nats[..., OF_BOTS] += few * np.log(mixed / usual.small)
    nats[..., OF_BOTS] += (block.negative - few) * np.log((1 - mixed) / (1 - usual.small))
    nats /= 1 + count / SHARE_SHAPE
    ordinary = base / mean
    k = 1 / (ordinary**2 / NOISE + GRID * (1 - ordinary) ** 2)
    nats += count * np.log(mean) - (count + k) * np.log((mean + k) / (count + k)) - np.log1p(count / k) / 2
    fits = np.exp(nats - nats.max(axis=(2, 3), keepdims=True))
    return fits, [
        count * ordinary,
        block.negative * ordinary * _judged(usual.negative) / negative,
        block.positive * ordinary * _judged(usual.positive) / positive,
    ]
