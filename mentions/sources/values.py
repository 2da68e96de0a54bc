"""Reading what suites write, field by field: a value that makes no sense is left out, never an error. Pure.

What a suite says beside a text (its reach, its country, its language) is welcome and never worth losing the
mention for, so unlike `mentions.drafts.draft.parse`, which judges senders of our own format, these forgive.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from functools import cache
from urllib.parse import urlsplit

from babel import Locale
from babel.core import get_global

from mentions.drafts.draft import MAX_FOLLOWERS, MAX_SHORT, MAX_TEXT, MAX_URL, moment, storable
from mentions.sources.links import canonical

_COUNT = re.compile(r"(\d{1,3}(?:[,.\s'’]\d{3})+|\d+)(?:[.,](\d+))?\s*([^\W\d_]*)\.?", re.IGNORECASE)
_TIMES = {
    unit: times
    for times, units in (
        (1, ("",)),
        (10**3, ("k", "mil", "mille", "tsd", "thousand")),
        (10**6, ("m", "mn", "mio", "mill", "million", "millions", "millones", "millón", "milió", "milions")),
        (10**9, ("b", "bn", "md", "mrd", "billion", "billions", "milliard", "milliards")),
    )
    for unit in units
}
"""By how suites and people write it in English, Spanish, Catalan, French and German."""
_SHAPES = (
    "%d-%b-%Y %I:%M%p",  # Meltwater: 05-Mar-2026 08:12AM
    "%d-%b-%Y %I:%M %p",
    "%d-%b-%y %I:%M %p",  # its "Alternate Date Format" and "Time"
    "%d-%b-%Y %H:%M",
    "%d-%b-%y %H:%M",
    "%d %b %Y %H:%M",
    "%d %b %Y %I:%M %p",
    "%b %d, %Y %I:%M %p",
    "%a %b %d %H:%M:%S %z %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
)
_STATUS = re.compile(r"//(?:www\.|mobile\.)?(?:x|twitter)\.com/\w+/status/\d+")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def word(value: object) -> str | None:
    """A short text, or a number as text; None for nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return storable(value).strip()[:MAX_SHORT] or None


def words(value: object) -> str | None:
    """A text of any length; None for nothing."""
    return storable(value).strip() or None if isinstance(value, str) else None


def first(*values: object) -> str | None:
    """The first of these that is a short text."""
    return next((found for found in map(word, values) if found), None)


def identity(*values: object, otherwise: object = None) -> str:
    """A native id: the first of these that is one, long ones by their digest; else one of the contents."""
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := str(value).strip()):
            fits = len(text) <= MAX_SHORT and storable(text) == text
            return text if fits else _digest(text)
    return _digest(repr(otherwise))


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def said(*parts: object) -> str:
    """Several fields as one text, each part once: suites repeat the headline in the snippet."""
    told: list[str] = []
    for part in filter(None, map(words, parts)):
        if not any(part in earlier for earlier in told):
            told = [earlier for earlier in told if earlier not in part]
            told.append(part)
    return "\n".join(told)[:MAX_TEXT]


def count(value: object) -> int | None:
    """A number of people, also as `1,234`, `1.234`, `55.9k` or `1,2 mil`; None for anything else.

    Three digits behind a sign are thousands, whichever sign it is: nobody counts thousandths of people.
    """
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_FOLLOWERS:
        return None  # NaN fails both comparisons
    return int(value)


def _written(text: str) -> int | None:
    found = _COUNT.fullmatch(text) if len(text) <= 40 else None
    times = _TIMES.get(found[3].lower()) if found else None
    if found is None or times is None:
        return None
    number = float(re.sub(r"\D", "", found[1]) + "." + (found[2] or "0")) * times
    return round(number) if number <= MAX_FOLLOWERS else None


def link(value: object) -> str | None:
    """An http or https address."""
    text = words(value) or ""
    if len(text) > MAX_URL or not text.lower().startswith(("http://", "https://")):
        return None
    try:
        return text if urlsplit(text).hostname else None
    except ValueError:
        return None


def own(url: str | None, kind: str, *, not_of: tuple[str, ...] = ()) -> str | None:
    """The address as the item's identity across sources, where it can only be the item's own.

    Forums and comments go by the address of their thread, so only articles, videos and posts with a number
    (`/status/17`) have one; `not_of` are hosts of redirects.
    """
    if not url or "#" in url or (kind not in {"article", "video"} and not _STATUS.search(url)):
        return None
    host = host_of(url)
    return None if any(f".{host}".endswith(f".{other}") for other in not_of) else canonical(url)


def host_of(url: str) -> str:
    """The host of an address that `link` let through."""
    return (urlsplit(url).hostname or "").lower()


def when(value: object, zone: tzinfo | None) -> datetime | None:
    """A time as suites write it; without an offset it is in `zone`. None for nothing, else ValueError."""
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "" or text == 0:
        return None
    try:
        return moment(_iso(text), zone=zone)
    except ValueError:
        if not isinstance(text, str):
            raise
    for shape in _SHAPES:
        try:
            found = datetime.strptime(text, shape)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return moment(found.isoformat(), zone=zone)
    raise ValueError("is not a time that can be read")


def time_or(value: object, otherwise: datetime, zone: tzinfo | None) -> datetime:
    """A time for things that come as they happen: what cannot be read is now."""
    try:
        return when(value, zone) or otherwise
    except ValueError:
        return otherwise


def _iso(value: object) -> object:
    """Python 3.11 wants no ` UTC`, and a colon in an offset only where the time has them, too."""
    if not isinstance(value, str):
        return value
    return _OFFSET.sub(r"\1:\2", value.removesuffix(" UTC") + "+00:00" if value.endswith(" UTC") else value)


def country(*values: object) -> str | None:
    """ISO 3166 alpha-2 of the first value that is a code (of two or three letters) or an English name."""
    return _known(values, _country)


def language(*values: object) -> str | None:
    """The language code of the first value that is one, or a language's English name."""
    return _known(values, _language)


def _known(values: Iterable[object], lookup: Callable[[str | None], str | None]) -> str | None:
    return next((found for found in map(lookup, map(word, values)) if found), None)


@cache
def _territories() -> dict[str, str]:
    english = {
        code: name for code, name in Locale("en").territories.items() if code.isalpha() and code != "ZZ"
    }
    names = {name.casefold(): code for code, name in english.items()}
    codes = {code.casefold(): code for code in english}
    long_codes = {
        alias.casefold(): found[0]
        for alias, found in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(found[0]) == 2
    }
    own = {"usa": "US", "uk": "GB", "united states of america": "US"}
    return names | codes | long_codes | own


@cache
def _languages() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) in (2, 3)}


def _country(name: str | None) -> str | None:
    return _territories().get(name.casefold()) if name else None


def _language(name: str | None) -> str | None:
    if not name:
        return None
    code = re.split("[-_]", name)[0].lower()
    if len(code) in (2, 3) and code.isascii() and code.isalpha():
        return code
    return _languages().get(name.casefold())
