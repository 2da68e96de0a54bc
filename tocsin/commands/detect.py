"""`tocsin detect`: counts at equal steps from standard input, the same with a score to standard output."""

from __future__ import annotations

import argparse
import codecs
import csv
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from math import isnan, nan

from alerts.detection.detector import Detector

HEADER = ["timestamp", "value"]
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  naive timestamps are UTC; subtracting is faster than converting
FIRST_POINTS = 10
"""The step is the shortest between so many points; until then every score is 0 (as in all the warm-up)."""

LARGEST_COUNT = 2.0**53
"""Beyond, whole numbers are not told apart."""

CHUNK_BYTES = 1 << 16
LONGEST_LINE = 1_000_000
"""Characters: what has no end is refused before the memory is full."""


class BadInput(ValueError):
    """What is wrong with the input, and in which line."""


def configure(parser: argparse.ArgumentParser) -> None:
    """No options: the defaults are frozen, the series comes from standard input."""
    parser.description = (
        "Reads CSV `timestamp,value` (counts at equal steps, rising time, UTC unless a zone is given) from"
        " standard input and writes `timestamp,value,anomaly_score,is_alert`. Each row is judged by the rows"
        " before it. An empty or NaN value is unknown: it scores 0 and teaches nothing."
    )


def run(args: argparse.Namespace) -> int:
    """0, or 2 with one line on standard error. What was read before bad input is judged and written."""
    del args
    try:
        for answer in answers(chunks(sys.stdin.fileno())):
            sys.stdout.write(answer)
            sys.stdout.flush()
    except BadInput as error:
        print(f"tocsin detect: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough; keep the interpreter from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def chunks(descriptor: int) -> Iterator[bytes]:
    """What arrives, as soon as it arrives: a slow writer is answered line by line, a fast one in bulk."""
    while chunk := os.read(descriptor, CHUNK_BYTES):
        yield chunk


def answers(arriving: Iterable[bytes]) -> Iterator[str]:
    """The output, in pieces: one for each piece of input that ends a line."""
    judge, rows, number = Judge(), Rows(), 0
    for lines in whole_lines(arriving):
        try:
            for line in lines:
                number += 1
                if number == 1:
                    check_header(line)
                    yield "timestamp,value,anomaly_score,is_alert\n"
                elif line and not line.isspace():
                    rows.read(line)
        except ValueError as error:
            yield judge.answer(rows)
            raise BadInput(f"line {number}: {error}") from error
        yield judge.answer(rows)
        rows = Rows(rows.last)
    if number == 0:
        raise BadInput("line 1: nothing there, expected the header timestamp,value")


def whole_lines(arriving: Iterable[bytes]) -> Iterator[list[str]]:
    """The lines without their ends, together as they arrive; a byte-order mark is left out.

    BadInput: one has no end in sight.
    """
    decode: Callable[..., str] = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
    rest, number = "", 1
    for chunk in arriving:
        *lines, rest = (rest + decode(chunk)).split("\n")
        number += len(lines)
        if lines:
            yield lines
        if len(rest) > LONGEST_LINE:
            raise BadInput(f"line {number}: longer than {LONGEST_LINE:,} characters")
    if rest:
        yield [rest]


def check_header(line: str) -> None:
    """ValueError unless the line names the two columns."""
    names = [name.strip().lower() for name in fields(line)]
    if names != HEADER:
        raise ValueError(f"expected the header timestamp,value, found {line.strip()[:60]!r}")


def fields(line: str) -> list[str]:
    """The fields of a CSV line; most have no quotes and need no parser."""
    line = line.rstrip("\r")
    return next(csv.reader([line])) if '"' in line else line.split(",")


def seconds(text: str) -> float:
    """Unix seconds of an ISO 8601 timestamp, UTC unless it names a zone; ValueError when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"timestamp {text[:40]!r} is not ISO 8601") from None
    return (moment - EPOCH).total_seconds() if moment.tzinfo is None else moment.timestamp()


def count(text: str) -> float:
    """The value, NaN where it is unknown; ValueError when it cannot be a count."""
    if not text or text.isspace():
        return nan
    try:
        value = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:  # `float` alone takes the digits of all scripts, and 1_000
        raise ValueError(f"value {text[:40]!r} is not a number")
    if not (isnan(value) or 0 <= value <= LARGEST_COUNT):
        raise ValueError(f"value {text[:40]!r} is not a count")
    return value


class Rows:
    """What was read of the rows, column by column: the texts, to be written again, and what they say."""

    def __init__(self, last: float = float("-inf")) -> None:
        """last: the time of the row before them."""
        self.last = last
        self.texts: list[str] = []
        self.times = array("d")
        self.counts = array("d")

    def read(self, line: str) -> None:
        """One more row; ValueError says what is wrong with it."""
        parts = fields(line)
        if len(parts) != 2:
            raise ValueError(f"expected 2 fields, found {len(parts)}")
        timestamp, text = parts
        time, value = seconds(timestamp), count(text)
        if time <= self.last:
            raise ValueError(f"timestamp {timestamp} is not later than the one before")
        self.last = time
        self.texts.append(f"{timestamp},{text}")
        self.times.append(time)
        self.counts.append(value)


class Judge:
    """Turns rows into answers; starts the detector when the step is known."""

    def __init__(self) -> None:
        self.detector: Detector | None = None
        self.counts, self.times = array("d"), array("d")  # of the points before it starts

    def answer(self, rows: Rows) -> str:
        """The answers to the next rows."""
        scores, alerts = self.judged(rows.counts, rows.times)
        return "".join(
            f"{text},{score:.6f},{alert}\n" if score else f"{text},0.000000,0\n"
            for text, score, alert in zip(rows.texts, scores, alerts, strict=True)
        )

    def judged(self, counts: array[float], times: array[float]) -> tuple[Sequence[float], Sequence[int]]:
        """Their scores and alerts: 0 until the step is known, for so short a series all are."""
        if self.detector:
            return self.detector.judge(counts, times)
        self.counts += counts
        self.times += times
        known = [i for i, value in enumerate(self.counts) if not isnan(value)][:FIRST_POINTS]
        if len(known) < FIRST_POINTS:
            return [0.0] * len(counts), [0] * len(counts)
        step = min(self.times[b] - self.times[a] for a, b in pairwise(known))
        self.detector = Detector(self.counts[known[0]], step)
        scores, alerts = self.detector.judge(self.counts, self.times)
        return scores[len(scores) - len(counts) :], alerts[len(alerts) - len(counts) :]
