"""From a database row to the API's type of the same field names."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")


def shape(kind: type[T], row: Any, /, **given: Any) -> T:
    """`kind` with each field taken from `given`, or else from the row's attribute; ids become text."""
    fields = [field for field in dataclasses.fields(kind) if field.init]  # type: ignore[arg-type]
    taken = {
        field.name: getattr(row, field.name)
        for field in fields
        if field.name not in given and hasattr(row, field.name)
    }
    if "id" in taken:
        taken["id"] = str(taken["id"])
    return kind(**taken, **given)
