"""The likelihood formulae that the detectors share. All logarithms are natural, all evidence is in nats.

A score of 14 nats means: were nothing unusual going on, so large a count would have a chance of at most
exp(-14), about one in a million, in one look.
"""

import numpy as np
from numpy.typing import NDArray

from alerts.detection.logarithm import log

Floats = NDArray[np.float64]

TINY = 1e-12
"""Keeps logarithms of an exact zero finite."""


def count_evidence(observed: Floats, expected: Floats, dispersion: Floats) -> Floats:
    """Evidence that a count lies above what is expected, in nats; 0 where it does not.

    (x ln(x/m) - (x - m)) / d: the Chernoff bound of a Poisson tail, P(X >= x) <= exp(-evidence), divided by
    the dispersion d (variance over mean) as in a quasi-likelihood. All arguments have one shape.
    Sources: Chernoff 1952; Wedderburn 1974 (quasi-likelihood).
    """
    above = observed > expected
    x, m = observed[above], expected[above]  # logarithms are dear, and most windows are calm
    evidence = np.zeros_like(observed)
    evidence[above] = (x * log((x + TINY) / (m + TINY)) - (x - m)) / dispersion[above]
    return evidence


def share_evidence(part: Floats, whole: Floats, usual: Floats) -> Floats:
    """Evidence that `part` of `whole` is more than the usual share, in nats; 0 where it is not.

    whole * KL(part/whole || usual): the Chernoff bound of a binomial tail. `usual` lies in (0, 1).
    """
    share = np.minimum(part / np.maximum(whole, TINY), 1.0)
    rest = 1.0 - share
    divergence = share * log((share + TINY) / usual) + rest * log((rest + TINY) / (1.0 - usual))
    return np.where(share > usual, whole * divergence, 0.0)
