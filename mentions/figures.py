"""What one mention adds to the counts of its minute, and for how much it counts. Pure.

Whatever stores, edits, corrects or recounts a mention asks here: what was added is what is taken away.
"""

from __future__ import annotations

from math import log10
from typing import NamedTuple

VOICE, OWN, NEGATIVE, POSITIVE, HARM = 1, 2, 4, 8, 16
ALL = VOICE | OWN | NEGATIVE | POSITIVE | HARM
"""What a mention is the first of by its account in the hour (`mentions.identity.voices`): of all that it
says,
of what it says in words of its own, of what is negative or positive in those, of what is about harm."""

HEARD_FROM = 1_000
"""People; an audience up to that weighs nothing: such accounts are heard in the volume."""
MOST_REACH = 400
"""Hundredths; the weight of an audience of ten million, and of any larger one."""


class Change(NamedTuple):
    """What is added to the counts of a monitor's minute; a judgement that moved takes and gives."""

    volume: int = 0
    negative: int = 0
    positive: int = 0
    harm: int = 0
    copies: int = 0
    voices: int = 0
    independent: int = 0
    independent_negative: int = 0
    independent_positive: int = 0
    reach: int = 0
    notable: int = 0

    def __sub__(self, other: Change) -> Change:
        """What leads from the other to this one."""
        return Change(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


class Said(NamedTuple):
    """As much of a mention as is counted."""

    sentiment: str
    harm: bool
    copy: bool
    firsts: int
    """What it is the first of: VOICE … HARM added up."""
    audience: int | None
    """People who may have seen it: its reach, else its author's followers."""

    @property
    def hurts(self) -> bool:
        """Whether it is of the kind that must not be missed from an author who weighs."""
        return self.sentiment == "negative" or self.harm


def figures(said: Said, *, notable: bool = False) -> Change:
    """The counts of one mention. `notable`: its author weighs for the monitor's brand (`mentions.notable`).

    A judgement that changes later moves within what the mention is first of: what counts as the first
    negative one, or was the account's first words anyway, counts when it is negative.
    """
    own = not said.copy
    voice, first_own = bool(said.firsts & VOICE), own and bool(said.firsts & OWN)
    negative, positive = said.sentiment == "negative", said.sentiment == "positive"
    return Change(
        volume=1,
        negative=int(negative),
        positive=int(positive),
        harm=int(said.harm and bool(said.firsts & (HARM | VOICE))),
        copies=int(said.copy),
        voices=int(voice),
        independent=int(first_own),
        independent_negative=int(negative and own and bool(said.firsts & (NEGATIVE | OWN))),
        independent_positive=int(positive and own and bool(said.firsts & (POSITIVE | OWN))),
        reach=reach_weight(said.audience) if voice else 0,
        notable=int(notable and said.hurts),
    )


def reach_weight(audience: int | None) -> int:
    """100 log10(audience / 1,000), from 0 to 400: 10,000 people weigh 1.00, a million 3.00.

    Whole hundredths, so that sums are the same in whatever order they are added.
    """
    if audience is None or audience <= HEARD_FROM:
        return 0
    return min(MOST_REACH, round(100 * log10(audience / HEARD_FROM)))
