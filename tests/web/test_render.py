"""What templates are given to write with."""

from __future__ import annotations

import pytest

from web.render import beyond_title


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
