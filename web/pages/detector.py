"""The form that sets a monitor's detector, on the page of that monitor."""

from __future__ import annotations

from math import isfinite
from typing import Any

from kit.errors import Invalid
from web.forms import Form, Read, whole
from web.visit import Visit

FIELD = "number-"


def decimal(name: str) -> Read:
    """A number with a point or a comma, None when left empty; Invalid for anything else."""

    def read(_: Visit, form: Form) -> float | None:
        raw = form.get(name, "").strip()
        return number(raw, name) if raw else None

    return read


def minutes(name: str) -> Read:
    """A whole number of minutes, 0 when left empty."""
    return lambda visit, form: whole(name)(visit, form) or 0


def numbers(_: Visit, form: Form) -> list[dict[str, Any]]:
    """The fields `number-score` and so on that were filled in; those left empty are the preset's."""
    return [
        {"name": field.removeprefix(FIELD), "value": number(raw.strip(), field.removeprefix(FIELD))}
        for field, raw in form.items()
        if field.startswith(FIELD) and raw.strip()
    ]


def number(raw: str, field: str) -> float:
    """With a point or a comma; Invalid for what is none."""
    try:
        value = float(raw.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not isfinite(value) or "_" in raw:
        raise Invalid("{!r} is not a number.", raw[:30], field=field)
    return value
