"""Detection: accuracy on labelled streams and speed, beside River and a plain weekly z-score.

    python bench/detection.py [--seeds 1,2] [--quick]

Accuracy needs ../shared (skipped with a word where it is not there); River is compared where it is installed.
One core. `--quick` leaves out the crisis streams and the thinned copies.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from alerts.detection.crises import incidents  # noqa: E402
from alerts.detection.detector import Detector  # noqa: E402
from alerts.detection.live import State, advance  # noqa: E402
from tocsin.event_files import read_calendar, read_events  # noqa: E402

SHARED = ROOT.parent / "shared"
NAB = SHARED / "data" / "nab"
SECONDS = 300.0
WEEK = 2016
COOLDOWN = 86_400.0
DETECT = (
    "import argparse, sys; from tocsin.commands import detect; sys.exit(detect.run(argparse.Namespace()))"
)
LEAST_SECONDS = 0.5
"""For a pace the five series are judged again until so much time of a core has passed."""

Judge = Callable[[float, float], bool]
Found = Callable[["array[float]", "array[float]"], "list[int]"]
"""From counts and times to the places at which alerts open."""


def tool(name: str) -> ModuleType:
    """A script of ../shared/bench as a module."""
    spec = importlib.util.spec_from_file_location(name, SHARED / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(counts: array[float], times: array[float]) -> list[int]:
    """`tocsin detect` with its frozen defaults, compiled: all points in one call."""
    detector = Detector(counts[0], SECONDS)
    detector.compile()
    return np.flatnonzero(detector.judge(counts, times)[1]).tolist()


def ours_in_python(counts: array[float], times: array[float]) -> list[int]:
    """The same as it runs up to COMPILED_FROM points."""
    return np.flatnonzero(Detector(counts[0], SECONDS).judge(counts, times)[1]).tolist()


def one_by_one(make: Callable[[], Judge]) -> Found:
    """A peer, which is called for each point."""

    def found(counts: array[float], times: array[float]) -> list[int]:
        judge = make()
        return [i for i, (value, at) in enumerate(zip(counts, times, strict=True)) if judge(value, at)]

    return found


def quiet(score: Callable[[float], float], threshold: float) -> Judge:
    """A peer's score with a threshold, one alert in 24 h like ours."""
    last = -math.inf

    def judge(value: float, at: float) -> bool:
        nonlocal last
        alert = score(value) >= threshold and at - last > COOLDOWN
        last = at if alert else last
        return alert

    return judge


def weekly_z() -> Judge:
    """The last point against mean and deviation of the week before it, at six deviations."""
    week: deque[float] = deque(maxlen=WEEK)
    total = squares = 0.0

    def score(value: float) -> float:
        nonlocal total, squares
        z = 0.0
        if len(week) >= 288:
            mean = total / len(week)
            z = (value - mean) / math.sqrt(max(squares / len(week) - mean * mean, 0.25))
        if len(week) == WEEK:
            total, squares = total - week[0], squares - week[0] ** 2
        week.append(value)
        total, squares = total + value, squares + value * value
        return z

    return quiet(score, 6.0)


def river_gaussian() -> Judge:
    """River's GaussianScorer over a week of points, at its own 0.99999."""
    anomaly: Any = importlib.import_module("river.anomaly")
    scorer = anomaly.GaussianScorer(window_size=WEEK, grace_period=288)

    def score(value: float) -> float:
        result = float(scorer.score_one(None, value))
        scorer.learn_one(None, value)
        return result

    return quiet(score, 0.99999)


def river_trees() -> Judge:
    """River's HalfSpaceTrees on the logarithm of the count, at 0.98."""
    anomaly: Any = importlib.import_module("river.anomaly")
    trees = anomaly.HalfSpaceTrees(n_trees=25, height=8, window_size=250, seed=1, limits={"x": (0, 10)})

    def score(value: float) -> float:
        features = {"x": math.log1p(value)}
        result = float(trees.score_one(features))
        trees.learn_one(features)
        return result

    return quiet(score, 0.98)


def peers() -> dict[str, Found]:
    """Who takes part. What starting costs (Numba 0.6 s, River 1.5 s) is no part of a pace."""
    ours(array("d", [1.0]), array("d", [0.0]))
    found = {
        "tocsin detect": ours,
        "the same in plain Python": ours_in_python,
        "weekly z-score >= 6": one_by_one(weekly_z),
    }
    if importlib.util.find_spec("river"):
        importlib.import_module("river.anomaly")
        found["river GaussianScorer"] = one_by_one(river_gaussian)
        found["river HalfSpaceTrees"] = one_by_one(river_trees)
    else:
        print("(river is not installed: left out)")
    return found


