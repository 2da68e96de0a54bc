"""Somebody has it: with a button or by the link of a page, once, in time, and everybody sees who."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alerts.access import get_alert, list_alerts
from alerts.answering.acknowledge import acknowledge, acknowledge_by_link, read_link
from alerts.answering.answers import dismiss_by_link
from alerts.close import close_alerts
from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import deliver_due
from kit.core import Core
from kit.errors import Conflict, Expired, Forbidden, NotFound
from kit.signing import sign
from people.members import Member
from tests.alerts.cast import Cast, alerts, an_alert, change, escalation, kinds, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox, acknowledge_link


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def link_of_a_page(core: Core, cast: Cast) -> str:
    """The token in the mail that Ada gets about a new alert."""
    async with Mailbox() as mailbox:
        mailed = with_mail(core, mailbox)
        await an_alert(core, cast)
        await escalate_due(mailed)
        await deliver_due(mailed)
        message = await mailbox.expect(to="ada@almadia.test")
    return acknowledge_link(message).removeprefix("/ack/")


async def state_of(core: Core, token: str, clock: MovableClock) -> str:
    async with core.database.read() as session:
        return (await read_link(session, core.settings.signing_key, token, now=clock.now())).state


async def use(core: Core, token: str, clock: MovableClock) -> str:
    async with core.database.unit_of_work() as session:
        view = await acknowledge_by_link(session, core.settings.signing_key, token, now=clock.now())
        return view.state


async def test_reading_the_link_changes_nothing_and_using_it_acknowledges_in_the_recipients_name(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    token = await link_of_a_page(core, cast)
    for _ in range(3):
        assert await state_of(core, token, clock) == "ready"
    clock.forward(minutes=2)
    assert await use(core, token, clock) == "acknowledged"
    [alert] = await alerts(core)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", cast.ada.member_id)
    assert alert.acknowledged_at == clock.now()
    assert (await escalation(core, alert.id)).state == "acknowledged"
    assert await state_of(core, token, clock) == "used"


async def test_a_link_works_once_even_when_tapped_twice_at_the_same_moment(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    token = await link_of_a_page(core, cast)
    outcomes = await asyncio.gather(*(use(core, token, clock) for _ in range(4)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 3 + ["str"]
    assert (await kinds(core)).count("alert.acknowledged") == 1


async def test_a_link_of_yesterday_is_too_old(core: Core, clock: MovableClock, cast: Cast) -> None:
    token = await link_of_a_page(core, cast)
    clock.forward(hours=24)
    assert await state_of(core, token, clock) == "expired"
    with pytest.raises(Expired, match="older than a day"):
        await use(core, token, clock)
    [alert] = await alerts(core)
    assert alert.state == "open"


async def test_who_comes_second_is_told_who_was_first(core: Core, clock: MovableClock, cast: Cast) -> None:
    token = await link_of_a_page(core, cast)
    [alert] = await alerts(core)
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.bo, alert.id, now=clock.now())
    assert await state_of(core, token, clock) == "acknowledged"
    with pytest.raises(Conflict, match="Bo has acknowledged"):
        await use(core, token, clock)
    with pytest.raises(Conflict, match="Bo has acknowledged"):
        async with core.database.unit_of_work() as session:
            await acknowledge(session, cast.ada, alert.id, now=clock.now())
    async with core.database.unit_of_work() as session:
        again = await acknowledge(session, cast.bo, alert.id, now=clock.forward(minutes=1))
    assert again.acknowledged_at == clock.now() - timedelta(minutes=1)


@pytest.mark.parametrize("token", ["", "x", "a.b", "é.ö", "\x00", "A" * 10_000])
async def test_a_mangled_link_is_invalid(core: Core, clock: MovableClock, cast: Cast, token: str) -> None:
    assert await state_of(core, token, clock) == "invalid"
    with pytest.raises(Expired):
        await use(core, token, clock)


@pytest.mark.parametrize(
    ("purpose", "payload"),
    [
        ("acknowledge", {"link": 99, "page": 99}),
        ("acknowledge", {"link": None, "page": []}),
        ("acknowledge", {}),
        ("invite", {"link": 1, "page": 1}),
    ],
)
async def test_a_signed_link_to_nothing_is_invalid(
    core: Core, clock: MovableClock, cast: Cast, purpose: str, payload: dict[str, object]
) -> None:
    await link_of_a_page(core, cast)
    token = sign(core.settings.signing_key, purpose, payload)
    assert await state_of(core, token, clock) == "invalid"


@pytest.mark.parametrize("change_of", [{"active": False}, {"role": "observer"}, {"role": "partner"}])
async def test_a_link_of_somebody_who_left_is_worth_nothing(
    core: Core, clock: MovableClock, cast: Cast, change_of: dict[str, object]
) -> None:
    token = await link_of_a_page(core, cast)
    await change(core, Member, cast.ada.member_id, **change_of)
    assert await state_of(core, token, clock) == "expired"
    with pytest.raises(Forbidden):
        await use(core, token, clock)


async def test_an_executive_who_was_paged_may_take_it_and_does_not_judge_it(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    token = await link_of_a_page(core, cast)
    await change(core, Member, cast.ada.member_id, role="executive")
    with pytest.raises(Forbidden):
        async with core.database.unit_of_work() as session:
            await dismiss_by_link(session, core.settings.signing_key, token, "Nonsense", now=clock.now())
    assert await use(core, token, clock) == "acknowledged"


async def test_acknowledging_covers_the_brands_other_alerts_that_are_no_worse(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    volume = await an_alert(core, cast, signal="volume")
    await an_alert(core, cast)
    await an_alert(core, cast, monitor_id=None, level="red")
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.ada, volume, now=clock.now())
    assert [alert.state for alert in await alerts(core)] == ["acknowledged", "acknowledged", "open"]


async def test_only_those_who_respond_may_acknowledge_and_partners_see_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert_id = await an_alert(core, cast)
    for viewer, error in ((cast.cleo, Forbidden), (cast.pia, NotFound)):
        with pytest.raises(error):
            async with core.database.unit_of_work() as session:
                await acknowledge(session, viewer, alert_id, now=clock.now())
    async with core.database.read() as session:
        assert (await get_alert(session, cast.cleo, alert_id)).id == alert_id
        assert len(await list_alerts(session, cast.cleo, state="open", unended=True, limit=0)) == 1
        with pytest.raises(NotFound):
            await get_alert(session, cast.pia, alert_id)
        with pytest.raises(Forbidden):
            await list_alerts(session, cast.pia)


async def test_closing_stops_everything_once(core: Core, clock: MovableClock, cast: Cast) -> None:
    token = await link_of_a_page(core, cast)
    [alert] = await alerts(core)
    for expected in (1, 0):
        async with core.database.unit_of_work() as session:
            assert await close_alerts(session, [alert.id], now=clock.now()) == expected
    assert (await escalation(core, alert.id)).state == "stopped"
    assert await state_of(core, token, clock) == "acknowledged"
    with pytest.raises(Conflict, match="closed"):
        await use(core, token, clock)
