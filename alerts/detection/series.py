"""One series of counts at equal steps, point by point, from the past alone: what `tocsin detect` computes.

Three steps for each point, all constants frozen and the same for every series:

1. What is expected: exp(level + rhythm). The level follows the logarithm of the counts with a half-life of
   a week, the rhythm has 48 half-hours of the day and learns a fifth of each day. Residuals are cut at
   +-1 before they teach, so that a burst is not the new normal. For judging, the rhythm counts half:
   on days that differ from the usual the rhythm is wrong as often as right.
2. Evidence over ten minutes, an hour and six hours: the signed root of the negative-binomial deviance of
   the (exponentially weighted) count against the expected one, standardised by its own running mean and
   deviation, and judged by the tail that this series has shown at this scale: above u, the 99.5 % quantile
   of all its past, the excess is taken as exponential with the mean b, so the chance of a value z is
   0.005 exp(-(z - u) / b), and the evidence is minus its logarithm. b is the mean of the highest excess of
   each burst above u, not of each point: a burst of hours is one event, and must not make the series deaf
   for the next one. Below u evidence fades as (z / u)^6, so that a scale just under its quantile is worth
   nearly as much as one just over it: with nothing below it, a mention less could cost an alert its six
   nats.
3. The evidence of the three scales is added, and none of it counts unless one of the windows is far from
   ordinary. An alert opens at ALERT_EVIDENCE nats or more, once in 20 h unless the evidence becomes ten
   times as strong.

Why the tail is learned here and computed from a formula in the live detector:
docs/decisions/0020-detection.md.

One text, run in two ways (detector.py): as Python over the classes below, and, where there are many points,
compiled by Numba over records with the same fields. So it knows numbers, fields and places in arrays alone.

Sources: Pickands 1975 (peaks over threshold); Siffer et al. 2017 (the same on streams); Robbins, Monro 1951
(quantile by stochastic approximation).
"""

from collections.abc import MutableSequence, Sequence
from math import exp, log, sqrt

ALERT_EVIDENCE = 18.5
"""Nats; 17.5 to 19 differ by two points on the development series, and above that the thinned copies lose
windows (`python -m bench.series_threshold`, `python -m bench.series_blind`)."""

QUIET_SECONDS = 72_000
"""An alert speaks for twenty hours (12 to 21 are alike): the same hour of the next day is heard again ..."""

RAISED = 10.0
"""... unless the evidence becomes so many times as strong as it was then."""

WINDOW_SECONDS = (600, 3600, 21_600)
WARM_UP_POINTS = 200
"""So many points only teach, and a day of them: before, the tails and the rhythm are not known."""

TAIL = 0.005
TAIL_EVIDENCE = -log(TAIL)
PEAK_WEIGHT = 0.05
"""Of the last burst in the mean excess: half of it is the last fourteen."""

SHAPE = 20.0
"""Of the negative binomial: even a perfectly known rate varies by 1/sqrt(20), 22 %."""

LEAST_RESIDUAL = 3.0
"""Deviations by which one window must be more than a negative binomial with SHAPE finds ordinary, however
regular the series: pure Poisson counts have narrow tails. Of large counts it takes twice what is expected."""

CUT = 2.5
"""Standard deviations at which a residual stops teaching the mean and the deviation."""

DAY = 86_400
WEEK = 7 * DAY
HALF_HOURS = 48
RHYTHM_PER_DAY = 0.2
RHYTHM_TRUST = 0.5


class Series:
    """What is remembered of a series beside its rhythm and its scales."""

    __slots__ = ("again", "level", "level_weight", "points", "quiet_until", "rhythm_weight", "warm_up")

    def __init__(self, first: float, step: float) -> None:
        """first: the first count (it is still to be judged); step: seconds between points."""
        self.level = log(first + 1.5)
        self.level_weight = 1 - 2 ** (-step / WEEK)
        self.rhythm_weight = RHYTHM_PER_DAY * min(1.0, step * HALF_HOURS / DAY)
        self.points = 0.0
        self.warm_up = max(WARM_UP_POINTS, DAY / step)
        self.quiet_until = float("-inf")
        self.again = 0.0


class Scale:
    """Evidence over one window: its counts, what residual is normal for it, and its tail."""

    __slots__ = (
        "bursts",
        "count",
        "edge",
        "excess",
        "expected",
        "fade",
        "mean",
        "peak",
        "variance",
        "window",
    )

    def __init__(self, first: float, window: float) -> None:
        """first: the first count; window: the memory in points, at least 1."""
        self.window = window
        self.fade = 1 / window
        self.count = self.expected = first
        self.mean = 0.0
        self.variance = 0.49
        self.edge = 2.0
        self.excess = 0.7
        self.bursts = self.peak = 0.0


