"""Finding one's way in JSON from outside, where every field may be missing or something else. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, moment, storable

MOST = 5_000
"""Things that are read of one answer: no provider's page has as many."""
KEPT = timedelta(days=8)
"""Longer than any provider keeps for us what came while we were away."""

T = TypeVar("T")


def at(found: Any, *path: str) -> Any:
    """What stands under these names, one inside the other; None where there is nothing."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text_at(found: Any, *path: str) -> str:
    """The text that stands there, as it can be stored and sent; empty where there is none."""
    value = at(found, *path)
    return storable(value) if isinstance(value, str) else ""


def list_at(found: Any, *path: str) -> list[Any]:
    """The list that stands there; empty where there is none."""
    value = at(found, *path)
    return value if isinstance(value, list) else []


def object_at(found: Any, *path: str) -> dict[str, Any]:
    """The object that stands there; empty where there is none."""
    value = at(found, *path)
    return value if isinstance(value, dict) else {}


def time_at(found: Any, *path: str) -> datetime | None:
    """The time that stands there, aware and in UTC; None for anything else."""
    try:
        return moment(at(found, *path))
    except ValueError:
        return None


def whole_at(found: Any, *path: str) -> int | None:
    """The whole number that stands there, also as 1.0; None for anything else."""
    value = at(found, *path)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def lately(seen: object, now: datetime) -> datetime | None:
    """When a provider says that it had something; None for what is too long ago to be true."""
    try:
        found = min(moment(seen), now)
    except ValueError:
        return None
    return found if now - found <= KEPT else None


def read_json(text: str | bytes) -> Any:
    """What the JSON says. Raises Invalid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("It is not JSON.") from error


def judged(items: Iterable[T], read: Callable[[T], MentionDraft | None]) -> tuple[list[MentionDraft], int]:
    """The drafts that `read` makes of these, and how many were no mentions. None from `read` is neither.

    Of more than MOST the rest counts as no mentions, unread.
    """
    drafts, rejected = [], 0
    coming = iter(items)
    for item in islice(coming, MOST):
        try:
            draft = read(item)
        except Invalid:
            rejected += 1
        else:
            if draft is not None:
                drafts.append(draft)
    return drafts, rejected + sum(1 for _ in coming)
