"""Entries of a set-up file: known by their names, naming others of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kit.errors import Invalid


def check(entry: Mapping[str, Any], known: set[str], what: str, *, needed: Sequence[str] = ()) -> None:
    """Invalid unless it has all that is needed, and nothing unknown."""
    if unknown := set(entry) - known:
        raise Invalid(f"{what} has an unknown entry {sorted(unknown)[0]!r}")
    for name in needed:
        if name not in entry:
            raise Invalid(f"{what} lacks {name!r}")


def number_of(names: Mapping[str, int], name: str, what: str) -> int:
    """Of the one of this name; Invalid where the file has none."""
    if name not in names:
        raise Invalid(f"{what} {name!r} is not in this file")
    return names[name]
