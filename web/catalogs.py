"""`python -m web.catalogs`: bring the .po files in step with the strings in the templates.

New strings come in without a translation (a test then names them), vanished ones leave.
"""

from __future__ import annotations

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kit.languages import LANGUAGES
from web.render import TEMPLATES
from web.words import LOCALES

METHODS = [("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"encoding": "utf-8", "silent": "false", "trimmed": "false"}}


def extracted() -> Catalog:
    """Every string that the templates ask a translation for."""
    found = Catalog(project="Tocsin", charset="utf-8", fuzzy=False)
    for name, _, message, _, _ in extract_from_dir(TEMPLATES, METHODS, OPTIONS):
        found.add(message, locations=[(name, 0)])
    return found


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
