"""What templates are given to write with."""

from __future__ import annotations

import re

import pytest

from web.render import TEMPLATES, beyond_title


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


def test_no_link_underlines_the_space_beside_its_icon() -> None:
    spaced = re.compile(r"<a [^>]*>\{\{ ?(?:ui\.)?icon\([^)]*\) ?\}\}\s")
    assert [path.name for path in TEMPLATES.rglob("*.html") if spaced.search(path.read_text("utf-8"))] == []
