"""The likelihood formulae that the detectors share. All logarithms are natural, all evidence is in nats.

A score of 14 nats means: were nothing unusual going on, so large a count would have a chance of at most
exp(-14), about one in a million, in one look.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TINY = 1e-12
"""Keeps logarithms of an exact zero finite."""


def count_evidence(observed: Floats, expected: Floats, dispersion: Floats) -> Floats:
    """Evidence that a count lies above what is expected, in nats; 0 where it does not.

    (x ln(x/m) - (x - m)) / d: the Chernoff bound of a Poisson tail, P(X >= x) <= exp(-evidence), divided by
    the dispersion d (variance over mean) as in a quasi-likelihood. All arguments have one shape.
    Sources: Chernoff 1952; Wedderburn 1974 (quasi-likelihood).
    """
    deviance = observed * np.log((observed + TINY) / (expected + TINY)) - (observed - expected)
    return np.where(observed > expected, deviance / dispersion, 0.0)


def share_evidence(part: Floats, whole: Floats, usual: Floats) -> Floats:
    """Evidence that `part` of `whole` is more than the usual share, in nats; 0 where it is not.

    whole * KL(part/whole || usual): the Chernoff bound of a binomial tail. `usual` lies in (0, 1).
    """
    share = part / np.maximum(whole, TINY)
    rest = 1.0 - share
    divergence = share * np.log((share + TINY) / usual) + rest * np.log((rest + TINY) / (1.0 - usual))
    return np.where(share > usual, whole * divergence, 0.0)
