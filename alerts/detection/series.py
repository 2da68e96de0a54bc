"""One series of counts at equal steps, point by point, from the past alone: what `tocsin detect` runs.

Three steps for each point, all constants frozen and the same for every series:

1. What is expected: exp(level + rhythm). The level follows the logarithm of the counts with a half-life of
   a week, the rhythm has 48 half-hours of the day and learns a fifth of each day. Residuals are cut at
   +-1 before they teach, so that a burst is not the new normal. For judging, the rhythm counts half:
   on days that differ from the usual the rhythm is wrong as often as right.
2. Evidence over 18 minutes, 1.8 hours and 10.8 hours (each six times the last): the signed root of the
   negative-binomial deviance of the (exponentially weighted) count against the expected one, standardised
   by its own running mean and deviation, and judged by the tail that this series has shown at this scale:
   above its 99.5 % quantile u the excess is taken as exponential with the mean b, so the chance of a value
   z is 0.005 exp(-(z - u) / b), and the evidence is minus its logarithm. Below u it is 0.
3. The evidence of the three scales is added. An alert opens at ALERT_EVIDENCE nats or more, once in
   24 h unless the evidence becomes three times as strong.

Why the tail is learned here and computed from a formula in the live detector:
docs/decisions/0020-detection.md.

Sources: Pickands 1975 (peaks over threshold); Siffer et al. 2017 (the same on streams); Robbins, Monro 1951
(quantile by stochastic approximation).
"""

from math import exp, log, sqrt
from typing import NamedTuple

ALERT_EVIDENCE = 9.5
"""Nats; 8.5 to 10 differ by a point on the development series, above that the thinned copies lose windows."""

QUIET_SECONDS = 86_400
"""An alert speaks for the day that follows it ..."""

RAISED = 3.0
"""... unless the evidence becomes so many times as strong as it was then."""

WINDOW_SECONDS = (1080, 6480, 38_880)
WARM_UP_POINTS = 200
"""So many points only teach: before, the tails are not known."""

TAIL = 0.005
TAIL_EVIDENCE = -log(TAIL)
EXCESS_WEIGHT = 1 - 2 ** (-1 / 100)
SHAPE = 20.0
"""Of the negative binomial: even a perfectly known rate varies by 1/sqrt(20), 22 %."""

LEAST_RESIDUAL = 2.0
"""A window that a negative binomial with SHAPE finds ordinary is no evidence, however regular the series:
pure Poisson counts have narrow tails, and for large counts this means half as much again as expected."""

CUT = 2.5
"""Standard deviations at which a residual stops teaching the mean and the deviation."""

DAY = 86_400
WEEK = 7 * DAY
HALF_HOURS = 48
RHYTHM_PER_DAY = 0.2
RHYTHM_TRUST = 0.5


class Verdict(NamedTuple):
    """score: 0..1, 0.5 at the threshold, evidence / (evidence + ALERT_EVIDENCE). alert: one opens here."""

    score: float
    alert: bool


class Baseline:
    """The expected count of a step: a level and a rhythm of the day, both logarithms."""

    __slots__ = ("level", "level_weight", "rhythm", "rhythm_weight")

    def __init__(self, first: float, step: float) -> None:
        """first: the first count; step: seconds between points."""
        self.level = log(first + 1.5)
        self.level_weight = 1 - 2 ** (-step / WEEK)
        self.rhythm = [0.0] * HALF_HOURS
        self.rhythm_weight = RHYTHM_PER_DAY * min(1.0, step * HALF_HOURS / DAY)

    def expect_and_learn(self, count: float, time: float, points: int) -> float:
        """The expected count at `time` (unix seconds), known before `count` is learned from.

        points: how many came before; a young level follows the plain mean.
        """
        position = time % DAY * (HALF_HOURS / DAY)
        before = int(position)
        after = before + 1 if before < HALF_HOURS - 1 else 0
        nearness = position - before
        rhythm = self.rhythm
        phase = rhythm[before] * (1 - nearness) + rhythm[after] * nearness
        expected = exp(self.level + RHYTHM_TRUST * phase)
        residual = log((count + 0.5) / (exp(self.level + phase) + 0.5))
        residual = 1.0 if residual > 1.0 else -1.0 if residual < -1.0 else residual
        young = 1 / (points + 2)
        self.level += (young if young > self.level_weight else self.level_weight) * residual
        taught = self.rhythm_weight * residual
        rhythm[before] += taught * (1 - nearness)
        rhythm[after] += taught * nearness
        return expected


