"""How large an answer may be, counted while it is made.

An incident has alerts, an alert has an incident: a small document goes round and round, and its answer is a
power of how much there is. What is in the lists is known only when they are read, so what was read is
counted: each field of each object, and each entry of each list. The operation stops where that is too much.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from graphql.execution.collect_fields import GroupedFieldSet
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.errors import TooMuch

MAX_VALUES = 100_000


class CountedExecution(StrawberryGraphQLCoreExecutionContext):
    """One operation, or one event of a subscription, whose answer has at most MAX_VALUES values."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._values = 0

    def execute_fields(
        self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: GroupedFieldSet, *rest: Any
    ) -> Any:
        """The fields of one object."""
        self._count(len(grouped_field_set))
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, *rest)

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """The entries of one list."""
        self._count(len(result) if isinstance(result, Sized) else 0)
        return super().complete_list_value(return_type, field_details_list, info, path, result, *rest)

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise TooMuch
