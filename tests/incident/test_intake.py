"""Alerts become incidents: one open per brand, whatever happens at once."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from alerts.alert import Alert
from incident import lifecycle
from incident.incident import Incident, IncidentAlert, Participant
from incident.intake import take_in_alerts
from kit.core import Core
from tests.clock import MovableClock
from tests.incident.cast import change, enter, kinds, raise_alert, the_incident


async def test_an_alert_opens_the_incident_of_its_brand(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id, evidence={"examples": [{"text": "tren descarrilado"}]})
    detected = clock.now()
    clock.forward(seconds=20)
    assert await take_in_alerts(core) == 1
    incident = await the_incident(core)
    assert (incident.brand_id, incident.type, incident.severity) == (cast.brand_id, "accident", "amber")
    assert (incident.detected_at, incident.opened_at) == (detected, clock.now())
    assert incident.lead_id is None
    async with core.database.read() as session:
        assert (await session.get_one(IncidentAlert, alert)).incident_id == incident.id


async def test_a_second_round_does_nothing(core: Core) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    told = await kinds(core)
    assert await take_in_alerts(core) == 0
    assert await kinds(core) == told


async def test_later_alerts_join_and_raise_the_severity_but_never_lower_it(core: Core) -> None:
    cast = await enter(core)
    for level in ("amber", "red", "green"):
        await raise_alert(core, cast.brand_id, level=level)
        assert await take_in_alerts(core) == 1
    assert (await the_incident(core)).severity == "red"
    assert (await kinds(core)).count("incident.alert_joined") == 2
    assert (await kinds(core)).count("incident.severity_raised") == 1


async def test_an_alert_that_gets_worse_raises_the_severity_once(core: Core) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id, level="amber")
    await take_in_alerts(core)
    await change(core, Alert, alert, level="red")
    assert await take_in_alerts(core) == 1
    incident = await the_incident(core)
    assert incident.severity == "red"
    async with core.database.unit_of_work() as session:
        await lifecycle.set_severity(
            session, cast.rosa, incident.id, severity="green", reason="A joke.", now=core.clock.now()
        )
    assert await take_in_alerts(core) == 0
    assert (await the_incident(core)).severity == "green"


async def test_an_alert_that_eases_lowers_nothing(core: Core) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id, level="red")
    await take_in_alerts(core)
    await change(core, Alert, alert, level="amber")
    await take_in_alerts(core)
    assert (await the_incident(core)).severity == "red"


async def test_each_brand_has_its_own(core: Core) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id)
    await raise_alert(core, cast.other_brand_id)
    assert await take_in_alerts(core) == 2
    async with core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Incident)) == 2


async def test_two_workers_at_once_open_one_incident_and_miss_no_alert(core: Core) -> None:
    cast = await enter(core)
    for _ in range(12):
        await raise_alert(core, cast.brand_id)
    await asyncio.gather(*(take_in_alerts(core) for _ in range(4)))
    await take_in_alerts(core)  # what one left to the other because it was locked
    await the_incident(core)
    async with core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(IncidentAlert)) == 12
    assert (await kinds(core)).count("incident.opened") == 1
    assert (await kinds(core)).count("incident.alert_joined") == 11


async def test_a_drill_takes_no_real_alert(core: Core) -> None:
    cast = await enter(core)
    async with core.database.unit_of_work() as session:
        drill = await lifecycle.declare(
            session, cast.rosa, brand_id=cast.brand_id, title="Drill", type="accident", severity="red",
            drill=True, now=core.clock.now(),
        )  # fmt: skip
    alert = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    async with core.database.read() as session:
        assert (await session.get_one(IncidentAlert, alert)).incident_id != drill.id


async def test_after_the_resolution_a_new_alert_opens_a_new_incident(core: Core) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    first = await the_incident(core)
    async with core.database.unit_of_work() as session:
        await lifecycle.resolve(session, cast.rosa, first.id, summary="Over.", now=core.clock.now())
    alert = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    async with core.database.read() as session:
        assert (await session.get_one(IncidentAlert, alert)).incident_id != first.id


async def test_a_closed_alert_opens_nothing(core: Core) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id, state="closed")
    assert await take_in_alerts(core) == 0


async def test_whoever_acknowledged_leads_while_nobody_does(core: Core) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    await change(
        core, Alert, alert, state="acknowledged", acknowledged_by=cast.rosa.member_id,
        acknowledged_at=core.clock.now(),
    )  # fmt: skip
    assert await take_in_alerts(core) == 1
    incident = await the_incident(core)
    assert incident.lead_id == cast.rosa.member_id
    async with core.database.read() as session:
        assert (await session.get_one(Participant, (incident.id, cast.rosa.member_id))).role == "lead"
    assert await take_in_alerts(core) == 0


async def test_a_later_acknowledgement_takes_the_lead_from_nobody(core: Core) -> None:
    cast = await enter(core)
    first = await raise_alert(core, cast.brand_id)
    second = await raise_alert(core, cast.brand_id)
    for alert, who in ((first, cast.rosa), (second, cast.bruno)):
        now = core.clock.now()
        await change(core, Alert, alert, acknowledged_by=who.member_id, acknowledged_at=now)
        await take_in_alerts(core)
    assert (await the_incident(core)).lead_id == cast.rosa.member_id


async def test_an_executive_who_acknowledges_does_not_lead(core: Core) -> None:
    cast = await enter(core)
    alert = await raise_alert(core, cast.brand_id)
    await change(core, Alert, alert, acknowledged_by=cast.emma.member_id, acknowledged_at=core.clock.now())
    await take_in_alerts(core)
    assert (await the_incident(core)).lead_id is None
    assert await take_in_alerts(core) == 0


async def test_a_bad_alert_does_not_stop_the_others_and_is_put_off(core: Core) -> None:
    cast = await enter(core)
    bad = await raise_alert(core, cast.brand_id, evidence={"ok": True})
    await change(core, Alert, bad, evidence=[])  # a list where an object belongs
    good = await raise_alert(core, cast.other_brand_id)
    assert await take_in_alerts(core) == 1
    async with core.database.read() as session:
        assert await session.get(IncidentAlert, good) is not None
        assert await session.get(IncidentAlert, bad) is None
    assert await core.bell.redis.ttl(f"tocsin:put_off:intake:{bad}") > 0
    await change(core, Alert, bad, evidence={})
    assert await take_in_alerts(core) == 0, "put off for a minute"
    await core.bell.redis.flushdb()
    assert await take_in_alerts(core) == 1
