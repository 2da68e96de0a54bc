"""What is usual, as people read it: on a page of ours, in what wakes them, and in a stored reason."""

from babel.numbers import format_decimal

HARDLY_ANY = 0.01
"""Mentions below which what is usual is told in words."""


def usual(expected: float, language: str = "en", hardly_any: str = "hardly any") -> str:
    """`1,240`, `6.5`, `6`, `0.32`; in words where a number would say that none are."""
    if expected < HARDLY_ANY:
        return hardly_any
    if expected < 1:
        return str(format_decimal(expected, format="@#", locale=language))
    return figure(expected, language)


def figure(value: float, language: str = "en") -> str:
    """`1,240`, `6.5`, `6`."""
    return str(format_decimal(value, format="#,##0.#" if value < 100 else "#,##0", locale=language))
