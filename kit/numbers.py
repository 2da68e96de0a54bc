"""Whole numbers that somebody typed or sent. Pure."""

from __future__ import annotations

MOST_DIGITS = 18
"""What any column of whole numbers can hold."""


def natural(text: str, *, digits: int = MOST_DIGITS) -> int | None:
    """The number, zero or more, that ASCII digits write; None for anything else, and for more digits.

    `int` alone takes the digits of all scripts, and fails for some thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
