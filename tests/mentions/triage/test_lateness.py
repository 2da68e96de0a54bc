"""Late cases are told to each department, whatever is wrong with another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kit.core import Core
from kit.events import Event
from mentions.triage import lateness
from mentions.triage.case import Case
from people import letters
from people.departments import Department
from people.letters import Letter
from tests.clock import MovableClock
from tests.mentions.makers import make_all


async def _late(core: Core, *departments: Department) -> None:
    """A late case of each department."""
    brand, _, _ = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        session.add_all(departments)
        await session.flush()
        for one in departments:
            case = Case(brand_id=brand.id, key=one.slug, label="complaint", department_id=one.id, reason="")
            case.opened_at = case.last_said_at = now - timedelta(hours=5)
            case.due_at = now - timedelta(hours=1)
            session.add(case)


def _department(slug: str, **values: str) -> Department:
    return Department(name=slug, slug=slug, email=f"{slug}@x.example", **values)


async def _subjects(core: Core) -> list[str]:
    async with core.database.read() as session:
        found = await session.scalars(select(Letter).order_by(Letter.id))
        return [letter.paper["subject"] for letter in found]


async def test_a_misspelt_zone_or_language_of_a_department_is_read_as_ours(
    core: Core, clock: MovableClock
) -> None:
    await _late(core, _department("first", language="xx", time_zone="Europe/Nowhere"), _department("second"))
    assert await lateness.tell_late(core) == 2
    assert await _subjects(core) == ["first: 1 case is late", "second: 1 case is late"]


async def test_a_department_that_cannot_be_told_stops_no_other_and_is_told_later(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _late(core, _department("first"), _department("second"))
    write = letters.write

    async def fails_for_one(session, paper, **values):  # type: ignore[no-untyped-def]
        if "first" in paper.subject:
            raise LookupError("a defect of ours")
        return await write(session, paper, **values)

    with monkeypatch.context() as patch:
        patch.setattr(letters, "write", fails_for_one)
        assert await lateness.tell_late(core) == 1
    async with core.database.read() as session:
        assert [event.data["department"] for event in await session.scalars(select(Event))] == ["second"]
    assert await lateness.tell_late(core) == 1
    assert await _subjects(core) == ["second: 1 case is late", "first: 1 case is late"]
