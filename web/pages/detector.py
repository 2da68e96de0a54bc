"""The form that sets a monitor's detector, on the page of that monitor."""

from __future__ import annotations

from typing import Any

from web.fields import Form, Read, number, whole
from web.visit import Visit

FIELD = "number-"


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
