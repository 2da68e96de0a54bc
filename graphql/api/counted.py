"""A scalar for how many people: audiences are counted in billions, and a GraphQL Int ends at two of them."""

from __future__ import annotations

from typing import NewType

import strawberry

People = NewType("People", int)

PEOPLE = strawberry.scalar(
    name="People",
    description="A whole number of people, from 0 to 2^53.",
    serialize=int,
    parse_value=int,
)
