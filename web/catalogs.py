"""`python -m web.catalogs`: bring the .po files in step with the strings in the templates, and with refusals.

New strings come in without a translation (a test then names them), vanished ones leave.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kit.errors import TocsinError
from kit.languages import LANGUAGES
from web.render import TEMPLATES
from web.words import LOCALES

METHODS = [("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"encoding": "utf-8", "silent": "false", "trimmed": "false"}}


REFUSING = ("kit", "people", "mentions", "alerts", "incident", "runbooks", "graphql/api", "web")
PROGRAMS = (
    "mentions/sources/*/**.py", "mentions/sources/bodies.py", "mentions/sources/columns.py",
    "mentions/sources/payload.py", "mentions/sources/ingest.py", "mentions/importing/files.py",
    "mentions/importing/encodings.py", "mentions/waiting/set_aside.py", "mentions/waiting/valkey_queue.py",
    "alerts/incoming/accept.py", "alerts/incoming/writer.py", "kit/repeats.py", "kit/signing.py",
    "web/phone.py",
)  # fmt: skip
"""What refuses only programs and command lines, in English."""
REFUSALS = [*((name, "ignore") for name in PROGRAMS), *((f"{name}/**.py", "python") for name in REFUSING)]
SAYING = {error.__name__: None for error in TocsinError.__subclasses__()} | {"Sentence": None}
"""Calls whose first text people may be shown."""


@cache
def extracted() -> Catalog:
    """Every string that the templates ask a translation for, and whatever people may be refused with."""
    found = Catalog(project="Tocsin", charset="utf-8", fuzzy=False)
    for name, _, message, _, _ in extract_from_dir(TEMPLATES, METHODS, OPTIONS):
        found.add(message, locations=[(name, 0)])
    for name, _, message, _, _ in extract_from_dir(
        TEMPLATES.parents[1], REFUSALS, keywords=SAYING, directory_filter=_is_ours
    ):
        found.add(message, locations=[(name, 0)])
    return found


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"node_modules", "static"} and not Path(folder).name.startswith(".")


def update(language: str) -> None:
    """Rewrite one language's file: the strings of today with the translations it has."""
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    kept = Catalog(locale=language)
    if path.is_file():
        with path.open("rb") as file:
            kept = read_po(file, locale=language)
    fresh = Catalog(locale=language, fuzzy=False)
    for message in extracted():
        if message.id:
            before = kept.get(message.id)
            fresh.add(message.id, before.string if before else "", locations=message.locations)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=0, omit_header=True, sort_output=True, include_lineno=False)


if __name__ == "__main__":
    for language in LANGUAGES[1:]:
        update(language)
