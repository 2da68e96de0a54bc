"""One pass over the tokens of many texts: which pairs they make, and the rule-of-thumb evidence in them.

The tokens of all texts stand in one row of arrays, so that a pass is a few NumPy calls, however many texts
there are. Scoring looks weights up for what is found here, training fits them: neither has a way of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.features import NEGATED, START, pair_bucket
from mentions.sentiment.wordlists import (
    BOOSTER,
    DAMPER,
    EXCLAIM,
    KINDS,
    LATE,
    LINK,
    NEGATOR,
    QUESTION,
    STOP,
    STYLED,
    TURN,
)
from mentions.texts.pieces import Hashes
from mentions.texts.spellings import Places

NEGATION_REACH = 3
NEGATION_TURN = -0.7  # "not good" is bad, but less bad than "bad" (VADER: -0.74)
DENSE = 13

_FACTOR = np.ones(KINDS)
_FACTOR[[BOOSTER, DAMPER]] = 1.3, 0.6
"""What a word of each kind makes of the next one's valence."""
_NEGATES = np.isin(np.arange(KINDS), (NEGATOR, LATE))
_DECIDES = _NEGATES | np.isin(np.arange(KINDS), (STOP, TURN, EXCLAIM, QUESTION))
"""Whether a token of each kind begins or ends the reach of a negator."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(eq=False)
class Tokens:
    """The tokens of some texts, one after another: arrays of [token]."""

    text: Places
    """The place of its text; ascending."""
    texts: int
    negative: Floats
    positive: Floats
    """The word's logits against neutral's 0."""
    valence: Floats
    """About -4 … 4."""
    hash: Hashes
    kind: NDArray[np.uint8]

    @cached_property
    def opens(self) -> Flags:
        """Which are the first of their texts."""
        return np.append(True, self.text[1:] != self.text[:-1])[: len(self.text)]

    @cached_property
    def negated(self) -> Flags:
        """Which are near after a negator with nothing between, or just before a late one."""
        kind, at = self.kind, np.arange(len(self.kind))
        decides = np.maximum.accumulate(np.where(_DECIDES[kind] | self.opens, at, 0))[:-1]
        reached = _NEGATES[kind[decides]] & (at[1:] - decides <= NEGATION_REACH) & ~self.opens[1:]
        late = (kind[1:] == LATE) & ~self.opens[1:]
        return np.asarray(np.append(False, reached) | np.append(late, False), np.bool_)[: len(kind)]

    @cached_property
    def lengths(self) -> Places:
        """How many each text has."""
        return np.bincount(self.text, minlength=self.texts)

    def summed(self, values: Floats) -> Floats:
        """Return the sum of `values`, one a token, over each text."""
        return np.asarray(np.bincount(self.text, values, self.texts), np.float64)


def pairs(tokens: Tokens) -> tuple[Hashes, Places]:
    """Return the buckets of all pairs, and the place of the text that each is of.

    Each token makes one with the token before it; one that a negator reaches also makes one with "not".
    """
    before = np.where(tokens.opens, START, np.roll(tokens.hash, 1))
    near = pair_bucket(before, tokens.hash)
    turned = pair_bucket(NEGATED, tokens.hash[tokens.negated])
    return np.append(near, turned), np.append(tokens.text, tokens.text[tokens.negated])


def dense(tokens: Tokens) -> Floats:
    """Return the rules of thumb's findings, DENSE for each text."""
    felt = _felt(tokens)
    kinds = np.bincount(tokens.text * KINDS + tokens.kind, minlength=tokens.texts * KINDS)
    kinds = kinds.reshape(tokens.texts, KINDS)
    heard = np.ldexp(felt, -_turns_after(tokens, kinds[:, TURN]))
    good, bad = tokens.summed(np.maximum(heard, 0)), tokens.summed(np.maximum(-heard, 0))
    net, length = good - bad, tokens.lengths
    columns = (
        good / (good + 4),
        bad / (bad + 4),
        net / np.sqrt(net * net + 15),
        net < 0,
        net > 0,
        (good == 0) & (bad == 0),
        np.clip(_last(tokens, felt) / 4, -1, 1),
        np.minimum(kinds[:, EXCLAIM], 2) / 2,
        np.minimum(kinds[:, QUESTION], 2) / 2,
        kinds[:, LINK] > 0,
        np.minimum(kinds[:, STYLED], 3) / 3,
        np.minimum(length / 30, 1),
        net / np.sqrt(length + 1.0),
    )
    return np.stack(columns, axis=1)


def _felt(tokens: Tokens) -> Floats:
    """Each token's valence, scaled and turned by what stands before it."""
    factor = np.where(tokens.opens, 1.0, _FACTOR[np.roll(tokens.kind, 1)])
    factor[tokens.negated] *= NEGATION_TURN
    return tokens.valence * factor


def _turns_after(tokens: Tokens, turns: Places) -> Places:
    """How many words such as "but" follow each token, given those of each text: before them counts half."""
    turn = tokens.kind == TURN
    after: Places = np.cumsum(turns)[tokens.text] - np.cumsum(turn) + turn
    return after


def _last(tokens: Tokens, felt: Floats) -> Floats:
    """The last thing felt in each text."""
    last = np.zeros(tokens.texts)
    feeling = np.flatnonzero(tokens.valence)
    last[tokens.text[feeling]] = felt[feeling]
    return last
