"""The bell rings until somebody has it: levels, deadlines, people who cannot be reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.alert import Alert
from alerts.answering.acknowledge import acknowledge
from alerts.close import end_alert
from alerts.escalating.escalate import escalate_due
from alerts.open import raise_level
from alerts.page import Escalation, EscalationPolicy
from alerts.paging.deliver import deliver_due
from kit.core import Core
from kit.events import after
from people.members import Member
from people.on_call.plans import layers_of
from people.organisations import Brand
from people.permissions import Viewer
from people.schedules import ScheduleLayer
from tests.alerts.cast import (
    EVIDENCE,
    an_alert,
    change,
    escalation,
    kinds,
    make_cast,
    pages,
    with_mail,
)
from tests.alerts.night import Night
from tests.clock import MovableClock
from tests.mailbox import Mailbox


async def sweep(core: Core) -> None:
    while await escalate_due(core) + await deliver_due(core):
        pass


async def test_who_is_on_call_is_paged_at_once_and_the_next_level_after_its_time(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core)
        await an_alert(core, cast)
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test", subject="AMBER Almadía Ferries: ×7.3 negative mentions")
        clock.forward(minutes=4, seconds=59)
        await sweep(core)
        mailbox.nothing()
        clock.forward(seconds=1)
        await sweep(core)
        await mailbox.expect(to="bo@almadia.test", subject="×7.3")


async def test_acknowledging_stops_further_levels_and_drops_what_has_not_left(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.bo, alert_id, now=clock.now())
    clock.forward(minutes=30)
    await sweep(core)
    [page] = await pages(core, alert_id)
    assert (page.state, page.error) == ("dropped", "Bo acknowledged the alert before this page went out.")
    assert (await escalation(core, alert_id)).state == "acknowledged"


async def test_the_policy_that_counts_is_the_one_of_when_the_alert_opened(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await change(core, EscalationPolicy, cast.policy_id, levels=[], repeats=0)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)] == [cast.ada.member_id]


async def test_after_every_repeat_the_escalation_is_exhausted_and_says_so(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core, repeats=1)
        alert_id = await an_alert(core, cast)
        for name in ("ada", "bo", "ada", "bo", "bo"):  # at last the admins, of whom Bo is the only one
            await sweep(core)
            await mailbox.expect(to=f"{name}@almadia.test")
            clock.forward(minutes=5)
        await sweep(core)
    row = await escalation(core, alert_id)
    assert (row.state, row.trouble) == ("exhausted", "Nobody acknowledged after 5 levels were paged.")
    assert "alert.exhausted" in await kinds(core)
    levels = ["level 1", "level 2"]
    assert [page.reason.split(", ")[-1] for page in await pages(core, alert_id)] == [
        *levels, *levels, "An admin: the last level of every policy",
    ]  # fmt: skip


async def test_a_level_that_nobody_answers_for_is_passed_over_at_once(core: Core) -> None:
    cast = await make_cast(core)
    await change(core, Member, cast.ada.member_id, active=False)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    [page] = await pages(core, alert_id)
    assert (page.member_id, page.step) == (cast.bo.member_id, 2)
    async with core.database.read() as session:
        [told] = [event for event in await after(session, 0) if event.kind == "alert.escalated"]
    assert told.data["names"] == ["Bo"]
    assert told.data["unreachable"] == ["Ada has no active seat."]


async def test_nobody_at_all_is_loud_and_tried_again_each_minute(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    await change(core, Member, cast.ada.member_id, active=False)
    await change(core, Member, cast.bo.member_id, email="")
    alert_id = await an_alert(core, cast)
    assert await escalate_due(core) == 1
    row = await escalation(core, alert_id)
    assert row.state == "running"
    assert row.trouble == "Ada has no active seat. Bo has no mail address."
    assert (await kinds(core)).count("alert.nobody_paged") == 1
    for _ in range(5):
        clock.forward(minutes=1)
        await escalate_due(core)
    assert (await kinds(core)).count("alert.nobody_paged") == 1
    await change(core, Member, cast.bo.member_id, email="bo@almadia.test")
    clock.forward(minutes=1)
    async with Mailbox() as mailbox:
        await sweep(with_mail(core, mailbox))
        await mailbox.expect(to="bo@almadia.test")
    assert (await escalation(core, alert_id)).trouble is None


async def test_without_a_policy_the_admins_are_paged_and_the_first_one_that_is_made_counts(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    async with core.database.unit_of_work() as session:
        policy = await session.get_one(EscalationPolicy, cast.policy_id)
        levels = policy.levels
        await session.delete(policy)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)] == [cast.bo.member_id]
    async with core.database.unit_of_work() as session:
        session.add(EscalationPolicy(name="Late", levels=levels, repeats=0))
    clock.forward(minutes=5)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)][1:] == [cast.ada.member_id]


@pytest.mark.parametrize(
    "broken", [{"time_zone": "Europe/Nowhere"}, {"participants": [999]}, {"handover": "8 o'clock"}]
)
async def test_a_schedule_that_cannot_be_read_hides_no_other_target(
    core: Core, broken: dict[str, Any]
) -> None:
    cast = await make_cast(core)
    async with core.database.read() as session:
        [layer] = await layers_of(session, cast.schedule_id)
    await change(core, ScheduleLayer, layer.id, **broken)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    assert [page.member_id for page in await pages(core, alert_id)] == [cast.bo.member_id]


async def test_a_poisoned_row_is_put_off_with_its_trouble_shown_and_the_others_go_on(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    poisoned = await an_alert(core, cast)
    async with core.database.unit_of_work() as session:
        brand = Brand(name="Brisa", slug="brisa", organisation_id=cast.ada.organisation_id)
        session.add(brand)
        await session.flush()
        brand_id = brand.id
    fine = await an_alert(core, cast, brand_id=brand_id, signal="volume")
    row = await escalation(core, poisoned)
    await change(core, Escalation, row.id, policy={"levels": [{"wait_minutes": "soon"}], "repeats": 0})
    assert await escalate_due(core) == 2
    assert len(await pages(core, fine)) == 1
    row = await escalation(core, poisoned)
    assert "error of ours" in str(row.trouble)
    assert row.due_at == clock.now() + timedelta(minutes=1)


async def test_a_second_alert_of_the_brand_joins_and_a_worse_one_pages_in_its_place(core: Core) -> None:
    cast = await make_cast(core)
    first = await an_alert(core, cast)
    await escalate_due(core)
    await an_alert(core, cast, signal="volume")
    assert await escalate_due(core) == 0
    worse = await an_alert(core, cast, monitor_id=None, level="red")
    await escalate_due(core)
    assert (await escalation(core, first)).state == "stopped"
    assert [page.state for page in await pages(core, first)] == ["dropped"]
    assert len(await pages(core, worse)) == 1


async def acknowledge_as(core: Core, viewer: Viewer, alert_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await acknowledge(session, viewer, alert_id, now=core.clock.now())


async def end(core: Core, alert_id: int) -> None:
    """The detector takes the claim back."""
    async with core.database.unit_of_work() as session:
        alert = await session.get_one(Alert, alert_id)
        await end_alert(session, alert, now=core.clock.now(), reason="The signal is back.")


async def test_what_goes_on_keeps_ringing_when_the_alert_that_paged_for_it_ends(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core)
        loud = await an_alert(core, cast, signal="volume")
        covered = await an_alert(core, cast)
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test")
        clock.forward(minutes=3)
        await end(core, loud)
        await sweep(core)
        mailbox.nothing()
        clock.forward(minutes=2)
        await sweep(core)
        await mailbox.expect(to="bo@almadia.test")
        assert (await escalation(core, covered)).step == 2
        clock.forward(minutes=1)
        await end(core, covered)
        clock.forward(minutes=4)
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test")  # over, and yet nobody has it
        await acknowledge_as(core, cast.bo, covered)
        clock.forward(minutes=30)
        await sweep(core)
        mailbox.nothing()


async def test_what_goes_on_goes_on_from_its_own_level_when_it_had_paged_before(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core)
        first = await an_alert(core, cast)
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test")
        worse = await an_alert(core, cast, signal="volume", level="red")
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test", subject="RED")
        await end(core, worse)
        clock.forward(minutes=5)
        await sweep(core)
        await mailbox.expect(to="bo@almadia.test", subject="AMBER")
        assert (await escalation(core, first)).step == 2


async def test_nothing_goes_on_for_an_alert_that_somebody_has(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    loud = await an_alert(core, cast, signal="volume")
    covered = await an_alert(core, cast)
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.bo, covered, now=clock.now())
    await end(core, loud)
    clock.forward(minutes=30)
    assert await escalate_due(core) == 0


async def test_an_alert_whose_place_was_taken_pages_when_it_gets_worse_alone(
    core: Core, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox:
        core = with_mail(core, mailbox)
        cast = await make_cast(core, repeats=0)
        first = await an_alert(core, cast)
        worse = await an_alert(core, cast, signal="volume", level="red")
        for name in ("ada", "bo", "bo"):  # at last the admins
            await sweep(core)
            await mailbox.expect(to=f"{name}@almadia.test", subject="RED")
            clock.forward(minutes=5)
        await sweep(core)
        assert (await escalation(core, worse)).state == "exhausted"
        await end(core, worse)
        async with core.database.unit_of_work() as session:
            alert = await session.get_one(Alert, first)
            await raise_level(session, alert, level="red", title="Worse", evidence=EVIDENCE, now=clock.now())
        await sweep(core)
        await mailbox.expect(to="ada@almadia.test", subject="RED")


async def test_an_escalation_of_an_alert_that_somebody_has_comes_to_its_end(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await change(core, Alert, alert_id, state="acknowledged")
    await escalate_due(core)
    assert await pages(core, alert_id) == []
    assert (await escalation(core, alert_id)).state == "acknowledged"


async def test_when_nobody_can_be_paged_every_other_way_is_tried(core: Core, clock: MovableClock) -> None:
    """Ada's rules name a telephone for red alone, and the account has no mail: still better than silence."""
    async with Night.falls(core, clock) as night:
        core, cast = night.core, night.cast
        await night.contact(cast.ada, "sms", {"number": "+34600000001"})
        await change(core, Member, cast.ada.member_id, email="")
        await change(core, Member, cast.bo.member_id, active=False)
        alert_id = await night.alert()
        assert (await escalation(core, alert_id)).trouble is not None, "it left, and yet nobody is on duty"
        assert [(page.member_id, page.channel) for page in await pages(core, alert_id)] == [
            (cast.ada.member_id, "sms")
        ]
        await night.forward(minutes=3)
        assert len(await pages(core, alert_id)) == 1, "loud once, not each minute"
        assert len(night.phone.take_all()) == 1
        assert (await kinds(core)).count("alert.nobody_paged") == 1
        await change(core, Member, cast.bo.member_id, active=True)
        await night.forward(minutes=1)
        await night.mail.expect(to="bo@almadia.test")
        assert (await escalation(core, alert_id)).trouble is None
