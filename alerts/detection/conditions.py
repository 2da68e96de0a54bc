"""What may be going on with a brand, how often each of it comes and how long it lasts.

Two layers hold at once: what the brand is like for hours or days (LASTING: calm, touchy, busy, a turn of
sentiment, a slow burn), and what comes on top for minutes or hours (PASSING: a conversation, complaints,
bots, a campaign, a sudden crisis, the crowd after a large account). Ordinary life explains most of what looks
like trouble, and each condition is weighed against all others (following.py).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from alerts.detection.formulae import Floats

BLOCK = 5
"""Minutes after which all chances are judged again."""

KINDS = ("sudden", "slow_burn", "influencer", "sentiment_turn", "backfire")
HOUR, DAY, WEEK = 60, 1440, 10_080


class Lasting(NamedTuple):
    """level: times the expected mentions that the usual ones are; more: on top of them, as part of them.

    Of the usual ones `times` x the usual share + `plus` are negative; of those on top `negative` and
    `positive` (None: as many as of the usual ones). kind: of KINDS, if it is a crisis.
    """

    name: str
    level: float = 1.0
    more: float = 0.0
    times: float = 1.0
    plus: float = 0.0
    negative: float | None = 0.65
    positive: float | None = 0.05
    kind: str | None = None


class Passing(NamedTuple):
    """more: mentions on top, over those that are usual; the rest as of Lasting.

    small: the part of its negative mentions that come from small accounts (None: as usual).
    """

    name: str
    more: float = 0.0
    negative: float | None = None
    positive: float | None = None
    small: float | None = None
    kind: str | None = None


ORDINARY = ("calm", "calmer", "touchy", "touchier", "quiet", "busy")
TURN = (1.4, 1.9, 2.5, 3.1)
BURN = (0.1, 0.22, 0.4, 0.7, 1.1, 1.7, 2.6)
LASTING = (
    Lasting("calm"),
    Lasting("calmer", plus=-0.05),
    Lasting("touchy", plus=0.06),
    Lasting("touchier", plus=0.12),
    Lasting("quiet", level=0.7),
    Lasting("busy", level=1.4),
    *(
        Lasting(f"turn {i}", more=0.1, times=x, negative=None, kind="sentiment_turn")
        for i, x in enumerate(TURN)
    ),
    *(Lasting(f"burn {i}", more=more, kind="slow_burn") for i, more in enumerate(BURN)),
)

MOODS = {"praise": (0.05, 0.25), "talk": (None, 0.5), "quarrel": (0.45, 0.25)}
"""Share of negatives in a conversation, and how many of all conversations are like that."""

SIZES = (0.8, 1.6, 3.2, 6.4, 13.0, 26.0)
PACES = {11: (0.115, 0.082, 0.046, 0.021, 0.009, 0.005), 28: (0.108, 0.056, 0.025, 0.01, 0.004, 0.002)}
"""Minutes in which a conversation shrinks to a third, and how many of all begin as large as each of SIZES."""

COMPLAINTS = (0.4, 0.8, 1.5)
PRAISE = (2.0, 4.0, 7.0)
BOTS = (2.0, 5.0, 11.0, 22.0)
PEAKS = (6.0, 10.0, 16.0)
RISES = (7, 17)
"""Minutes in which a sudden crisis reaches its peak."""

SUDDEN = (2.0, 3.5, *PEAKS)
CROWD = (0.5, 1.5, 3.0, 5.0, 7.5)
CAMPAIGN = (1.5, 3.0, 5.5, 9.0)
TURNED = ((0.55, 0.3), (0.55, 0.8), (0.5, 1.7))
"""Of a campaign that turns: how much praise is left, and anger over what the praise was; in three steps."""


def _turned(size: float, step: int) -> Passing:
    praise, anger = TURNED[step]
    whole = praise + anger
    return Passing(
        f"turned {size} {step}",
        size * whole,
        (0.06 * praise + 0.7 * anger) / whole,
        (0.5 * praise + 0.04 * anger) / whole,
        kind="backfire" if step else None,
    )


PASSING = (
    Passing("none"),
    *(
        Passing(f"{mood} {pace} {i}", more, negative)
        for mood, (negative, _) in MOODS.items()
        for pace in PACES
        for i, more in enumerate(SIZES)
    ),
    *(Passing(f"complaints {i}", more, 0.5, 0.1) for i, more in enumerate(COMPLAINTS)),
    *(Passing(f"viral {i}", more, 0.05, 0.62) for i, more in enumerate(PRAISE)),
    *(Passing(f"bots {i}", more, 0.85, 0.02, small=0.93) for i, more in enumerate(BOTS)),
    *(
        Passing(f"rise {peak} {rise} {step}", peak * (2 * step + 1) / 6, 0.675, 0.04, kind="sudden")
        for peak in PEAKS
        for rise in RISES
        for step in range(3)
    ),
    *(Passing(f"sudden {i}", more, 0.675, 0.04, kind="sudden") for i, more in enumerate(SUDDEN)),
    Passing("awaited", kind="influencer"),
    *(Passing(f"crowd {i}", more, 0.625, 0.05, kind="influencer") for i, more in enumerate(CROWD)),
    *(Passing(f"campaign {i}", more, 0.05, 0.68) for i, more in enumerate(CAMPAIGN)),
    *(Passing(f"cool campaign {i}", more, 0.06, 0.5) for i, more in enumerate(CAMPAIGN)),
    *(_turned(size, step) for size in CAMPAIGN for step in range(3)),
)
AWAITED = [one.name for one in PASSING].index("awaited")
"""The crowd that a large account's negative mention may bring, before it is there."""


