"""What is expected beyond the usual: how many times as much, and at how different hours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from alerts.detection.formulae import Floats


class Lift(NamedTuple):
    """Arrays of one shape, [S] or [S, minute].

    times: how many times as much as usual was announced, at least 1. wide, 0..1: on 1 the audience may keep
    other hours, and the most that is usual within baseline.WIDE_HOURS to either side is expected; on 0 it
    does not, and in between a part of the way.
    """

    times: Floats
    wide: Floats

    @classmethod
    def none(cls, *shape: int) -> Lift:
        """Nothing but the usual."""
        return cls(np.ones(shape), np.zeros(shape))

    def at(self, place: Any) -> Lift:
        """The same for a part of the last axis: series of [S], minutes of [S, minute]."""
        return Lift(self.times[..., place], self.wide[..., place])
