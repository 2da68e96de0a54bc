"""Changes that last: sequential tests of what share of a brand's mentions is negative, block by block.

Page's test (1954): the evidence of an alternative over what is usual adds up, and begins anew when it falls
to 0, so that what is slight gathers its evidence over hours, and `since` estimates when it began. A
conversation that flares up is many mentions of one cause: mentions beyond what is usual count less, and no
block adds more than MOST nats. So only what lasts for several blocks opens anything, also at a large brand.
"""

from dataclasses import dataclass, replace
from math import log

from alerts.detection.formulae import TINY, Floats

LEAST, MOST = -1.5, 2.5
"""Nats that one block may add; it takes away less, since a crisis has lulls."""

CROWD = 1.5
"""Times the expected mentions (and one more) that a block counts as independent voices, at most."""

HIGHEST_SHARE = 0.9
HEADROOM = 1.2
"""Times what is needed that the evidence grows to, at most, so that an end is noticed."""


@dataclass(frozen=True)
class Change:
    """An alternative to the usual: blocks in minutes that divide an hour, its evidence needed in nats.

    share: times the usual share of negative mentions. count: times their usual number, and what a nat on the
    number counts beside one on the share; 0 where the number is not looked at.
    """

    minutes: int
    share: float
    needed: float
    count: float = 1.0
    count_weight: float = 0.0


@dataclass(frozen=True)
class Followed:
    """The evidence so far, nats; and the weighted sums since it was last 0 (`since`: unix seconds)."""

    score: float = 0.0
    since: int = 0
    negative: float = 0.0
    mentions: float = 0.0
    expected: float = 0.0


def evidence(change: Change, negative: float, mentions: float, expected: float, share: float) -> float:
    """Nats of one block: K ln(q/p) + (N-K) ln((1-q)/(1-p)), of independent voices, plus Poisson on K.

    `expected` mentions of which `share` (p) are negative are usual; q = p x change.share.
    """
    there = min(HIGHEST_SHARE, change.share * share)
    independent = min(1.0, (CROWD * expected + 1) / max(mentions, TINY))
    nats = independent * (
        negative * log(there / share) + (mentions - negative) * log((1 - there) / (1 - share))
    )
    if change.count_weight:
        more = negative * log(change.count) - (change.count - 1) * share * expected
        nats += change.count_weight * more
    return min(max(nats, LEAST), MOST)


def followed(
    change: Change,
    before: Followed,
    start: int,
    negative: float,
    mentions: float,
    expected: float,
    share: float,
) -> Followed:
    """What is known after one more block, which began at `start`."""
    score = before.score + evidence(change, negative, mentions, expected, share)
    if score <= 0:
        return Followed()
    begun = before if before.score > 0 else Followed(since=start)
    return replace(
        begun,
        score=min(score, HEADROOM * change.needed),
        negative=begun.negative + negative,
        mentions=begun.mentions + mentions,
        expected=begun.expected + expected,
    )


def hour(change: Change, before: Followed, start: int, minutes: Floats, share: float) -> list[Followed]:
    """[1 + blocks]: `before`, and what is known after each block of the hour that began at `start`.

    minutes: [3, 60], weighted mentions, negative ones and expected mentions. After minute m (0..59) the
    entry (m + 1) // change.minutes holds. Words that are taken back (weight.py) can make a sum negative.
    """
    known = [before]
    blocks = minutes.reshape(3, -1, change.minutes).sum(axis=2).T.tolist()
    for i, (mentions, negative, expected) in enumerate(blocks):
        negative = max(negative, 0.0)
        at = start + 60 * change.minutes * i
        known.append(followed(change, known[-1], at, negative, max(mentions, negative), expected, share))
    return known