class _Moves:
    """How often each condition of a layer follows on each other one."""

    def __init__(self, layer: Sequence[Lasting | Passing]) -> None:
        self._place = {one.name: i for i, one in enumerate(layer)}
        self._rates = np.zeros((len(layer), len(layer)))

    def go(self, old: str, new: str, minutes: float) -> None:
        """From `old` to `new` once in so many minutes."""
        if old != new:
            self._rates[self._place[old], self._place[new]] += 1 / minutes

    def ladder(self, names: Sequence[str], up: float, down: float) -> None:
        """Up and down the steps of one condition."""
        for low, high in pairwise(names):
            self.go(low, high, up)
            self.go(high, low, down)

    def in_a_block(self) -> Floats:
        """[from, to]: the chance of each condition a block later; each line adds up to 1."""
        rates = self._rates - np.diag(self._rates.sum(axis=1))
        halvings = 10
        return np.linalg.matrix_power(np.eye(len(rates)) + rates * (BLOCK / 2**halvings), 2**halvings)


def _named(name: str, steps: Sequence[float]) -> list[str]:
    return [f"{name} {i}" for i in range(len(steps))]


def _lasting() -> Floats:
    moves = _Moves(LASTING)
    turn, burn = _named("turn", TURN), _named("burn", BURN)
    for name in ORDINARY:
        for new, minutes in (("calmer", 240.0), ("touchy", 240.0), ("touchier", 700.0)):
            moves.go(name, new, minutes)
        moves.go(name, turn[0], WEEK / 0.12)
        moves.go(name, burn[0], WEEK / 0.12)
    for name, comes, goes in (("quiet", 2 * DAY, 360), ("busy", DAY, 240)):
        moves.go("calm", name, comes)
        moves.go(name, "calm", goes)
    for name in ("calmer", "touchy", "touchier"):
        moves.go(name, "calm", 50)
    for old, new, minutes in zip(turn, turn[1:], (35, 35, 70), strict=False):
        moves.go(old, new, minutes)
    for name in turn:
        moves.go(name, "calm", 1560)
    for old, new, minutes in zip(burn, burn[1:], (190, 190, 250, 300, 420, 500), strict=False):
        moves.go(old, new, minutes)
        moves.go(new, old, 1500)
    moves.go(burn[0], "calm", 1500)
    return moves.in_a_block()