class Scale:
    """Evidence over one window: its residual, what is normal for it, and its tail."""

    __slots__ = ("count", "deviation", "edge", "excess", "expected", "fade", "mean", "variance", "window")

    def __init__(self, first: float, window: float) -> None:
        """first: the first count; window: the memory in points, at least 1."""
        self.window = window
        self.fade = 1 / window
        self.count = self.expected = first
        self.mean = 0.0
        self.variance = 0.49
        self.edge = 2.0
        self.excess = 0.7

    def evidence(self, count: float, expected: float, points: int) -> float:
        """Nats of evidence that the window ends too high; then learns from it."""
        fade = self.fade
        smooth = self.count = self.count + fade * (count - self.count)
        mean = self.expected = self.expected + fade * (expected - self.expected)
        x = self.window * smooth
        m = self.window * mean + 0.5
        deviance = (SHAPE + x) * log((SHAPE + m) / (SHAPE + x))
        if x > 0.0:
            deviance += x * log(x / m)
        residual = sqrt(2 * deviance) if deviance > 0.0 else 0.0
        if x < m:
            residual = -residual
        deviation = sqrt(self.variance)
        z = (residual - self.mean) / deviation
        weight = 1 / (points + 2)
        cut = CUT if z > CUT else -CUT if z < -CUT else z
        step = cut * deviation
        self.mean += weight * step
        self.variance += weight * (step * step - self.variance)
        if self.variance < 0.0025:
            self.variance = 0.0025
        evidence = self._tail(z, points)
        return evidence if residual >= LEAST_RESIDUAL else 0.0

    def _tail(self, z: float, points: int) -> float:
        """Evidence of the standardised residual `z` by the tail so far; then moves the tail."""
        over = z - self.edge
        pace = 3 / (points + 10)
        if pace < 0.02:
            pace = 0.02
        if over <= 0.0:
            edge = self.edge - pace * TAIL
            self.edge = edge if edge > 0.3 else 0.3
            return 0.0
        evidence = over / self.excess + TAIL_EVIDENCE
        limit = 10 * self.excess
        self.excess += EXCESS_WEIGHT * ((over if over < limit else limit) - self.excess)
        if self.excess < 0.05:
            self.excess = 0.05
        self.edge += pace * (1 - TAIL)
        return evidence


class Detector:
    """Judges one series, point by point."""

    def __init__(self, first: float, step: float) -> None:
        """first: the first count (it is still to be observed); step: seconds between points."""
        self.baseline = Baseline(first, step)
        self.scales = [Scale(first, max(1.0, seconds / step)) for seconds in WINDOW_SECONDS]
        self.points = 0
        self.quiet_until = float("-inf")
        self.again = 0.0

    def observe(self, count: float, time: float) -> Verdict:
        """The verdict on `count` (0 or more) at `time` (unix seconds, later than the last one's)."""
        points = self.points
        expected = self.baseline.expect_and_learn(count, time, points)
        evidence = 0.0
        for scale in self.scales:
            evidence += scale.evidence(count, expected, points)
        self.points = points + 1
        if evidence <= 0.0 or points < WARM_UP_POINTS:
            return CALM
        alert = evidence >= ALERT_EVIDENCE and (time > self.quiet_until or evidence >= self.again)
        if alert:
            self.quiet_until = time + QUIET_SECONDS
            self.again = RAISED * evidence
        return Verdict(evidence / (evidence + ALERT_EVIDENCE), alert)


CALM = Verdict(0.0, False)
