"""What may be going on with a brand, and how likely each of it is: a hidden Markov model, block by block.

Ordinary life explains most of what looks like trouble: a conversation that flares up and is over within the
hour, an hour in which people are touchier than usual, complaints that last an afternoon. Each is a condition
that comes as often, and lasts as long, as it usually does; so are the crises that build up: a turn of
sentiment, and a slow burn that brings more mentions, too. After each block of five minutes every condition's
chance is what it was, moved by what may have come and gone, times how well it explains the block:

    NB(N; expected x (1 + more), k) x Binomial(K; N, share)^(1 / (1 + N / SHARE_SHAPE))

with N weighted mentions, K negative ones, each against all else that would explain the same.

Sources: Shiryaev 1963 (an alarm by the chance that the change has come); Rabiner 1989 (forward recursion).
"""

from typing import NamedTuple

import numpy as np

from alerts.detection.formulae import TINY, Floats

BLOCK = 5
COUNT_SHAPE = 5.0
"""k: a block's mentions vary by 45 % by themselves."""

SHARE_SHAPE = 200.0
"""Mentions of one block that its share is worth at most."""

HIGHEST_SHARE = 0.9
LEAST_MORE = 0.1
"""What comes on top is at least so much more negative than what is usual."""

HOUR, DAY, WEEK = 60, 1440, 10_080


class Condition(NamedTuple):
    """What a brand's mentions are like while it lasts.

    more: mentions on top, over those expected. Of the usual ones `times` x the usual share + `plus` are
    negative; of those on top `of_more` (None: as of the others). crisis: its kind, if it is one.
    """

    name: str
    more: float = 0.0
    times: float = 1.0
    plus: float = 0.0
    of_more: float | None = None
    crisis: str | None = None


SIZES = (1, 3, 9, 27)
"""Times as many mentions as usual that a conversation brings on top ..."""

SIZE_PARTS = (0.18, 0.07, 0.015, 0.0036)
"""... and the parts of all conversations that begin as large; the others are too small to be seen."""

BURN = (0.28, 0.56, 1.12, 2.24)
CONDITIONS = (
    Condition("calm"),
    Condition("busy", more=0.7),
    Condition("touchy", plus=0.07),
    Condition("grievance", more=0.6, of_more=0.42),
    *(Condition(f"talk {i}", more=more) for i, more in enumerate(SIZES)),
    *(Condition(f"quarrel {i}", more=more, of_more=0.5) for i, more in enumerate(SIZES)),
    Condition("turning", more=0.05, times=1.6, crisis="sentiment_turn"),
    Condition("turned", more=0.1, times=2.1, crisis="sentiment_turn"),
    *(Condition(f"burn {i}", more=more, of_more=0.57, crisis="slow_burn") for i, more in enumerate(BURN)),
)
CRISES = ("sentiment_turn", "slow_burn")
ORDINARY = ("calm", "busy", "touchy")
"""What everything else comes out of."""


def _moves() -> Floats:
    """[from, to]: the chance of each condition a block later; each line adds up to 1."""
    place = {one.name: i for i, one in enumerate(CONDITIONS)}
    moves = np.zeros((len(CONDITIONS), len(CONDITIONS)))

    def go(old: str, new: str, minutes: float) -> None:
        """From `old` to `new` once in so many minutes."""
        if old != new:
            moves[place[old], place[new]] += BLOCK / minutes

    for name in ORDINARY:
        go(name, "busy", DAY)
        go(name, "touchy", 10 * HOUR)
        go(name, "grievance", 2 * WEEK)
        go(name, "turning", WEEK / 0.16)
        go(name, "burn 0", WEEK / 0.2)
        for i, part in enumerate(SIZE_PARTS):
            go(name, f"talk {i}", DAY / 5 / part)
            go(name, f"quarrel {i}", DAY / 1.6 / part)
    go("busy", "calm", 4 * HOUR)
    go("touchy", "calm", 35)
    go("grievance", "calm", 3 * HOUR)
    go("talk 0", "calm", 25)
    go("quarrel 0", "calm", 25)
    for i in range(1, len(SIZES)):
        go(f"talk {i}", f"talk {i - 1}", 40)
        go(f"quarrel {i}", f"quarrel {i - 1}", 40)
    go("turning", "turned", 120)
    for name in ("turning", "turned", "burn 0"):
        go(name, "calm", 1500)
    for i in range(1, len(BURN)):
        go(f"burn {i - 1}", f"burn {i}", 240)
        go(f"burn {i}", f"burn {i - 1}", 480)
    return moves + np.diag(1.0 - moves.sum(axis=1))


MOVES = _moves()
MORE = np.array([one.more for one in CONDITIONS])
OF_CRISES = np.array([[float(one.crisis == kind) for kind in CRISES] for one in CONDITIONS])
AT_FIRST = np.array([float(one.name == "calm") for one in CONDITIONS])
"""The chances before anything is known."""


def negative_shares(usual: Floats) -> Floats:
    """[brands, conditions]: the share of negative mentions under each, by the usual one, [brands]."""
    columns = []
    for one in CONDITIONS:
        own = np.minimum(one.times * usual + one.plus, HIGHEST_SHARE)
        top = own if one.of_more is None else np.maximum(one.of_more, usual + LEAST_MORE)
        columns.append((own + one.more * top) / (1.0 + one.more))
    return np.minimum(np.stack(columns, axis=-1), HIGHEST_SHARE)


def explained(blocks: Floats, usual: Floats) -> Floats:
    """[brands, blocks, conditions]: how well each explains each block; the best one 1.

    blocks [brands, 3, blocks]: weighted mentions, negative and expected ones; usual [brands]: the share.
    """
    mentions = np.maximum(blocks[:, 0, :, None], 0.0)
    negative = np.clip(blocks[:, 1, :, None], 0.0, mentions)
    expected = blocks[:, 2, :, None] * (1.0 + MORE)
    share = negative_shares(usual)[:, None, :]
    of_share = negative * np.log(share) + (mentions - negative) * np.log(1.0 - share)
    spread = np.log(expected + COUNT_SHAPE)
    of_count = mentions * (np.log(expected + TINY) - spread) - COUNT_SHAPE * spread
    nats = of_count + of_share / (1.0 + mentions / SHARE_SHAPE)
    return np.asarray(np.exp(nats - nats.max(axis=-1, keepdims=True)))


def followed(chances: Floats, blocks: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """The chances after these blocks, [brands, conditions]; after each those of CRISES, [brands, blocks, 2].

    chances [brands, conditions]: before them; the others as in `explained`.
    """
    likely = []
    for fits in explained(blocks, usual).swapaxes(0, 1):
        chances = (chances @ MOVES) * fits
        chances = chances / chances.sum(axis=-1, keepdims=True)
        likely.append(chances @ OF_CRISES)
    return chances, np.stack(likely, axis=1)
