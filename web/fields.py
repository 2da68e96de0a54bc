"""What is read of a form for an operation: a part of the path, a text, a number, a day and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite, nan
from typing import Any

from kit.errors import Invalid
from kit.numbers import natural
from people.rota.wall import instant
from web.visit import Visit

Form = Mapping[str, str]
Read = Callable[[Visit, Form], Any]

EARLIEST = 1900
"""The first year that anybody means; those of the beginning have no instant in every zone."""


def part(name: str) -> Read:
    """A part of the path."""
    return lambda visit, _: visit.param(name)


def text(name: str) -> Read:
    """A field, without the blanks around it."""
    return lambda _, form: form.get(name, "").strip()


def secret(name: str) -> Read:
    """A field exactly as typed."""
    return lambda _, form: form.get(name, "")


def optional(name: str) -> Read:
    """A field, None when it was left empty."""
    return lambda _, form: form.get(name, "").strip() or None


def flag(name: str) -> Read:
    """A checkbox."""
    return lambda _, form: name in form


def whole(name: str) -> Callable[[Visit, Form], int | None]:
    """A whole number, None when left empty; Invalid for anything else."""

    def read(_: Visit, form: Form) -> int | None:
        raw = form.get(name, "").strip()
        if not raw:
            return None
        found = natural(raw, digits=9)
        if found is None:
            raise Invalid("{!r} is not a whole number.", raw[:30], field=name)
        return found

    return read


def decimal(name: str) -> Callable[[Visit, Form], float | None]:
    """A number with a point or a comma, None when left empty; Invalid for anything else."""

    def read(_: Visit, form: Form) -> float | None:
        raw = form.get(name, "").strip()
        return number(raw, name) if raw else None

    return read


def number(raw: str, field: str) -> float:
    """With a point or a comma; Invalid for what is none."""
    try:
        value = float(raw.replace(",", "."))
    except ValueError:
        value = nan
    if not isfinite(value) or "_" in raw:
        raise Invalid("{!r} is not a number.", raw[:30], field=field)
    return value


def chosen(name: str) -> Read:
    """The checkboxes `name-7`, `name-9` that were ticked, as `["7", "9"]`."""
    return lambda _, form: sorted(key.removeprefix(f"{name}-") for key in form if key.startswith(f"{name}-"))


def local_time(name: str) -> Callable[[Visit, Form], str]:
    """A day and time by the visitor's clock, as the API writes it; Invalid when it is none."""

    def read(visit: Visit, form: Form) -> str:
        try:
            moment = datetime.fromisoformat(form.get(name, "").strip())
            if moment.year < EARLIEST:
                raise ValueError("a year that nobody means")
            return (moment if moment.tzinfo else instant(moment, visit.zone)).isoformat()
        except (ValueError, OverflowError) as error:
            raise Invalid("Give a day and a time.", field=name) from error

    return read


def optional_local_time(name: str) -> Callable[[Visit, Form], str | None]:
    """The same, None when it was left empty."""
    return lambda visit, form: local_time(name)(visit, form) if form.get(name, "").strip() else None


def prefixed(name: str, prefix: str) -> Read:
    """The rest of a choice such as `member:7` when it begins with the prefix, else None."""

    def read(_: Visit, form: Form) -> str | None:
        kind, colon, rest = form.get(name, "").partition(":")
        return rest if colon and kind == prefix else None

    return read
