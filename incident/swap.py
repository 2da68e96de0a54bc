"""Compare and swap: the one way in which rows change their state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import update

from kit.db import Row, WriteSession

T = TypeVar("T", bound=Row)


async def swap(
    session: WriteSession, table: type[T], key: int, expected: Mapping[str, Any], **values: Any
) -> T | None:
    """Set `values` if the row still has the `expected` ones; the fresh row, or None when it has not.

    Of two who try at once the second waits for the first one's commit, and gets None.
    """
    changed = (
        update(table)
        .where(
            table.id == key,
            *(getattr(table, name).is_not_distinct_from(value) for name, value in expected.items()),
        )
        .values(**values)
        .returning(table)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.execute(changed)).scalar_one_or_none()