def _passing(*, announced: bool) -> Floats:
    moves = _Moves(PASSING)
    small_talk = [f"{mood} {pace} 0" for mood in MOODS for pace in PACES]
    talk = [f"{mood} {pace} {i}" for mood in MOODS for pace in PACES for i in range(len(SIZES))]
    complaints, viral, bots = _named("complaints", COMPLAINTS), _named("viral", PRAISE), _named("bots", BOTS)
    _talk(moves, small_talk)
    for name in complaints:
        moves.go("none", name, 3 * WEEK / 0.6)
    moves.ladder(complaints, 600, 40)
    moves.go(complaints[0], "none", 60)
    for name in viral:
        moves.go("none", name, WEEK / 0.15)
    moves.ladder(viral, 40, 150)
    moves.go(viral[0], "none", 200)
    for old in ("none", *talk, *complaints):
        for name in bots:
            moves.go(old, name, WEEK / 0.1)
        for peak in PEAKS:
            for rise in RISES:
                moves.go(old, f"rise {peak} {rise} 0", WEEK / 0.06)
    moves.ladder(bots, 25, 35)
    moves.go(bots[0], "none", 35)
    _crises(moves)
    _campaigns(moves, announced=announced)
    return moves.in_a_block()


def _talk(moves: _Moves, small_talk: Sequence[str]) -> None:
    """Five conversations a day, each of which shrinks from the moment it is there."""
    for mood, (_, part) in MOODS.items():
        for pace, begins in PACES.items():
            for i, as_large in enumerate(begins):
                name = f"{mood} {pace} {i}"
                for old in ("none", *small_talk):
                    moves.go(old, name, DAY / 5 / (part * as_large))
                moves.go(name, f"{mood} {pace} {i - 1}" if i else "none", pace * float(np.log(2)))


def _crises(moves: _Moves) -> None:
    """What a sudden crisis and a crowd become."""
    sudden, crowd = _named("sudden", SUDDEN), _named("crowd", CROWD)
    for peak in PEAKS:
        for rise in RISES:
            steps = [f"rise {peak} {rise} {step}" for step in range(3)]
            for old, new in zip(steps, [*steps[1:], f"sudden {SUDDEN.index(peak)}"], strict=True):
                moves.go(old, new, rise / 3)
    for old, new in zip(sudden, ["none", *sudden], strict=False):
        moves.go(old, new, 225)
    moves.go("awaited", crowd[0], 30)
    moves.go("awaited", "none", 150)
    moves.ladder(crowd, 20, 250)
    moves.go(crowd[0], "none", 250)


def _campaigns(moves: _Moves, *, announced: bool) -> None:
    """A campaign begins where one is announced only, and one in some turns."""
    for campaign in (_named("campaign", CAMPAIGN), _named("cool campaign", CAMPAIGN)):
        for old, new in zip(campaign, ["none", *campaign], strict=False):
            moves.go(old, new, 300 if announced else 120)
        for old, new in pairwise(campaign):
            if announced:
                moves.go(old, new, 120)
        for name, size in zip(campaign, CAMPAIGN, strict=True):
            moves.go(name, f"turned {size} 0", 2000 if announced else 6000)
            if announced:
                moves.go("none", name, 180)
    for i, size in enumerate(CAMPAIGN):
        moves.go(f"turned {size} 0", f"cool campaign {i}", 60)
        for step in range(3):
            moves.go(f"turned {size} {step}", "none", 600)
            if step < 2:
                moves.go(f"turned {size} {step}", f"turned {size} {step + 1}", 25)


LASTING_MOVES = _lasting()
PASSING_MOVES = np.stack([_passing(announced=False), _passing(announced=True)])
"""[announced, from, to]."""
