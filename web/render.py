"""Templates to HTML, one environment per language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from alerts.detection import rounded
from kit import lengths
from kit.languages import BEFORE_A_VOWEL, LANGUAGES, Sentence, elided, quoted
from web import shown
from web.bands import band
from web.sparkline import sparkline
from web.words import said, words

TEMPLATES = Path(__file__).parent / "templates"
HARDLY_ANY = Sentence("hardly any")
WRITTEN = (
    shown.number, shown.language_name, shown.place_name, shown.long_day, shown.hours_of_days, shown.entry,
    shown.ratio, shown.score, shown.times, shown.a_week,
    quoted,
)  # fmt: skip
"""What is written in the reader's language: filters by their names."""


@cache
def environment(language: str) -> Environment:
    """The templates with this language's words. What a template misspells is an error, never a blank."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(words(language), newstyle=True)  # type: ignore[attr-defined]
    if language in BEFORE_A_VOWEL:
        made.globals |= {"gettext": _gettext(language), "ngettext": _ngettext(language)}
    made.filters |= {
        "time": time_element,
        "day": day,
        "weekday": weekday,
        "span": span,
        "minutes": lengths.short_duration,
        "usual": usual,
        "said": told,
        "attribute_json": attribute_json,
        "beyond_title": beyond_title,
    }
    made.filters |= {write.__name__: partial(write, language=language) for write in WRITTEN}
    made.globals |= {"sparkline": sparkline, "band": band, "moment": shown.moment}
    return made


def _gettext(language: str) -> Callable[..., Markup]:
    """As Jinja's own, in a language whose words grow together with the name after them."""

    def gettext(message: str, /, **values: Any) -> Markup:
        return _filled(words(language).gettext(message), values, language)

    return gettext


def _ngettext(language: str) -> Callable[..., Markup]:
    def ngettext(one: str, more: str, count: int, /, **values: Any) -> Markup:
        values.setdefault("num", count)
        return _filled(words(language).ngettext(one, more, count), values, language)

    return ngettext


def _filled(sentence: str, values: Mapping[str, Any], language: str) -> Markup:
    return Markup(elided(sentence, values, language)) % values  # noqa: S704 - a sentence of our own


def render(template: str | Template, language: str, /, **data: Any) -> str:
    """A template's text. `data` has `now` (aware UTC) and `zone`, by which times are shown."""
    return environment(language).get_template(template).render(language=language, **data)


def warm() -> None:
    """Read every catalog now, so that a broken one stops the start and not a page."""
    for language in LANGUAGES:
        environment(language)


def beyond_title(text: str, title: str | None) -> str:
    """What a text says beyond its title, where it begins with it as a feed's does; else all of it."""
    if not title or not text.startswith(title):
        return text
    rest = text[len(title) :]
    return text if rest and not rest[0].isspace() else rest.strip()


@pass_context
def time_element(
    context: Context, value: str | datetime, form: str = "short", after: str | datetime | None = None
) -> Markup:
    """`<time>` in the reader's zone; `form` is `short` (the day only when not today) or `clock`.

    The end of a stretch that began `after` tells its day where that is not the day of its beginning.
    """
    at, zone, language = shown.moment(value), context["zone"], context["language"]
    text = (
        shown.clock_time(at, zone, language)
        if form == "clock"
        else shown.day_and_time(at, zone, language, context["now"] if after is None else shown.moment(after))
    )
    full = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), full, text)


@pass_context
def day(context: Context, value: str | date) -> str:
    """`14 Mar`, of a day without a time."""
    return shown.day_and_month(value, context["language"])


@pass_context
def weekday(context: Context, value: str | date) -> str:
    """`Sat`."""
    return shown.weekday(value, context["language"])


@pass_context
def span(context: Context, since: str | datetime, until: str | datetime | None = None) -> str:
    """The time between two moments, or since one."""
    end = shown.moment(until) if until is not None else context["now"]
    length: timedelta = end - shown.moment(since)
    return lengths.duration(length)


@pass_context
def told(context: Context, text: str) -> str:
    """A refusal in the reader's language."""
    return said(text, context["language"])


@pass_context
def usual(context: Context, value: float) -> str:
    """How many are usual; in words where it is hardly any."""
    language = context["language"]
    return rounded.usual(value, language, said(HARDLY_ANY, language))


def attribute_json(value: Any) -> str:
    """JSON to stand in an attribute (which autoescaping quotes), without blanks."""
    return json.dumps(value, separators=(",", ":"))
