"""Matching: texts a second against many monitors, beside one scan per monitor and the bare automaton.

    python -m bench.matching [--texts 5000]

`re` is a compiled pattern per monitor, each tried on each text; `pyahocorasick` alone only finds the needles
in the folded texts and decides nothing: it is the limit. The texts are the demo's, the monitors half like a
suite's (several words, exclusions, NEAR, wildcards, fields) and half plain names, one of them heard.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import ahocorasick

from mentions.judging.matcher import Matchable, Matcher
from mentions.query import parse
from mentions.texts.text import fold
from tocsin.demo.generator import calm

SYLLABLES = (
    "bra",
    "mon",
    "tel",
    "vis",
    "ora",
    "lux",
    "cam",
    "pel",
    "nor",
    "sil",
    "dan",
    "vel",
    "cor",
    "gal",
    "sol",
)


def monitors(count: int) -> list[tuple[int, str]]:
    """The demo's brand and names that nobody in the texts says, in queries of many forms."""
    rng, found = random.Random(5), ["almadia OR @almadia OR #almadiaferries"]
    while len(found) < count:
        name = "".join(rng.choices(SYLLABLES, k=3))
        found.append(
            rng.choice(
                [
                    name,
                    f'{name} OR @{name} OR "{name} group"',
                    f"{name}* (retraso OR delay OR retard*) -futbol",
                    f"{name} NEAR/5 (queja OR complaint OR plainte)",
                    f"({name} OR #{name}) lang:es -site:jobs.example",
                ]
            )
        )
    return list(enumerate(found))


def scans(queries: Sequence[tuple[int, str]]) -> Callable[[Sequence[str]], None]:
    """One `re` pattern per monitor, of its anchors, tried on every folded text."""
    patterns = []
    for _, query in queries:
        needles = [anchor.strip() for anchor in parse(query).anchors if isinstance(anchor, str)]
        patterns.append(re.compile(rf"\b(?:{'|'.join(map(re.escape, needles))})"))

    def run(texts: Sequence[str]) -> None:
        for text in texts:
            folded = fold(text)
            [pattern.search(folded) for pattern in patterns]

    return run


def bare(queries: Sequence[tuple[int, str]]) -> Callable[[Sequence[str]], None]:
    """The automaton alone over the folded texts."""
    automaton = ahocorasick.Automaton()
    for number, query in queries:
        for anchor in parse(query).anchors:
            if isinstance(anchor, str):
                automaton.add_word(anchor.strip(), number)
    automaton.make_automaton()

    def run(texts: Sequence[str]) -> None:
        for text in texts:
            list(automaton.iter(fold(text)))

    return run


def rate(run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Texts a second of CPU, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        run(texts)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Benchmark matching.")
    parser.add_argument("--texts", type=int, default=5000)
    wanted = parser.parse_args().texts
    drafts = calm(random.Random(3), datetime(2026, 3, 1, tzinfo=UTC), 2 * wanted, 1.0, "almadia")[:wanted]
    texts = [draft.text for draft in drafts]
    print(
        f"{'matching, texts/s of CPU':<28}{'build ms':>10}{'ours':>10}{'re scans':>10}{'automaton alone':>17}"
    )
    for count in (200, 1000):
        queries = monitors(count)
        parse.cache_clear()
        start = time.process_time()
        matcher = Matcher(queries)
        built = 1000 * (time.process_time() - start)
        ours = rate(lambda some, m=matcher: m.match([Matchable(t, lang="es") for t in some]), texts)  # type: ignore[misc]
        few = texts[: max(100, 200_000 // count)]
        print(
            f"{f'{count:,} monitors':<28}{built:>10.0f}{ours:>10,.0f}{rate(scans(queries), few):>10,.0f}"
            f"{rate(bare(queries), texts):>17,.0f}"
        )


if __name__ == "__main__":
    main()
