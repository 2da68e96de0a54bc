"""Sentiment and language: accuracy on development posts and speed through the command, beside peers.

    python bench/sentiment.py [--texts 6000]

Accuracy is measured on ../shared/data/sentiment, where it is there, and on invented posts about companies
(`posts/brands_XX.txt`; in Catalan of all kinds, `talk_ca.txt`), which trained and chose nothing; the peers
are VADER for sentiment and py3langid for language, where they are installed. Speed is cold: a new process,
Python's start included, JSON in and out, one core.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mentions.language import identify  # noqa: E402
from mentions.sentiment import LABELS, Scorer  # noqa: E402

OURS = {
    lang: Path(__file__).parent / "posts" / f"{about}_{lang}.txt"
    for lang, about in {"en": "brands", "es": "brands", "fr": "brands", "ca": "talk"}.items()
}
SIGNS = dict(zip("-0+", LABELS, strict=True))
SHARED = ROOT.parent / "shared" / "data" / "sentiment"
LANGS = ("en", "es", "fr", "ca")
ABOUT = ["en", "es", "fr", "ca", "pt", "it", "de"]
COMMAND = [sys.executable, "-m", "tocsin", "sentiment"]
RUNS = 5
STANDINS = (
    "The parcel never came and nobody answers @shop{0}, what a shame {1}",
    "Gràcies per l'atenció {0}, tot perfecte i molt amables {1}!",
    "Llevamos {0} horas esperando el tren {1} y nadie informa",
    "La réunion {0} du conseil aura lieu mardi à {1} heures #ville",
)


def shared(kind: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return (label, source, text) by language of "dev" or "train" files, empty where they are not there."""
    found = {}
    for lang in LANGS:
        path = SHARED / f"{kind}_{lang}.tsv"
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
                found[lang] = [(row["label"], row["source"], row["text"]) for row in rows]
    return found


def with_ours(data: dict[str, list[tuple[str, str, str]]]) -> dict[str, list[tuple[str, str, str]]]:
    """Return `data` with our invented posts as one more source."""
    found = dict(data)
    for lang, path in OURS.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        ours = [(str(SIGNS[line[0]]), path.stem, line[2:]) for line in lines if line[0] in SIGNS]
        found[lang] = [*found.get(lang, []), *ours]
    return found


def macro_f1(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Return the unweighted mean of the three F1, in per cent."""
    scores = []
    for label in LABELS:
        hits = sum(a == b == label for a, b in zip(truth, guess, strict=True))
        scores.append(2 * hits / max(1, truth.count(label) + guess.count(label)))
    return 100 * sum(scores) / len(scores)


def negatives(truth: Sequence[str], guess: Sequence[str]) -> tuple[float, float]:
    """Return recall and precision of the negative label, in per cent."""
    hits = sum(a == b == "negative" for a, b in zip(truth, guess, strict=True))
    return 100 * hits / max(1, truth.count("negative")), 100 * hits / max(1, guess.count("negative"))


def vader() -> Callable[[Sequence[str]], list[str]] | None:
    """Return VADER as a labeller (its authors' thresholds), None where it is not installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyser = SentimentIntensityAnalyzer()

    def label(texts: Sequence[str]) -> list[str]:
        scores = [analyser.polarity_scores(text)["compound"] for text in texts]
        return ["negative" if one <= -0.05 else "positive" if one >= 0.05 else "neutral" for one in scores]

    return label


def sentiment_table(data: dict[str, list[tuple[str, str, str]]]) -> None:
    """Print macro-F1 and negatives by development source."""
    scorer, peer = Scorer.load(), vader()
    print(f"{'sentiment (dev)':<24}{'texts':>6}{'macro-F1':>10}{'neg rec':>9}{'neg prec':>9}{'VADER F1':>9}")
    for lang, rows in data.items():
        for source in dict.fromkeys(source for _, source, _ in rows):
            truth = [label for label, origin, _ in rows if origin == source]
            texts = [text for _, origin, text in rows if origin == source]
            guess = [str(one.label) for one in scorer.score(texts, [lang] * len(texts))]
            recall, precision = negatives(truth, guess)
            beside = f"{macro_f1(truth, peer(texts)):.1f}" if peer else "-"
            f1 = macro_f1(truth, guess)
            print(f"{source:<24}{len(texts):>6}{f1:>10.1f}{recall:>9.1f}{precision:>9.1f}{beside:>9}")


def language_table(data: dict[str, list[tuple[str, str, str]]]) -> None:
    """Print the accuracy of language identification, and texts a second once words are known."""
    print(
        f"\n{'language (dev)':<24}" + "".join(f"{lang:>8}" for lang in LANGS) + f"{'mean':>8}{'texts/s':>10}"
    )
    for name, label in {"ours": _ours, "py3langid": _py3langid()}.items():
        if label is None:
            print(f"{name:<24}not installed")
            continue
        texts = [text for rows in data.values() for *_, text in rows]
        label(texts)
        start = time.perf_counter()
        label(texts)
        speed = len(texts) / (time.perf_counter() - start)
        right = []
        for lang, rows in data.items():
            found = label([text for *_, text in rows])
            right.append(100 * found.count(lang) / len(found))
        mean = sum(right) / len(right)
        print(f"{name:<24}" + "".join(f"{one:>8.2f}" for one in right) + f"{mean:>8.2f}{speed:>10,.0f}")


def _ours(texts: Sequence[str]) -> list[str]:
    return [one.code for one in identify(texts)]


def _py3langid() -> Callable[[Sequence[str]], list[str]] | None:
    try:
        import py3langid
    except ImportError:
        return None
    py3langid.set_languages(ABOUT)
    noise = re.compile(r"https?://\S+|@\w+|\bhttp\b")
    return lambda texts: [py3langid.classify(noise.sub(" ", text))[0] for text in texts]


def speed_table(count: int) -> None:
    """Print texts a second through the command in a new process, with and without languages given."""
    rows = shared("train") or {"en": [("", "", STANDINS[at % 4].format(at, at * 7)) for at in range(count)]}
    each = [(lang, text) for lang, found in rows.items() for *_, text in found[: count // len(rows)]]
    texts = sorted(each, key=lambda pair: pair[1])
    count = len(texts)
    print(f"\n{'command, cold':<24}{'texts':>6}{'seconds':>10}{'texts/s':>10}{'CPU texts/s':>13}")
    for name, known in (("language given", True), ("language identified", False)):
        lines = [{"text": text, "lang": lang} if known else {"text": text} for lang, text in texts]
        taken, busy = _timed("".join(json.dumps(line) + "\n" for line in lines).encode())
        print(f"{name:<24}{count:>6}{taken:>10.2f}{count / taken:>10,.0f}{count / busy:>13,.0f}")


def _timed(given: bytes) -> tuple[float, float]:
    """Return the seconds of the best of RUNS runs, by the clock and of CPU."""
    best = []
    for _ in range(RUNS):
        before, start = _spent(), time.perf_counter()
        subprocess.run(COMMAND, input=given, stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
        best.append((time.perf_counter() - start, _spent() - before))
    return min(taken for taken, _ in best), min(busy for _, busy in best)


def _spent() -> float:
    """Return the seconds of CPU of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Benchmark sentiment and language.")
    parser.add_argument("--texts", type=int, default=6000)
    args = parser.parse_args()
    data = shared("dev")
    sentiment_table(with_ours(data))
    if data:
        language_table(data)
    else:
        print("development texts skipped: ../shared/data/sentiment is not here")
    speed_table(args.texts)


if __name__ == "__main__":
    main()
