"""Build the tables in `tables/`, the open build: from data whose terms are clear and from nothing else.

    python -m mentions.sentiment.train DATA [--corrections FILE] [--out FOLDER] [--langs en,es,fr,ca]

DATA holds the files of the model card (`train_en.tsv`, `aug_es.tsv`, `lexicon_fr.tsv`, `dev_ca.tsv` …); of
the training files only lines of open sources are read. FILE is what `tocsin corrections` wrote. Needs the
`train` extra; about a minute a language on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment import artefact
from mentions.sentiment.artefact import Tables
from mentions.sentiment.model import LABELS
from mentions.sentiment.scorer import LANGS, Scorer
from mentions.sentiment.training.calibrate import macro_f1, offsets, recall, shifted
from mentions.sentiment.training.corpus import Sample, read_labelled
from mentions.sentiment.training.encode import Encoder, blank, vocabulary
from mentions.sentiment.training.fit import fit
from mentions.sentiment.training.pack import pack
from mentions.sentiment.training.recipe import LEAST, PENALTY, gather, valences
from mentions.sentiment.walk import DENSE

BUILT = (
    "open build: SemEval-2017 task 4, MultiBooked, VADER and vaderSentiment-fr lexicons, own text and words"
)


def build(lang: str, data: Path, corrections: Path | None = None) -> Tables:
    """Return the tables of `lang`, its class offsets chosen on the development file."""
    samples = gather(lang, data, corrections)
    lexicon = valences(lang, data)
    tables = blank(vocabulary((sample.text for sample in samples), lang, lexicon, LEAST), lexicon)
    encoder = Encoder(lang, tables)
    weights = _train(encoder.rows([sample.text for sample in samples]), samples, PENALTY[lang])
    packed = pack(tables, weights, BUILT)
    groups = [(encoder.rows(texts) @ weights, truth) for _, texts, truth in development(lang, data)]
    return shifted(packed, offsets(groups))


def development(lang: str, data: Path) -> Iterator[tuple[str, list[str], NDArray[np.int64]]]:
    """Yield (source, texts, class numbers) of each source of the development file."""
    lines = list(read_labelled(data / f"dev_{lang}.tsv"))
    for source in dict.fromkeys(source for _, source, _ in lines):
        mine = [line for line in lines if line[1] == source]
        truth = np.array([LABELS.index(label) for label, _, _ in mine])
        yield source, [text for *_, text in mine], truth


def report(lang: str, tables: Tables, data: Path) -> None:
    """Print macro-F1, and recall and precision of negatives, of the packed tables as they will ship."""
    scorer = Scorer({lang: tables})
    for source, texts, truth in development(lang, data):
        guess = np.array([LABELS.index(one.label) for one in scorer.score(texts, [lang] * len(texts))])
        precision = ((truth == 0) & (guess == 0)).sum() / max(1, int((guess == 0).sum()))
        print(
            f"{source}: macro-F1 {100 * macro_f1(truth, guess):.1f}, "
            f"negatives: recall {100 * recall(truth, guess):.1f},"
            f" precision {100 * precision:.1f}"
        )


def _train(rows: Any, samples: list[Sample], price: float) -> NDArray[np.float64]:
    targets = np.array([sample.target for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    penalty = np.full(rows.shape[1], price, np.float32)
    penalty[-DENSE - 1 :] = price / 100
    penalty[-1] = 0
    return fit(rows, targets, weights, penalty)


def main() -> None:
    """Build, write and report."""
    parser = argparse.ArgumentParser(description="Build the sentiment tables.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--corrections", type=Path, help="what `tocsin corrections` wrote")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "tables")
    parser.add_argument("--langs", default=",".join(LANGS))
    args = parser.parse_args()
    for lang in args.langs.split(","):
        tables = build(lang, args.data, args.corrections)
        (args.out / f"{lang}.bin").write_bytes(artefact.write(tables))
        report(lang, tables, args.data)


if __name__ == "__main__":
    main()
