"""Names, titles and notes as one line. Pure."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text with one blank for each run of blanks, line breaks, control and direction marks."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
