"""The four languages of the pages: catalogs, read once at the start, and which one a visit gets."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.core import parse_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kit.languages import LANGUAGES, Sentence, unbroken

LOCALES = Path(__file__).parent / "locales"


class Words(gettext.NullTranslations):
    """One language's catalog; what it does not have stays English."""

    def __init__(self, catalog: Catalog | None) -> None:
        super().__init__()
        messages = [message for message in catalog or () if message.id and message.string]
        self._strings: Mapping[object, object] = {message.id: message.string for message in messages}
        if catalog is not None and str(catalog.locale) == "fr":
            self._strings = {key: _unbroken(string) for key, string in self._strings.items()}
        self._plural = gettext.c2py(catalog.plural_expr) if catalog else lambda n: int(n != 1)

    def gettext(self, message: str) -> str:
        found = self._strings.get(message)
        return found if isinstance(found, str) else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._strings.get((msgid1, msgid2))
        forms = found if isinstance(found, tuple) and all(found) else (msgid1, msgid2)
        return str(forms[min(self._plural(n), len(forms) - 1)])


def _unbroken(string: object) -> object:
    return tuple(map(unbroken, string)) if isinstance(string, tuple) else unbroken(str(string))


@cache
def words(language: str) -> Words:
    """The words of one of LANGUAGES."""
    if language == "en":
        return Words(None)
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return Words(read_po(file, locale=language))


def said(text: str, language: str) -> str:
    """What is refused, or said else by the domain, in this language; in English without words for it."""
    return (text if isinstance(text, Sentence) else Sentence(text)).into(language, words(language).gettext)


def choose(own: str | None, accept_language: str) -> str:
    """The member's language if it is one of ours, else the browser's first that is, else English."""
    if own in LANGUAGES:
        return own
    return next((tag for tag in _accepted(accept_language) if tag in LANGUAGES), "en")


def _accepted(header: str) -> list[str]:
    """Language codes of an Accept-Language header, best first; anything unreadable is left out."""
    weighted = []
    for position, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), position, parse_locale(tag.strip(), sep="-")[0]))
        except ValueError:
            continue
    return [language for _, _, language in sorted(weighted)]
