"""`tocsin migrate`, which is all that prepares a database in production."""

from __future__ import annotations

from sqlalchemy import select

from kit.core import Core
from runbooks.library import LIBRARY
from runbooks.runbook import Runbook
from tests.commands.test_import_command import Tocsin, tocsin

__all__ = ["tocsin"]


async def test_it_puts_in_the_runbooks_that_come_with_tocsin_and_leaves_what_is_there(
    core: Core, tocsin: Tocsin
) -> None:
    assert (await tocsin("migrate")).code == 0
    async with core.database.unit_of_work() as session:
        rows = (await session.scalars(select(Runbook))).all()
        assert {row.slug for row in rows} == {plan.slug for plan in LIBRARY}
        rows[0].name = "Our own name for it"
    assert (await tocsin("migrate")).code == 0
    async with core.database.read() as session:
        names = (await session.scalars(select(Runbook.name))).all()
    assert len(names) == len(LIBRARY)
    assert "Our own name for it" in names
