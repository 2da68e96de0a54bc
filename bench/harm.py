"""Words of harm: how many texts they mark, at what cost, and how often the series of harm is wrong.

    python -m bench.harm

Needs ../shared for the real texts.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from alerts.detection import compiled
from alerts.judging.roster import EACH, SIGNALS, empty
from bench.arrivals import row
from mentions.texts.harm import of_harm
from tocsin.demo import generator

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
CRISES = ("2013_spain_train_crash", "2013_lac_megantic_train_crash")
DAY = 1440
MONITORS, LEARNED, WEEKS = 8, 14, 12
BEGAN = 29_000_160
HARM = SIGNALS.index("harm")


def texts() -> Iterator[tuple[str, list[str]]]:
    """Real ones by file, and a week of generated calm."""
    calm = generator.calm(random.Random(3), datetime(2026, 3, 2, tzinfo=UTC), 7 * DAY, 1.2, "almadia")
    yield "calm", [said.text for said in calm]
    if not SHARED.is_dir():
        return
    for name in (*CRISES, "apple_dec2014"):
        with (SHARED / "replay" / f"{name}.csv").open(encoding="utf-8") as file:
            yield name, [line["text"] for line in csv.DictReader(file)]
    for path in sorted((SHARED / "sentiment").glob("train_*.tsv")):
        lines = path.read_text("utf-8").splitlines()[1:]
        yield path.stem, [line.split("\t")[2] for line in lines]


def shares() -> None:
    row("texts", "", "of harm", "us of a core each")
    for name, said in texts():
        began = time.process_time()
        found = sum(map(of_harm, said))
        spent = time.process_time() - began
        row(name, len(said), f"{found / len(said):.2%}", f"{1e6 * spent / len(said):.1f}")


def false_alarms() -> None:
    """Poisson counts of harm with a day's rhythm, nothing else said, a fortnight learned."""
    row("harm told a day", "alerts a week and monitor")
    rhythm = np.tile(np.repeat(np.array(generator.HOURS) / np.mean(generator.HOURS), 60), LEARNED + 7 * WEEKS)
    for told in (0.05, 0.2, 0.5, 1, 2, 4, 8, 20):
        counts = np.zeros((MONITORS, EACH, len(rhythm)))
        counts[:, HARM] = np.random.default_rng(1).poisson(told / DAY * rhythm, (MONITORS, len(rhythm)))
        course = compiled.run(empty(MONITORS), counts.reshape(MONITORS * EACH, -1), BEGAN, each=EACH)
        opened = course.opened.reshape(MONITORS, EACH, -1)[:, HARM, LEARNED * DAY :].sum()
        row(told, f"{opened / MONITORS / WEEKS:.3f}")


if __name__ == "__main__":
    shares()
    false_alarms()
