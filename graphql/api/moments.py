"""The scalar for a moment: with an offset from UTC, or none. A server's own zone is nobody's business."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from graphql import GraphQLError


def _read(given: object) -> datetime:
    """In UTC. A GraphQLError is answered as a fault of the question."""
    if not isinstance(given, str) or len(given) > 40:
        raise GraphQLError("A time is text such as 2026-03-01T08:00:00Z.")
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise GraphQLError("A time is text such as 2026-03-01T08:00:00Z.") from None
    if found.tzinfo is None:
        raise GraphQLError("A time needs its UTC offset: 2026-03-01T08:00:00Z, or 2026-03-01T09:00:00+01:00.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise GraphQLError("This time is outside the calendar.") from None


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment as ISO 8601, in UTC where we answer. Given, it needs its UTC offset: "
    "2026-03-01T08:00:00Z, or 2026-03-01T09:00:00+01:00. One without is refused.",
    serialize=datetime.isoformat,
    parse_value=_read,
)
