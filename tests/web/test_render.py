"""What templates are given to write with."""

from __future__ import annotations

import re

import pytest

from web.render import TEMPLATES, beyond_title, environment


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("Late again\n\nThe ferry waits", "Late again", "The ferry waits"),
        ("Late again", "Late again", ""),
        ("Late again", None, "Late again"),
        ("Late again", "", "Late again"),
        ("Late against the wind", "Late again", "Late against the wind"),
        ("The ferry waits", "Late again", "The ferry waits"),
    ],
)
def test_a_text_beyond_its_title(text: str, title: str | None, rest: str) -> None:
    assert beyond_title(text, title) == rest


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("ca", "Olga <b>", "El que depèn d’Olga &lt;b&gt;"),
        ("ca", "Marta", "El que depèn de Marta"),
        ("fr", "Olga", "Ce qui dépend d’Olga"),
        ("es", "Olga", "Lo que depende de Olga"),
    ],
)
def test_a_word_before_a_name_is_shortened_where_the_language_does_so(
    language: str, name: str, said: str
) -> None:
    written = environment(language).from_string("{{ _('What hangs on %(name)s', name=name) }}")
    assert written.render(name=name) == said


def test_a_count_of_people_of_a_name_is_shortened_and_counted() -> None:
    ended = "The NDA of %(name)s ended on %(day)s: its %(num)s {} nothing until a new one is recorded."
    forms = ended.format("person sees"), ended.format("people see")
    written = environment("ca").from_string(
        "{{ ngettext(forms[0], forms[1], 3, name='Estudi', day='2 de maig') }}"
    )
    assert written.render(forms=forms).startswith("L’NDA d’Estudi es va acabar el 2 de maig: les seves 3")


def test_no_link_underlines_the_space_beside_its_icon() -> None:
    spaced = re.compile(r"<a [^>]*>\{\{ ?(?:ui\.)?icon\([^)]*\) ?\}\}\s")
    assert [path.name for path in TEMPLATES.rglob("*.html") if spaced.search(path.read_text("utf-8"))] == []
