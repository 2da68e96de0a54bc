"""What a rule would have sent is told before it is saved, and is what it sends once it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.monitor import Monitor
from mentions.triage.case import Case
from mentions.triage.opening import work_off
from mentions.triage.rehearsal import rehearse
from mentions.triage.routing import RoutingRule
from mentions.triage.ruling import Draft
from people.departments import Department
from people.members import Member
from people.organisations import Organisation
from tests.mentions.makers import draft, make_all, put

SAID = ("Renfe es una vergüenza, el bar cerrado, reclamo", "Renfe, qué asco de servicio, reclamo")


@pytest.fixture
async def house(core: Core) -> tuple[int, int]:
    """Customer service, and a new department; two complaints are there, one of them about the bar."""
    _, _, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        rows = [Department(slug=slug, name=slug.title()) for slug in ("customer-service", "bar")]
        session.add_all(rows)
    for number, text in enumerate(SAID):
        await put(core, source, draft(text, at=core.clock.now(), author=f"a{number}"))
    return rows[0].id, rows[1].id


async def test_a_new_rule_and_a_changed_one(core: Core, house: tuple[int, int]) -> None:
    service, bar = house
    now = core.clock.now() + timedelta(minutes=1)
    wish = Draft(label="complaint", terms="el bar", department_id=bar)
    async with core.database.read() as session:
        new = await rehearse(session, wish, None, now=now)
    assert (new.looked_at, new.complete, new.taken) == (2, True, 1)
    assert (new.fresh.count, dict(new.fresh.places), new.lost.count) == (1, {service: 1}, 0)
    assert [row.text for row in new.fresh.examples] == [SAID[0]]
    async with core.database.unit_of_work() as session:
        rule = RoutingRule(position=1, label="complaint", terms="el bar", department_id=bar)
        session.add(rule)
    async with core.database.read() as session:
        changed = await rehearse(
            session, Draft(label="complaint", terms="asco", department_id=bar), rule.id, now=now
        )
        a_month_on = await rehearse(session, wish, None, now=now + timedelta(days=30))
    assert (changed.taken, changed.fresh.count, changed.lost.count) == (1, 1, 1)
    assert dict(changed.lost.places) == {service: 1}
    assert a_month_on.looked_at == 0


async def test_a_case_knows_its_rule_and_an_archived_department_is_stood_in_for(
    core: Core, house: tuple[int, int]
) -> None:
    service, bar = house
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        place = (await session.scalars(select(Organisation.id))).first()
        owner = Member(organisation_id=place, name="Ana", email="ana@x.example", role="responder")
        session.add(owner)
        await session.flush()
        monitor_id = (await session.scalars(select(Monitor.id).order_by(Monitor.id))).first()
        rule = RoutingRule(
            position=1, monitor_id=monitor_id, terms="bar", department_id=bar, hint="Offer a coffee.",
            owner_id=owner.id, answer_minutes=30,
        )  # fmt: skip
        session.add(rule)
        archived = await session.get_one(Department, bar)
        archived.archived_at, archived.successor_id = now, service
    async with core.database.unit_of_work() as session:
        await work_off(session, now=now)
    async with core.database.read() as session:
        by_rule, by_label = (await session.scalars(select(Case).order_by(Case.rule_id.nulls_last()))).all()
    assert by_rule.department_id == by_label.department_id == service
    assert (by_rule.rule_id, by_rule.due_at) == (rule.id, now + timedelta(minutes=30))
    assert by_label.rule_id is None
    async with core.database.unit_of_work() as session:
        await session.delete(await session.get_one(RoutingRule, rule.id))
    async with core.database.read() as session:
        assert (await session.get_one(Case, by_rule.id)).rule_id is None, "the case stays"
