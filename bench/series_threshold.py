"""What `tocsin detect` scores on the five series, by the evidence that an alert needs.

    python -m bench.series_threshold [--draws 24] [--thresholds 17.5,18,18.5,19,19.5]

Beside the series themselves, copies thinned to means of 8, 3 and 1, each drawn so many times: one draw of
few mentions says little, for a window more or less is six points. Needs ../shared; says so where it is not
there.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.detector import Detector
from alerts.detection.series import ALERT_EVIDENCE, Series, opens
from bench.detection import SECONDS, SHARED, labelled_series, thinned, tool

Evidence = list[NDArray[np.float64]]


def evidence(series: list[Any], counts: list[array[float]]) -> Evidence:
    """Nats at each point of each series, from the scores."""
    found = []
    for one, values in zip(series, counts, strict=True):
        detector = Detector(values[0], SECONDS)
        detector.compile()
        scores = np.array(detector.judge(values, array("d", one.times))[0])
        found.append(ALERT_EVIDENCE * scores / (1 - scores))
    return found


def alerts(evidence: NDArray[np.float64], times: list[float], threshold: float) -> list[int]:
    """Where alerts open."""
    state = Series(0.0, SECONDS)
    enough = np.flatnonzero(evidence >= threshold).tolist()
    return [i for i in enough if opens(state, evidence[i], times[i], threshold)]


def graded(nab: ModuleType, series: list[Any], found: Evidence, threshold: float) -> list[float]:
    """Standard, low FP and low FN score, false alarms a series-week."""
    accounts = [
        nab.account(one, alerts(own, one.times, threshold)) for one, own in zip(series, found, strict=True)
    ]
    results = [nab.summarise(series, accounts, profile) for profile in nab.PROFILES]
    return [*(r["normalised"] for r in results), results[0]["false_alarms_per_series_week"]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--thresholds", default="17.5,18,18.5,19,19.5")
    args = parser.parse_args()
    if not SHARED.exists():
        print("(../shared is not here)")
        return 0
    nab = tool("nab_score")
    series, counts = labelled_series(nab)
    found = {"as they are": [evidence(series, counts)]} | {
        f"mean of {mean}": [evidence(series, thinned(counts, mean, draw)) for draw in range(args.draws)]
        for mean in (8, 3, 1)
    }
    print(f"{'':14s}  nats  std / low FP / low FN    fa/wk  lowest std  below 80")
    for name, draws in found.items():
        for threshold in map(float, args.thresholds.split(",")):
            results = np.array([graded(nab, series, draw, threshold) for draw in draws])
            scores = " / ".join(f"{x:.1f}" for x in results.mean(axis=0)[:3])
            print(
                f"{name:14s} {threshold:5g}  {scores:22s} {results[:, 3].mean():6.3f}"
                f" {results[:, 0].min():11.1f} {np.mean(results[:, 0] < 80):8.0%}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