def expect_and_learn(series: Series, rhythm: MutableSequence[float], count: float, time: float) -> float:
    """The expected count at `time` (unix seconds), known before `count` is learned from.

    A young level follows the plain mean. rhythm: a logarithm for each half-hour of the day.
    """
    position = time % DAY * (HALF_HOURS / DAY)
    before = int(position)
    after = before + 1 if before < HALF_HOURS - 1 else 0
    nearness = position - before
    phase = rhythm[before] * (1 - nearness) + rhythm[after] * nearness
    expected = exp(series.level + RHYTHM_TRUST * phase)
    residual = log((count + 0.5) / (exp(series.level + phase) + 0.5))
    residual = 1.0 if residual > 1.0 else -1.0 if residual < -1.0 else residual
    young = 1 / (series.points + 2)
    series.level += (young if young > series.level_weight else series.level_weight) * residual
    taught = series.rhythm_weight * residual
    rhythm[before] += taught * (1 - nearness)
    rhythm[after] += taught * nearness
    return expected


def residual_of_window(scale: Scale, count: float, expected: float) -> float:
    """By how many deviations of a negative binomial with SHAPE the window ends too high."""
    fade = scale.fade
    scale.count += fade * (count - scale.count)
    scale.expected += fade * (expected - scale.expected)
    x = scale.window * scale.count
    m = scale.window * scale.expected + 0.5
    deviance = (SHAPE + x) * log((SHAPE + m) / (SHAPE + x))
    if x > 0.0:
        deviance += x * log(x / m)
    residual = sqrt(2 * deviance) if deviance > 0.0 else 0.0
    return residual if x > m else -residual


def evidence_of_residual(scale: Scale, residual: float, points: float) -> float:
    """Nats of evidence by what is normal for this series; then learns from it."""
    deviation = sqrt(scale.variance)
    z = (residual - scale.mean) / deviation
    weight = 1 / (points + 2)
    cut = CUT if z > CUT else -CUT if z < -CUT else z
    step = cut * deviation
    scale.mean += weight * step
    variance = scale.variance + weight * (step * step - scale.variance)
    scale.variance = variance if variance > 0.0025 else 0.0025
    return evidence_of_tail(scale, z, points)


def evidence_of_tail(scale: Scale, z: float, points: float) -> float:
    """Evidence of the standardised residual `z` by the tail so far; then moves the tail."""
    over = z - scale.edge
    pace = 3 / (points + 10)
    if over <= 0.0:
        if scale.peak > 0.0:
            learn_burst(scale)
        near = z / scale.edge if z > 0.0 else 0.0
        near *= near * near
        edge = scale.edge - pace * TAIL
        scale.edge = edge if edge > 0.3 else 0.3
        return TAIL_EVIDENCE * near * near
    scale.peak = over if over > scale.peak else scale.peak
    scale.edge += pace * (1 - TAIL)
    return over / scale.excess + TAIL_EVIDENCE


def learn_burst(scale: Scale) -> None:
    """A burst above the quantile is over: its highest excess teaches the mean excess, once."""
    young = 1 / (scale.bursts + 5)
    weight = young if young > PEAK_WEIGHT else PEAK_WEIGHT
    excess = scale.excess + weight * (scale.peak - scale.excess)
    scale.excess = excess if excess > 0.05 else 0.05
    scale.bursts += 1
    scale.peak = 0.0


def opens(series: Series, evidence: float, time: float, needed: float) -> bool:
    """Whether an alert opens at so many nats where so many are needed; it speaks for the hours after."""
    if evidence < needed or (time <= series.quiet_until and evidence < series.again):
        return False
    series.quiet_until = time + QUIET_SECONDS
    series.again = RAISED * evidence
    return True


def judge(
    series: Series,
    scales: Sequence[Scale],
    rhythm: MutableSequence[float],
    counts: Sequence[float],
    times: Sequence[float],
    scores: MutableSequence[float],
    alerts: MutableSequence[int],
) -> None:
    """Judge each count (0 or more; NaN is unknown and teaches nothing) at its time (unix seconds, rising).

    Written are scores, 0..1, evidence / (evidence + ALERT_EVIDENCE), so 0.5 at the threshold, and alerts, 1
    where one opens; both are 0 before.
    """
    for i in range(len(counts)):
        count, time, points = counts[i], times[i], series.points
        if count != count:
            continue
        expected = expect_and_learn(series, rhythm, count, time)
        evidence = largest = 0.0
        for scale in scales:
            residual = residual_of_window(scale, count, expected)
            evidence += evidence_of_residual(scale, residual, points)
            largest = residual if residual > largest else largest
        series.points = points + 1
        if largest < LEAST_RESIDUAL or points < series.warm_up:
            continue
        scores[i] = evidence / (evidence + ALERT_EVIDENCE)
        if opens(series, evidence, time, ALERT_EVIDENCE):
            alerts[i] = 1
