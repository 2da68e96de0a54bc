"""The columns of a suite's CSV export, read into our fields. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft, checked
from mentions.sources import values

Row = Mapping[str, str]
MAX_AHEAD = timedelta(minutes=5)  # a clock may be a little off


@dataclass(frozen=True)
class Columns:
    """One suite's CSV export."""

    name: str
    needs: frozenset[str]
    """Columns, in small letters, that together only this suite's exports have."""
    read: Callable[[Row], dict[str, object]]
    """A row, its columns in small letters, under our names; `published_at` as it stands there."""
    published: str
    """Which of `needs` holds `published_at`, as long as it is filled in."""

    def recognises(self, header: Sequence[str]) -> bool:
        return self.needs <= {plain(cell) for cell in header}

    def values(self, row: Row) -> dict[str, object]:
        """The row under our names, not yet checked."""
        return self.read({plain(name): cell for name, cell in row.items()})


def plain(name: str) -> str:
    """A column's name as it is compared."""
    return " ".join(name.replace("\ufeff", "").split()).lower()


def finished(given: Mapping[str, object], now: datetime, zone: tzinfo | None) -> MentionDraft:
    """A draft of these values; without a zone its times are taken as UTC. Invalid without text, or time.

    Unlike a push, a file is about the past: without a time it says nothing.
    """
    try:
        published = values.when(given.get("published_at"), zone or UTC)
    except ValueError as error:
        raise Invalid(f"published_at {error}.", field="published_at") from error
    if published is None:
        raise Invalid("published_at must not be empty.", field="published_at")
    if published > now + MAX_AHEAD:  # `checked` would bring it back to now, and the reader could not tell
        raise Invalid("its time is in the future; is the time zone right?", field="published_at")
    return checked({**given, "published_at": published.isoformat()}, now=now)
