"""A worker's memory over millions of mentions: all that it remembers, fed with ever new words and texts.

`python -m bench.memory --mentions 10000000` judges (language, sentiment, monitors, harm, label) and folds
mention after mention as a worker does, without the database, and prints the resident memory every so often.
Flat means under 5 % of growth after the first million.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import psutil

from bench.flow import queries, texts
from kit.collector import collect_seldom
from mentions.copies.index import Index
from mentions.copies.sketch import sketch
from mentions.drafts.draft import MentionDraft
from mentions.item import items_of
from mentions.judging.enrich import enrich
from mentions.sentiment import Scorer
from mentions.waiting.batch import Batch

BATCH = 2_000
SETTLED = 1_000_000  # mentions after which it must not grow
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def drafts(rng: random.Random, start: int) -> tuple[MentionDraft, ...]:
    """A batch of texts, each with three words that nobody has ever said."""
    said = _SAID
    return tuple(
        MentionDraft(
            str(start + at),
            f"{said[(start + at) % len(said)]} {' '.join(_word(rng) for _ in range(3))}",
            NOW,
            author=_word(rng),
        )
        for at in range(BATCH)
    )


_SAID = texts(5_000)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 11)))


def fed(mentions: int) -> Iterator[tuple[int, float]]:
    """Work through so many mentions; yields (how many so far, resident MB) after each tenth of a million."""
    rng, scorer, index = random.Random(5), Scorer.load(), Index[datetime]()
    monitors = tuple(enumerate(queries(), 1))
    process = psutil.Process()
    for start in range(0, mentions, BATCH):
        batch = Batch(1, NOW + timedelta(seconds=start), drafts(rng, start))
        enrich(items_of([batch])[0], scorer, monitors, {})
        for at, made in enumerate(sketch([draft.text for draft in batch.drafts])):
            if index.find(made, repost=False) is None and index.tells(made, repost=False):
                index.add(start + at, made, NOW)
        if (start + BATCH) % 100_000 == 0:
            yield start + BATCH, process.memory_info().rss / 1e6


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--mentions", type=int, default=300_000)
    options = parser.parse_args(argv)
    collect_seldom()  # as a worker does
    began, settled, most = time.perf_counter(), 0.0, 0.0
    for done, resident in fed(options.mentions):
        print(
            f"{done:>12,} mentions: {resident:,.0f} MB after {time.perf_counter() - began:,.0f} s", flush=True
        )
        if done <= SETTLED:
            settled = max(settled, resident)
        most = max(most, resident)
    print(f"growth after the first million: {100 * (most / settled - 1):.1f} % (bar: under 5 %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
