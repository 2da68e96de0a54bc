"""Runs begin by themselves, with owners and deadlines; what cannot be kept falls to the lead and says why."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import func, select

from alerts.alert import Alert
from incident import lifecycle
from incident.incident import PartnerSeat
from incident.intake import take_in_alerts
from incident.roles import chose_to_lead
from incident.timeline import entries
from kit.core import Core
from people.letters import Letter
from people.members import Member
from people.organisations import Organisation
from people.schedules import Schedule, ScheduleLayer
from runbooks import library, start
from runbooks.run import Run, Step
from runbooks.runbook import Runbook, Version
from runbooks.start import start_due_runs
from tests.clock import MovableClock
from tests.incident.cast import Cast, change, enter, kinds, raise_alert, steps_by_key, the_incident
from tests.runbooks.runs import begin, do


async def put_on_call(
    core: Core, member_id: int, *, name: str = "Community", zone: str = "Europe/Madrid"
) -> None:
    async with core.database.unit_of_work() as session:
        schedule = Schedule(name=name, time_zone=zone)
        session.add(schedule)
        await session.flush()
        session.add(
            ScheduleLayer(
                schedule_id=schedule.id, position=0, name="", handover="08:00", starts_on=date(2026, 1, 5),
                every=1, unit="weeks", participants=[member_id],
            )
        )  # fmt: skip


async def texts(core: Core, incident_id: int, kind: str) -> list[str]:
    async with core.database.read() as session:
        return [entry.text for entry in await entries(session, incident_id) if entry.kind == kind]


async def test_every_step_has_an_owner_and_a_deadline_from_detection(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    await put_on_call(core, cast.bruno.member_id)
    alert = await raise_alert(core, cast.brand_id, evidence={"examples": [{"text": "retraso y reembolso"}]})
    detected = clock.now()
    clock.forward(minutes=2)
    now = clock.now()
    await change(core, Alert, alert, acknowledged_by=cast.rosa.member_id, acknowledged_at=now)
    await take_in_alerts(core)
    assert await start_due_runs(core) == 1
    incident = await the_incident(core)
    steps = await steps_by_key(core, incident.id)
    assert len(steps) == 10
    for step in steps.values():
        assert step.due_at == detected + timedelta(minutes=step.due_minutes)
        assert (step.state, step.overdue_at, step.lesson_id) == ("todo", None, None)
    owners = {key: (step.owner_id, step.owner_organisation_id) for key, step in steps.items()}
    assert owners["acknowledge"] == (cast.bruno.member_id, None)
    assert owners["holding_statement"] == (None, cast.agency_id)
    assert owners["daily_plan"] == (cast.rosa.member_id, None)
    async with core.database.read() as session:
        assert (await session.execute(select(PartnerSeat.organisation_id))).scalars().all() == [
            cast.agency_id
        ]


async def test_a_rota_that_cannot_be_read_stops_no_run(core: Core) -> None:
    cast = await enter(core)
    await put_on_call(core, cast.bruno.member_id)
    await put_on_call(core, cast.rosa.member_id, name="A broken one", zone="Europe/Nowhere")
    _, steps = await begin(core, cast)
    assert steps["acknowledge"].owner_id == cast.bruno.member_id


async def test_a_second_round_does_nothing(core: Core) -> None:
    cast = await enter(core)
    await begin(core, cast)
    told = await kinds(core)
    assert await start_due_runs(core) == 0
    assert await kinds(core) == told


async def test_who_chose_to_lead_is_asked_once_for_all(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = await enter(core)
    for brand_id in (cast.brand_id, cast.other_brand_id):
        alert = await raise_alert(core, brand_id)
        taken = {"acknowledged_by": cast.rosa.member_id, "acknowledged_at": core.clock.now()}
        await change(core, Alert, alert, **taken)
    await take_in_alerts(core)
    asked = AsyncMock(wraps=chose_to_lead)
    monkeypatch.setattr(start, "chose_to_lead", asked)
    assert await start.start_due_runs(core) == 2
    assert asked.await_count == 1


async def test_two_workers_at_once_start_one_run(core: Core) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id)
    await raise_alert(core, cast.other_brand_id)
    await take_in_alerts(core)
    await asyncio.gather(*(start_due_runs(core) for _ in range(4)))
    async with core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Run)) == 2
        assert await session.scalar(select(func.count(func.distinct(Step.run_id)))) == 2


@pytest.mark.parametrize("type", ["complaint_wave", "service_outage", "product_defect", "accident"])
async def test_each_type_runs_its_own_runbook(core: Core, type: str) -> None:
    cast = await enter(core)
    incident, _ = await begin(core, cast, type=type)
    async with core.database.read() as session:
        query = select(Runbook.crisis_type).join(Version).join(Run).where(Run.incident_id == incident.id)
        assert await session.scalar(query) == type


async def test_without_a_runbook_of_the_type_the_one_for_complaints_runs_and_says_so(core: Core) -> None:
    cast = await enter(core)
    async with core.database.unit_of_work() as session:
        book = (await session.execute(select(Runbook).where(Runbook.crisis_type == "accident"))).scalar_one()
        book.crisis_type = "something_else"
    incident, steps = await begin(core, cast, type="accident")
    assert "compensation_rules" in steps
    assert await texts(core, incident.id, "run.fallback_taken") == [
        "There is no runbook for Accident with injuries; “Wave of complaints” runs instead."
    ]


async def test_without_any_runbook_it_says_so_once_and_starts_when_there_is_one(core: Core) -> None:
    cast = await enter(core, runbooks=False)
    incident, steps = await begin(core, cast)
    assert steps == {}
    assert await start_due_runs(core) == 0
    assert len(await texts(core, incident.id, "run.no_runbook")) == 1
    async with core.database.unit_of_work() as session:
        await library.seed(session, now=core.clock.now())
    assert await start_due_runs(core) == 1
    assert await steps_by_key(core, incident.id)


@pytest.mark.parametrize(
    ("signed", "expires", "works"),
    [
        (None, None, False),
        (date(2026, 3, 11), None, False),  # tomorrow
        (date(2025, 1, 1), date(2026, 3, 9), False),  # ended yesterday
        (date(2025, 1, 1), date(2026, 3, 10), True),  # its last day
        (date(2026, 3, 10), None, True),  # its first day
    ],
)
async def test_a_partner_gets_steps_only_with_a_valid_nda(
    core: Core, signed: date | None, expires: date | None, works: bool
) -> None:
    cast = await enter(core)
    for organisation in (cast.agency_id, cast.rival_id):
        await change(core, Organisation, organisation, nda_signed_on=signed, nda_expires_on=expires)
    incident, steps = await begin(core, cast)
    step = steps["holding_statement"]
    if works:
        assert (step.owner_id, step.owner_organisation_id) == (None, cast.agency_id)
        return
    assert (step.owner_id, step.owner_organisation_id) == (cast.rosa.member_id, None)
    assert (
        "The step “Holding statement and its translations” falls to the lead:"
        " no partner may work on this brand today."
    ) in await texts(core, incident.id, "step.owner_missing")
    assert "partner.seated" not in await kinds(core)


async def test_a_partner_gets_steps_of_its_brands_alone(core: Core) -> None:
    cast = await enter(core)
    await change(core, Organisation, cast.agency_id, brand_ids=[cast.other_brand_id])
    _, steps = await begin(core, cast)
    assert steps["holding_statement"].owner_organisation_id == cast.rival_id
    for key in (cast.agency_id, cast.rival_id):
        await change(core, Organisation, key, brand_ids=[cast.brand_id])
    incident, steps = await begin(core, cast, brand_id=cast.other_brand_id)
    assert steps["holding_statement"].owner_id == cast.rosa.member_id
    told = await texts(core, incident.id, "step.owner_missing")
    assert any(one.endswith("falls to the lead: no partner may work on this brand today.") for one in told)


async def test_a_partner_without_people_gets_nothing(core: Core) -> None:
    cast = await enter(core)
    for viewer in (cast.pau, cast.pia):
        await change(core, Member, viewer.member_id, active=False)
    _, steps = await begin(core, cast)
    assert steps["holding_statement"].owner_organisation_id == cast.rival_id


async def test_steps_wait_for_the_lead_and_are_his_once_there_is_one(core: Core) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    await start_due_runs(core)
    incident = await the_incident(core)
    before = await steps_by_key(core, incident.id)
    waiting = {
        key for key, step in before.items() if step.owner_id is None and not step.owner_organisation_id
    }
    assert "daily_plan" in waiting
    assert await start_due_runs(core) == 0
    await _acknowledge(core, cast, alert)
    assert await start_due_runs(core) == 1
    after = await steps_by_key(core, incident.id)
    assert {key for key, step in after.items() if step.owner_id == cast.rosa.member_id} == waiting
    assert after["holding_statement"].owner_organisation_id == cast.agency_id
    assert await texts(core, incident.id, "run.lead_took_over") == [
        f"Rosa owns the {len(waiting)} steps that waited for a lead."
    ]
    assert await start_due_runs(core) == 0


async def test_who_takes_the_lead_is_not_written_to_about_steps_they_took_with_it(core: Core) -> None:
    cast, now = await enter(core), core.clock.now()
    await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    await start_due_runs(core)
    incident = await the_incident(core)
    rosa = cast.rosa.member_id

    async def told() -> list[str]:
        async with core.database.read() as session:
            found = await session.scalars(select(Letter.key).where(Letter.member_id == rosa))
            return [key for key in found if key.startswith("step-given:")]

    before = await told()
    await do(core, lambda s: lifecycle.assign_lead(s, cast.rosa, incident.id, member_id=rosa, now=now))
    await start_due_runs(core)
    assert (await steps_by_key(core, incident.id))["daily_plan"].owner_id == rosa
    assert await told() == before


@pytest.mark.parametrize("how", ["given by a colleague", "come by with the alert"])
async def test_who_is_made_the_lead_is_written_to_about_the_steps(core: Core, how: str) -> None:
    cast, now = await enter(core), core.clock.now()
    alert = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    await start_due_runs(core)
    incident, rosa = await the_incident(core), cast.rosa.member_id
    if how == "come by with the alert":
        await _acknowledge(core, cast, alert)
    else:
        await do(core, lambda s: lifecycle.assign_lead(s, cast.bruno, incident.id, member_id=rosa, now=now))
    await start_due_runs(core)
    async with core.database.read() as session:
        keys = await session.scalars(select(Letter.key).where(Letter.member_id == rosa))
        assert any(key.startswith("step-given:") for key in keys)


async def _acknowledge(core: Core, cast: Cast, alert: int) -> None:
    now = core.clock.now()
    await change(core, Alert, alert, acknowledged_by=cast.rosa.member_id, acknowledged_at=now)
    await take_in_alerts(core)


async def test_seeding_twice_changes_nothing(core: Core) -> None:
    await enter(core)
    async with core.database.unit_of_work() as session:
        assert len(await library.seed(session, now=core.clock.now())) == 4
    assert await kinds(core) == ["runbook.added"] * 4
