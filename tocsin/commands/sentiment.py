"""`tocsin sentiment`: JSON lines `{"text", "lang"?}` in, JSON lines `{"lang", "label", "score"}` out.

Where "lang" is absent the language is identified. Works on what is ready to read, so that memory stays flat
however long the input is, and a slow pipe gets its answers line by line.
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Sequence
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: its idle threads cost a third of its start

from mentions.language import identify
from mentions.sentiment.scorer import Scorer
from tocsin import json_lines
from tocsin.json_lines import BadLine, text_of

LONGEST_LANG = 35
"""Characters in the longest language tag that BCP 47 asks systems to accept (RFC 5646, section 4.4.1)."""


class Line(NamedTuple):
    """One line of input."""

    text: str
    lang: str | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.description = "Score the sentiment of texts: JSON lines from stdin to JSON lines on stdout."
    parser.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="NAME",
        help="a brand, product or person whose name must not count as praise or blame; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """Score stdin to stdout. Returns 0, or 2 after one line on stderr that names the broken line."""
    gc.disable()  # what is kept are words and their weights, which hold no cycles: a tenth less time
    scorer = Scorer.load(mask=args.mask)
    return json_lines.run("sentiment", _parse, lambda batch: _answers(batch, scorer))


def _answers(batch: Sequence[Line], scorer: Scorer) -> bytes:
    langs = [line.lang for line in batch]
    asked = [at for at, lang in enumerate(langs) if lang is None]
    for at, found in zip(asked, identify([batch[at].text for at in asked]), strict=True):
        langs[at] = found.code
    judged = scorer.score([line.text for line in batch], langs)
    return "".join(
        f'{{"lang": "{lang}", "label": "{one.label}", "score": {one.score:.4f}}}\n'
        for lang, one in zip(langs, judged, strict=True)
    ).encode("ascii")


def _parse(number: int, found: dict[str, object]) -> Line:
    return Line(text_of(number, found), _lang(number, found))


def _lang(number: int, found: dict[str, object]) -> str | None:
    """Return the language without its region ("es-MX" is "es"), None where it is absent, empty or null."""
    lang = found.get("lang")
    if lang is None or lang == "":
        return None
    if not isinstance(lang, str):
        raise BadLine(number, '"lang" is not a string')
    bare = lang.replace("_", "-").partition("-")[0].lower()
    if len(lang) > LONGEST_LANG or not (bare.isascii() and bare.isalpha()):
        raise BadLine(number, '"lang" is not a language code such as "es"')
    return None if bare == "und" else bare
