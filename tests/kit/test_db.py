"""The database's errors."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.core import Core


async def test_an_error_does_not_tell_what_was_stored(core: Core) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with core.database.unit_of_work() as session:
            await session.execute(text("SELECT CAST(:secret AS text) FROM nowhere"), {"secret": "hunter2"})
    assert "hunter2" not in str(failure.value)
