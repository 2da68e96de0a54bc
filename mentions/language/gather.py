"""Gather the texts that `languages.bin` is trained on.

    pip install --constraint constraints.txt '.[languages]'
    pip install --no-deps lingua-language-detector==1.4.2
    python -m mentions.language.gather DATA TEXTS

DATA is the folder of the sentiment data (`docs/sentiment.md`); all else is read from installed packages
whose terms are clear (of lingua only its models are wanted, which later versions hide in machine code, and
what this one needs to run is too old for us). TEXTS gets, for each language, `en.txt` … (a text or some
words a line) and `en.fragments.txt` … (pieces of words without their edges, some a line), the same for the
same packages:

    posts        SemEval-2017 task 4 (annotations CC BY) and its Apertium translations, MultiBooked (CC BY)
    talk         every other line of the chatterbot corpus (BSD): the rest is for measuring
    messages     what Django and JupyterLab say to people (BSD)
    words        of gruut's lexicons (MIT), drawn by their likelihood under lingua's models of characters
    fragments    drawn from these models (Apache-2.0) alone
"""

from __future__ import annotations

import json
import math
import random
import re
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import yaml
from babel.messages.mofile import read_mo

TALK = {
    "en": "english", "es": "spanish", "fr": "french", "de": "german", "id": "indonesian", "it": "italian",
    "nl": "dutch", "pt": "portuguese", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""Folders of the chatterbot corpus."""
PLACES = {
    "ca": "ca_ES", "de": "de_DE", "es": "es_ES", "fr": "fr_FR", "id": "id_ID", "it": "it_IT", "nl": "nl_NL",
    "pl": "pl_PL", "pt": "pt_BR", "ro": "ro_RO", "tr": "tr_TR",
}  # fmt: skip
"""JupyterLab's language packs."""
LANGS = sorted({*TALK, *PLACES, "eu"})
HOTELS, TALKS = 10, 3
"""How often what was written in the language itself stands among the texts: there is little of it."""
DRAWN = 60_000
"""Words drawn from a lexicon, and as many fragments from a model."""
WORDS_A_LINE, FRAGMENTS_A_LINE = 6, 8
LENGTH = 0.4
"""Nats by which a letter more makes a word likelier than the model says, which knows no end of a word."""
BACK_OFF, UNSEEN = 1.5, 15.0
"""Nats lost with each character of context, and by a character, that the model does not know."""
ORDER = 5
"""Characters in the longest pieces of lingua's models."""

_HOLES = re.compile(r"%\(\w+\)\w|%\w|\{[^}]*\}|<[^>]*>|&\w*;?|[_`\s]+")
_WORD = re.compile(r"[^\W\d_]+")

Forms = str | Sequence[str] | None
"""A message, or its forms for one and for many."""
Model = dict[str, float]
"""The logarithm of the chance of a piece's last character after those before it."""


def main(data: Path, texts: Path) -> None:
    """Write the texts and fragments of all languages from `data` and the installed packages to `texts`."""
    texts.mkdir(parents=True, exist_ok=True)
    for lang in LANGS:
        dice = random.Random(lang)  # noqa: S311 (a fixed draw, not a secret)
        model = _model(lang)
        lines = [
            *_posts(data, lang),
            *_talk(lang) * TALKS,
            *_messages(lang),
            *_by(WORDS_A_LINE, _words(lang, model, dice)),
        ]
        _write(texts / f"{lang}.txt", lines)
        _write(texts / f"{lang}.fragments.txt", _by(FRAGMENTS_A_LINE, _fragments(model, dice)))


def _posts(data: Path, lang: str) -> list[str]:
    if lang == "en":
        return _of(data / "train_en.tsv", "semeval_en")
    if lang in ("es", "ca", "fr"):
        hotels = _of(data / "train_ca.tsv", "multibooked_ca") if lang == "ca" else []
        return _of(data / f"aug_{lang}.tsv") + hotels * HOTELS
    return []


def _of(path: Path, source: str | None = None) -> list[str]:
    """The texts of a file of the sentiment data, of one source only where it is given."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [text for _, said, text in rows if source in (None, said)]


def _talk(lang: str) -> list[str]:
    said: dict[str, None] = {}
    for path in sorted((_package("chatterbot_corpus") / "data" / TALK.get(lang, "none")).glob("*.yml")):
        for exchange in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]:
            said.update(dict.fromkeys(map(str, exchange)))
    return list(said)[::2]


def _messages(lang: str) -> list[str]:
    """What is said in `lang`, each once, without the places where something is put in."""
    django = _package("django")
    folders = [
        path / lang for path in (django / "conf/locale", *sorted((django / "contrib").glob("*/locale")))
    ]
    if place := PLACES.get(lang):
        folders.append(_package(f"jupyterlab_language_pack_{place}") / "locale" / place)
    said: dict[str, None] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("LC_MESSAGES/*.mo"))):
        with path.open("rb") as file:
            for message in read_mo(file):
                if message.id:  # the first has none: it is about the file
                    said.update(dict.fromkeys(_forms(message.id, message.string)))
    return list(said)


def _forms(asked: Forms, told: Forms) -> Iterable[str]:
    """The forms of a message, where it is translated."""
    asked, told = ([one] if isinstance(one, str) else one or () for one in (asked, told))
    cleaned = (_HOLES.sub(" ", one or "").strip() for one in told if one not in asked)
    return (one for one in cleaned if one)


def _model(lang: str) -> Model:
    """lingua's: for each piece of one to five characters, how often its last one follows the others."""
    import brotli  # comes with the extra alone

    model: Model = {}
    for kind in ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"):
        packed = (_package("lingua") / "language-models" / lang / f"{kind}.json.br").read_bytes()
        for fraction, found in json.loads(brotli.decompress(packed))["ngrams"].items():
            part, whole = map(int, fraction.split("/"))
            model.update(dict.fromkeys(found.split(" "), math.log(part / whole)))
    return model


def _words(lang: str, model: Model, dice: random.Random) -> list[str]:
    if find_spec(f"gruut_lang_{lang}") is None:
        return []
    with sqlite3.connect(_package(f"gruut_lang_{lang}") / "lexicon.db") as lexicon:
        rows = lexicon.execute("SELECT DISTINCT word FROM word_phonemes").fetchall()
    words = sorted({word.lower() for (word,) in rows if _WORD.fullmatch(word)})
    return dice.choices(
        words, [math.exp(_likelihood(model, word) + LENGTH * len(word)) for word in words], k=DRAWN
    )


def _likelihood(model: Model, word: str) -> float:
    """The logarithm of the chance of `word`, each character by the longest context that the model knows."""
    return sum(_chance(model, word[max(0, end - ORDER) : end]) for end in range(1, len(word) + 1))


def _chance(model: Model, piece: str) -> float:
    for start in range(len(piece)):
        if (known := model.get(piece[start:])) is not None:
            return known - BACK_OFF * start
    return -UNSEEN - BACK_OFF * (len(piece) - 1)


def _fragments(model: Model, dice: random.Random) -> list[str]:
    longest = [piece for piece in model if len(piece) == ORDER]
    return dice.choices(longest, [math.exp(_likelihood(model, piece)) for piece in longest], k=DRAWN)


def _by(size: int, words: Sequence[str]) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(0, len(words), size)]


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{name} is not installed: pip install --constraint constraints.txt '.[languages]'")
    return Path(found.submodule_search_locations[0])


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