def labelled_series(nab: ModuleType) -> tuple[list[Any], list[array[float]]]:
    """The five series: the scorer's objects and the counts."""
    windows = json.loads((NAB / "windows.json").read_text())
    series, counts = [], []
    for key in sorted(windows):
        rows = list(csv.DictReader((NAB / Path(key).name).read_text().splitlines()))
        series.append(nab.Series(key, [nab.parse_time(r["timestamp"]) for r in rows], windows[key]))
        counts.append(array("d", [float(r["value"]) for r in rows]))
    return series, counts


def scores(nab: ModuleType, series: list[Any], counts: list[array[float]], found: Found) -> tuple[str, float]:
    """Standard / low FP / low FN and false alarms a series-week in words; points a second of one core."""
    both = [(values, array("d", one.times)) for one, values in zip(series, counts, strict=True)]
    began, runs = time.process_time(), 0
    while (spent := time.process_time() - began) < LEAST_SECONDS:
        flags = [found(values, times) for values, times in both]
        runs += 1
    accounts = [nab.account(one, own) for one, own in zip(series, flags, strict=True)]
    results = [nab.summarise(series, accounts, profile) for profile in nab.PROFILES]
    figures = " / ".join(f"{r['normalised']:.1f}" for r in results)
    pace = runs * sum(map(len, counts)) / spent
    return f"{figures:22s} {results[0]['false_alarms_per_series_week']:5.2f}", pace


def live_pace(counts: list[array[float]], monitors: int = 20_000, ticks: int = 1600) -> float:
    """Updates a second of the live tick: each monitor hears one of the series, begun at a place of its own.

    A series of its own for each monitor, a day and some hours of ticks; one count is one minute.
    """
    own = np.arange(monitors)
    which, begins = own % len(counts), own // len(counts)
    lengths = np.array([len(values) for values in counts])
    heard = np.zeros((len(counts), lengths.max()))
    for row, values in zip(heard, counts, strict=True):
        row[: len(values)] = values
    state = State.empty(monitors)
    began = time.process_time()
    for i in range(ticks):
        now = heard[which, (begins + i) % lengths[which]]
        state, _ = advance(state, now, minute=29_000_000 + i)
    return monitors * ticks / (time.process_time() - began)


def thinned(counts: list[array[float]], mean: int, draw: int = 0) -> list[array[float]]:
    """Each mention kept by chance, so that so many are left on average."""
    rng = np.random.default_rng([draw, mean * 10])
    return [array("d", rng.binomial(np.array(x, int), min(1.0, mean / float(np.mean(x))))) for x in counts]


def bench_series(*, quick: bool) -> None:
    """The five series, and the same thinned to means of 8, 3 and 1."""
    nab = tool("nab_score")
    series, counts = labelled_series(nab)
    print(
        f"{'five series, frozen defaults':38s} {'std / low FP / low FN':22s} {'fa/wk':>5s} {'points/s':>12s}"
    )
    paces = {}
    for name, found in peers().items():
        figures, paces[name] = scores(nab, series, counts, found)
        print(f"{name:38s} {figures} {paces[name]:12,.0f}", flush=True)
    paces["the live tick, 20,000 monitors"] = live_pace(counts)
    for name in ("tocsin detect", "the live tick, 20,000 monitors"):
        ratios = ", ".join(
            f"{paces[name] / pace:.1f} x {peer}" for peer, pace in paces.items() if "river" in peer
        )
        print(f"{name:38s} {paces[name]:12,.0f} updates/s: {ratios}")
    for mean in () if quick else (8, 3, 1):
        thin = thinned(counts, mean)
        figures, _ = scores(nab, series, thin, ours)
        print(f"{f'tocsin detect, thinned to a mean of {mean}':38s} {figures}")


def bench_crises(seeds: list[int]) -> None:
    """Crisis streams of these seeds, pooled, beside the scorer's own floor."""
    streams = tool("crisis_streams")
    graded: dict[str, list[Any]] = {"tocsin backtest": [], "z >= 6 on arrivals": []}
    spent = 0.0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            streams.write(folder, *streams.make(seed, 12, 42))
            truth = json.loads((data / "truth.json").read_text())
            began = time.process_time()
            found = list(
                incidents(read_events(data / "events.csv"), list(read_calendar(data / "calendar.csv")))
            )
            spent += time.process_time() - began
            graded["tocsin backtest"].append(streams.grade(truth, [(i.brand, i.opened) for i in found]))
            streams.naive(folder, data / "naive.csv")
            floor = streams.read_incidents(data / "naive.csv")
            graded["z >= 6 on arrivals"].append(streams.grade(truth, floor))
    for name, results in graded.items():
        print(f"\n{name}, seeds {', '.join(map(str, seeds))}")
        streams.show(streams.summary(streams.merge(results)))
    print(f"{spent / len(seeds):.1f} s a stream of six weeks and twelve brands")


