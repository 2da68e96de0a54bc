"""An escalation goes up by the policy that it began with; the next one by what was made of it."""

from __future__ import annotations

from alerts.alert import Alert
from alerts.close import close_alerts
from alerts.escalating.escalate import escalate_due
from alerts.escalating.policies import LevelDraft, list_policies, save_level
from alerts.open import raise_level
from alerts.page import EscalationPolicy
from kit.core import Core
from people.members import Member
from tests.alerts.cast import EVIDENCE, an_alert, change, make_cast, pages
from tests.clock import MovableClock


async def test_the_next_one_is_touched_and_not_this_one(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    first = await an_alert(core, cast)
    await escalate_due(core)
    async with core.database.unit_of_work() as session:
        [policy] = await list_policies(session, cast.bo)
        draft = LevelDraft([f"member:{cast.cleo.member_id}"], 1)
        await save_level(
            session, cast.bo, policy.id, version=policy.version, position=2, draft=draft, now=clock.now()
        )
    clock.forward(minutes=5)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, first)] == [cast.ada.member_id, cast.bo.member_id]
    async with core.database.unit_of_work() as session:
        await close_alerts(session, [first], now=clock.now())
    second = await an_alert(core, cast, signal="volume")
    await escalate_due(core)
    clock.forward(minutes=5)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, second)] == [
        cast.ada.member_id,
        cast.cleo.member_id,
    ]


async def test_what_gets_worse_goes_over_to_the_levels_for_that(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    levels = [
        {"targets": [{"member": cast.ada.member_id}], "wait_minutes": 5, "severities": ["amber"]},
        {"targets": [{"member": cast.cleo.member_id}], "wait_minutes": 5, "severities": ["red"]},
    ]
    await change(core, EscalationPolicy, cast.policy_id, levels=levels)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    async with core.database.unit_of_work() as session:
        alert = await session.get_one(Alert, alert_id)
        await raise_level(session, alert, level="red", title="Worse", evidence=EVIDENCE, now=clock.now())
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)] == [
        cast.ada.member_id,
        cast.cleo.member_id,
    ]


async def test_those_for_whom_it_is_day_come_first(core: Core) -> None:
    """03:00 in Madrid, where Ada is; Bo's clock is Tokyo's."""
    cast = await make_cast(core)
    await change(core, Member, cast.bo.member_id, time_zone="Asia/Tokyo")
    both = [{"member": cast.ada.member_id}, {"member": cast.bo.member_id}]
    levels = [{"targets": both, "wait_minutes": 5, "awake_first": True}]
    await change(core, EscalationPolicy, cast.policy_id, levels=levels)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)] == [cast.bo.member_id]
