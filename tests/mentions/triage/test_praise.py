"""Praise is thanked for where the house has said by whom, and bothers nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from kit.core import Core
from mentions.triage.case import Case
from mentions.triage.opening import work_off
from mentions.triage.routing import RoutingRule
from people.departments import Department
from tests.mentions.makers import draft, make_all, put

THANKS = "Me encanta Renfe, gracias, un viaje maravilloso"


@pytest.mark.parametrize("label", ["", "praise"])
async def test_only_a_rule_that_names_praise_opens_a_case_for_it(core: Core, label: str) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        department = Department(slug="community", name="Community")
        session.add(department)
        await session.flush()
        session.add(RoutingRule(position=1, label=label, department_id=department.id))
    await put(core, source, draft(THANKS, at=now, author="ana"))
    async with core.database.unit_of_work() as session:
        assert await work_off(session, now=now) == (label == "praise")
        assert list(await session.scalars(select(Case.label))) == ["praise"] * (label == "praise")


async def test_thanks_for_an_answer_do_not_ask_for_another(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        department = Department(slug="customer-service", name="Service")
        session.add(department)
        await session.flush()
        session.add(RoutingRule(position=1, label="praise", department_id=department.id))
    for text in ("Renfe es una vergüenza, qué asco de servicio, reclamo", THANKS):
        await put(core, source, draft(text, at=now, author="ana"))
        async with core.database.unit_of_work() as session:
            await work_off(session, now=now)
            await session.execute(update(Case).values(state="answered", answered_at=now))
    async with core.database.read() as session:
        row = (await session.scalars(select(Case))).one()
    assert (row.label, row.state, row.mentions) == ("complaint", "answered", 2)