def bench_command(points: int) -> None:
    """The command itself: CSV in, CSV out, Python's start included."""
    begin = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    values = np.random.default_rng(0).poisson(8, points).tolist()
    stamps = (
        datetime.fromtimestamp(begin + SECONDS * i, UTC).strftime("%Y-%m-%d %H:%M:%S") for i in range(points)
    )
    text = "timestamp,value\n" + "".join(f"{t},{v}\n" for t, v in zip(stamps, values, strict=True))
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, "-c", DETECT]
    subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
    pace = points / (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began)
    print(f"tocsin detect, {points:,} points, CSV to CSV: {pace:,.0f} points/s of one core (bar 100,000)")


def bench_calm(series: int = 60, days: int = 7) -> None:
    """Alerts a series on each day of generated calm: Poisson, rhythm of day and week, some livelier days."""
    rng = np.random.default_rng(7)
    for step in (60.0, 300.0):
        for mentions in (200, 2000, 20_000):
            each = int(86_400 / step)
            alerts = np.zeros((days, each))
            for _ in range(series):
                times = 1.7e9 + rng.integers(0, 7 * 86_400) + step * np.arange(days * each)
                rate = np.exp(np.cos(2 * np.pi * (times / 86_400 - 17 / 24)))
                rate *= np.where((times // 86_400 + 3) % 7 >= 5, 0.6, 1.0)
                rate *= np.repeat(np.exp(rng.normal(0, 0.2, days)), each)
                counts = array("d", rng.poisson(rate / rate.mean() * mentions / each))
                detector = Detector(counts[0], step)
                detector.compile()
                alerts += np.reshape(detector.judge(counts, array("d", times))[1], alerts.shape)
            by_day = ", ".join(f"{number:.2f}" for number in alerts.sum(axis=1) / series)
            print(f"calm, {mentions:,} a day in steps of {step:.0f} s, alerts a series by day: {by_day}")


def bench_flat(series: int = 12, weeks: int = 10) -> None:
    """Alerts a week on few mentions without any rhythm: Poisson, steps of five minutes."""
    rng, rates = np.random.default_rng(8), (0.1, 0.3, 1.0, 3.0)
    times, alerts = SECONDS * np.arange(weeks * WEEK), []
    for rate in rates:
        found = [ours(array("d", rng.poisson(rate, len(times))), array("d", times)) for _ in range(series)]
        alerts.append(f"{rate}: {sum(map(len, found)) / series / weeks:.2f}")
    print(f"calm without a rhythm, alerts a week by mentions a step: {', '.join(alerts)}")


def bench_tick(signals: int, shared: int, monitors: int = 100_000, ticks: int = 9) -> None:
    """One minute of 100,000 monitors x so many signals, `shared` of them judged by their share, too."""
    own = np.arange(monitors)
    partner = np.full((signals, monitors), -1)
    partner[1 : 1 + shared] = own
    state = State.empty(signals * monitors, partner=partner.ravel())
    counts = np.random.default_rng(0).poisson(2.0, (signals, monitors)).astype(float)
    counts[1 : 1 + shared] = np.minimum(counts[1 : 1 + shared], counts[0])
    spent = []
    for i in range(ticks):
        began = time.process_time()
        state, _ = advance(state, counts.ravel(), minute=29_000_000 + i)
        spent.append(time.process_time() - began)
    print(
        f"one tick of {monitors:,} monitors x {signals} signals: median {1000 * float(np.median(spent)):.0f}"
        f" ms of one core (bar 200 for 4), {state.bytes_per_series:.0f} B a series (bar 1000)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="1,2", help="crisis streams to make and judge")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if SHARED.exists():
        bench_series(quick=args.quick)
        if not args.quick:
            bench_crises([int(seed) for seed in args.seeds.split(",")])
    else:
        print("(../shared is not here: accuracy left out)")
    bench_command(200_000)
    bench_command(1_000_000)
    bench_tick(4, shared=1)
    bench_tick(6, shared=2)
    bench_calm()
    bench_flat()
    return 0


if __name__ == "__main__":
    sys.exit(main())
