"""Every visible string in all four languages, with the same places for values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kit.languages import LANGUAGES
from web.catalogs import PROGRAMS, REFUSING, SAYING, extracted
from web.render import TEMPLATES
from web.words import LOCALES, choose, words

PLACES = re.compile(r"%\(\w+\)s|%%s")
BRACES = re.compile(r"\{[^}]*\}")


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_catalogs_are_complete_and_current(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    wanted = {message.id for message in extracted() if message.id}
    assert {message.id for message in catalog if message.id} == wanted, "run python -m web.catalogs"
    for message in catalog:
        if not message.id:
            continue
        assert message.string, f"{message.id!r} has no translation"
        sources = [message.id] if isinstance(message.id, str) else message.id
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            assert sorted(PLACES.findall(form)) == sorted(PLACES.findall(sources[-1])), message.id
            assert len(BRACES.findall(form)) == len(BRACES.findall(sources[-1])), message.id


def test_whatever_people_may_be_refused_with_is_in_the_catalogs() -> None:
    """An f-string never is: `Conflict("{} has it already.", name)` can be said in every language."""
    folders = [Path(TEMPLATES.parents[1], *package.split("/")) for package in REFUSING]
    for file in (file for folder in folders for file in sorted(folder.rglob("*.py"))):
        if any(file.match(name.replace("**", "*")) for name in PROGRAMS) or "node_modules" in file.parts:
            continue
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            written = name in SAYING and bool(call.args) and isinstance(call.args[0], ast.JoinedStr)
            assert not written, f"{file}:{call.lineno}"


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "%(num)s step"),
        ("en", 0, "%(num)s steps"),
        ("fr", 0, "%(num)s étape"),
        ("ca", 2, "%(num)s passos"),
    ],
)
def test_plurals(language: str, count: int, expected: str) -> None:
    assert words(language).ngettext("%(num)s step", "%(num)s steps", count) == expected


def test_no_french_line_ends_before_a_mark() -> None:
    assert words("fr").gettext("Change to “%(step)s”") == "Modification de «\xa0%(step)s\xa0»"
    assert words("fr").gettext("Do the sources speak?") == "Les sources parlent-elles\xa0?"
    assert words("fr").gettext("%(brand)s: all monitors") == "%(brand)s\xa0: tous les moniteurs"
    assert words("fr").gettext(": ") == "\xa0: "


def test_no_template_puts_a_colon_between_a_label_and_its_value_itself() -> None:
    """It is `{{ _(': ') }}`: French has a space before it, which breaks no line."""
    found = [
        f"{template.relative_to(TEMPLATES)}: {line.strip()}"
        for template in sorted(TEMPLATES.rglob("*.html"))
        for line in template.read_text().splitlines()
        if re.search(r"[}>]\s?:\s?\{\{", line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("own", "header", "expected"),
    [
        ("ca", "fr", "ca"),
        (None, "fr-CA, en", "fr"),
        (None, "de, es;q=0.5, ca;q=0.7", "ca"),
        ("de", "", "en"),
        (None, ";;;q=,q=1,*", "en"),
        (None, "es;q=abc, fr", "fr"),
    ],
)
def test_choosing(own: str | None, header: str, expected: str) -> None:
    assert choose(own, header) == expected
