"""`python -m docs.detection_plots`: each development series and what `tocsin detect` says of it, as pictures.

Counts an hour with the band in which they are expected, the labelled windows (shaded), our alerts with the
onset of what led to each, and the score below. Needs ../shared and matplotlib (`pip install .[train]`); says
so in one line where either is missing.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import json
import sys
from array import array
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.detector import Detector
from alerts.detection.series import HALF_HOURS, SHAPE, Series, expect_and_learn

ROOT = Path(__file__).parents[1]
NAB = ROOT.parent / "shared" / "data" / "nab"
PLOTS = ROOT / "docs" / "plots"
COLOURS = 32
"""They take less than half of the room of all."""
STEP = 300.0
HOUR = 12
"""Points of the series in one of the picture: their sum is drawn, of the scores the largest."""
BAND = 2.0
"""Deviations."""

Floats = NDArray[np.float64]


def main() -> int:
    if not NAB.is_dir() or importlib.util.find_spec("matplotlib") is None:
        print("plots: need ../shared/data/nab and matplotlib (pip install .[train])", file=sys.stderr)
        return 1
    pyplot = _pyplot()
    PLOTS.mkdir(exist_ok=True)
    windows = json.loads((NAB / "windows.json").read_text())
    for key in sorted(windows):
        name = Path(key).stem.removeprefix("Twitter_volume_")
        times, counts = _series(NAB / Path(key).name)
        _draw(pyplot, name, times, counts, [tuple(map(_seconds, pair)) for pair in windows[key]])
    return 0


def _pyplot() -> Any:
    """Without a display, and with the same bytes for the same figures."""
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "tocsin", "font.size": 8, "path.simplify_threshold": 1.0})
    return importlib.import_module("matplotlib.pyplot")


def _series(path: Path) -> tuple[Floats, Floats]:
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return (
        np.array([_seconds(row["timestamp"]) for row in rows]),
        np.array([float(row["value"]) for row in rows]),
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _judged(times: Floats, counts: Floats) -> tuple[Floats, Floats, Floats]:
    """The score of each point, the times of the alerts, and from when on the evidence for each gathered."""
    detector = Detector(float(counts[0]), STEP)
    found, alerts = detector.judge(array("d", counts), array("d", times))
    scores, opened = np.array(found), np.flatnonzero(alerts)
    silent = np.flatnonzero(scores == 0)  # the warm-up at least
    onsets = 1 + silent[np.searchsorted(silent, opened) - 1]
    return scores, times[opened], times[onsets]


def _expected(times: Floats, counts: Floats) -> Floats:
    """What the detector expects of each point, from the past alone."""
    series, rhythm = Series(float(counts[0]), STEP), [0.0] * HALF_HOURS
    return np.array(
        [expect_and_learn(series, rhythm, float(x), float(t)) for x, t in zip(counts, times, strict=True)]
    )


def _band(expected: Floats) -> tuple[Floats, Floats]:
    """BAND deviations of the detector's negative binomial to each side: about what is ordinary."""
    spread = BAND * np.sqrt(expected + expected**2 / SHAPE)
    return np.maximum(0.0, expected - spread), expected + spread


def _draw(pyplot: Any, name: str, times: Floats, counts: Floats, windows: list[tuple[float, ...]]) -> None:
    scores, alerts, onsets = _judged(times, counts)
    begins = np.arange(0, len(counts), HOUR)
    days = (times[begins] - times[0]) / 86_400
    expected = np.add.reduceat(_expected(times, counts), begins)
    figure, (above, below) = pyplot.subplots(
        2, 1, figsize=(8, 3), sharex=True, height_ratios=[3, 1], layout="constrained"
    )
    above.fill_between(days, *_band(expected), color="#e0a100", alpha=0.35, lw=0)
    above.plot(days, expected, color="#9a6f00", lw=0.5)
    above.plot(days, np.add.reduceat(counts, begins), drawstyle="steps-mid", color="#2f6fb5", lw=0.5)
    above.set_yscale("symlog", linthresh=100)
    above.set_ylabel("mentions an hour")
    below.plot(days, np.maximum.reduceat(scores, begins), color="#52606d", lw=0.6)
    below.axhline(0.5, color="#c22f2f", lw=0.6, ls=":")
    below.set(ylabel="score", xlabel="days", ylim=(0, 1))
    for axis in (above, below):
        axis.margins(x=0)
        for begin, end in windows:
            axis.axvspan(
                *((at - times[0]) / 86_400 for at in (begin, end)), color="#5b2a86", alpha=0.15, lw=0
            )
        for at, onset in zip(alerts, onsets, strict=True):
            axis.axvline((onset - times[0]) / 86_400, color="#c22f2f", lw=0.8, ls=":")
            axis.axvline((at - times[0]) / 86_400, color="#c22f2f", lw=0.8)
    title = "expected band (yellow), labelled windows (shaded), onsets (dotted) and alerts (red)"
    above.set_title(f"{name}: {title}", loc="left")
    drawn = BytesIO()
    figure.savefig(drawn, dpi=110)
    pyplot.close(figure)
    image: Any = importlib.import_module("PIL.Image")
    image.open(drawn).quantize(COLOURS).save(PLOTS / f"{name.lower()}.png", optimize=True)
    print(f"plots: docs/plots/{name.lower()}.png, {len(alerts)} alerts")


if __name__ == "__main__":
    sys.exit(main())
