"""At a level that takes everybody, the bell stops when the last of them has acknowledged, not the first."""

from __future__ import annotations

from sqlalchemy import select

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.chain.decision import PagingDecision
from alerts.escalating.escalate import escalate_due
from alerts.escalating.together import others_awaited
from alerts.page import EscalationPolicy
from incident.quiet import look_after_quiet
from kit.core import Core
from kit.events import after
from people.permissions import Viewer
from tests.alerts.cast import Cast, an_alert, change, escalation, kinds, make_cast, pages
from tests.clock import MovableClock


async def both(core: Core) -> tuple[Cast, int]:
    """An alert whose only level pages Ada and Bo, and takes both."""
    cast = await make_cast(core)
    await both_at_once(core, cast)
    alert_id = await an_alert(core, cast, level="red")
    await escalate_due(core)
    return cast, alert_id


async def both_at_once(core: Core, cast: Cast) -> None:
    """From now on the only level takes Ada and Bo."""
    targets = [{"member": cast.ada.member_id}, {"member": cast.bo.member_id}]
    levels = [{"targets": targets, "wait_minutes": 5, "everyone": True}]
    await change(core, EscalationPolicy, cast.policy_id, levels=levels)


async def acknowledge_as(core: Core, viewer: Viewer, alert_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await acknowledge(session, viewer, alert_id, now=core.clock.now())


async def state(core: Core, alert_id: int) -> str:
    async with core.database.read() as session:
        return (await session.get_one(Alert, alert_id)).state


async def test_the_first_is_noted_and_the_others_are_paged_on(core: Core, clock: MovableClock) -> None:
    cast, alert_id = await both(core)
    await acknowledge_as(core, cast.ada, alert_id)
    await acknowledge_as(core, cast.ada, alert_id)
    assert await state(core, alert_id) == "open"
    assert (await kinds(core)).count("alert.acknowledged_in_part") == 1
    clock.forward(minutes=5)
    await escalate_due(core)
    assert [page.member_id for page in (await pages(core, alert_id))[2:]] == [cast.bo.member_id]
    async with core.database.read() as session:
        told = await session.scalars(select(PagingDecision.kind).where(PagingDecision.alert_id == alert_id))
        assert {"noted", "has_it", "everyone_level"} <= set(told)


async def test_the_last_one_stops_the_bell(core: Core, clock: MovableClock) -> None:
    cast, alert_id = await both(core)
    async with core.database.read() as session:
        assert await others_awaited(session, alert_id, cast.bo.member_id) == ["Ada"], "Bo's is not enough"
    await acknowledge_as(core, cast.ada, alert_id)
    async with core.database.read() as session:
        assert not await others_awaited(session, alert_id, cast.bo.member_id)
    await acknowledge_as(core, cast.bo, alert_id)
    assert await state(core, alert_id) == "acknowledged"
    assert (await escalation(core, alert_id)).state == "acknowledged"
    clock.forward(minutes=10)
    assert await escalate_due(core) == 0


async def test_who_has_it_is_reminded_when_nothing_follows(core: Core, clock: MovableClock) -> None:
    cast, alert_id = await both(core)
    await acknowledge_as(core, cast.ada, alert_id)
    await acknowledge_as(core, cast.bo, alert_id)
    clock.forward(minutes=30)
    await look_after_quiet(core)
    assert [page.member_id for page in (await pages(core, alert_id))[2:]] == [cast.bo.member_id]
    async with core.database.read() as session:
        [told] = [event for event in await after(session, 0) if event.kind == "alert.reminded"]
    assert told.data["names"] == ["Bo"]
