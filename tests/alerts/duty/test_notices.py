"""Notices: before a shift, once, in one's language, and not when they are no longer true."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from alerts.duty import planning
from alerts.duty.send import NOTICES
from alerts.duty.truth import without
from kit.core import Core
from people.members import Member
from people.notices import DutyNotice
from people.on_call import away, overrides
from people.on_call.plans import layers_of
from people.permissions import Viewer
from people.schedules import ScheduleLayer, ScheduleOverride
from tests.alerts.cast import Cast, change, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox, plain_text
from tests.world import at

MONDAY = at("2026-03-16T07:00:00")  # 08:00 in Madrid


async def two_in_turn(core: Core) -> Cast:
    """Ada has the week from 9 March, Bo the next one."""
    cast = await make_cast(core)
    async with core.database.read() as session:
        [layer] = await layers_of(session, cast.schedule_id)
    people = [cast.bo.member_id, cast.ada.member_id]
    await change(core, ScheduleLayer, layer.id, participants=people)
    return cast


async def work(core: Core) -> None:
    await planning.plan_due(core)
    while await NOTICES.send_due(core):
        pass


async def notices(core: Core) -> list[tuple[str, str]]:
    async with core.database.read() as session:
        rows = await session.scalars(select(DutyNotice).order_by(DutyNotice.id))
        return [(row.kind, row.state) for row in rows]


async def override(core: Core, viewer: Viewer, cast: Cast, **changes: object) -> ScheduleOverride:
    values = {
        "kind": "instead",
        "member_id": viewer.member_id,
        "instead_of": None,
        "starts_at": MONDAY,
        "ends_at": MONDAY + timedelta(hours=12),
        **changes,
    }
    async with core.database.unit_of_work() as session:
        return await overrides.make(session, viewer, cast.schedule_id, now=core.clock.now(), **values)  # type: ignore[arg-type]


async def test_a_notice_comes_twelve_hours_before_and_once(core: Core, clock: MovableClock) -> None:
    await two_in_turn(core)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        clock.set(MONDAY - timedelta(hours=12, seconds=1))
        await work(world)
        mailbox.nothing()
        clock.forward(seconds=2)
        await work(world)
        await mailbox.expect(to="bo@almadia.test", subject="You are on call from Monday 16 March, 07:00")
        for _ in range(14):
            clock.forward(hours=1)
            await work(world)
    assert (await notices(core))[0] == ("starting", "sent")


async def test_a_notice_follows_the_persons_setting_and_language(core: Core, clock: MovableClock) -> None:
    cast = await two_in_turn(core)
    await change(core, Member, cast.bo.member_id, language="fr", time_zone="Europe/Paris")
    async with core.database.unit_of_work() as session:
        await away.set_notice_hours(session, cast.bo, 48, now=clock.now())
    async with Mailbox() as mailbox:
        clock.set(MONDAY - timedelta(hours=48))
        await work(with_mail(core, mailbox))
        mail = await mailbox.expect(to="bo@almadia.test", subject="Vous êtes d'astreinte")
        assert "lundi 16 mars, 08:00" in str(mail["Subject"])


async def test_no_notice_for_who_wants_none(core: Core, clock: MovableClock) -> None:
    cast = await two_in_turn(core)
    async with core.database.unit_of_work() as session:
        await away.set_notice_hours(session, cast.bo, 0, now=clock.now())
    async with Mailbox() as mailbox:
        clock.set(MONDAY - timedelta(hours=1))
        await work(with_mail(core, mailbox))


async def test_a_notice_that_is_no_longer_true_is_withdrawn(core: Core, clock: MovableClock) -> None:
    cast = await two_in_turn(core)
    await planning.plan_due(core)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        await override(core, cast.bo, cast, member_id=cast.ada.member_id, ends_at=MONDAY + timedelta(days=7))
        clock.forward(minutes=3)
        await work(world)
        told = await mailbox.expect(to="ada@almadia.test", subject="Your on-call times have changed")
        assert "NOW YOURS" in told.as_string()
        clock.set(MONDAY - timedelta(hours=11))
        await work(world)
    assert ("starting", "withdrawn") in await notices(core)


async def test_a_moved_shift_is_told_once_with_what_is_true_by_then(core: Core, clock: MovableClock) -> None:
    cast = await two_in_turn(core)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        first = await override(core, cast.bo, cast, member_id=cast.ada.member_id)
        wednesday = {"starts_at": MONDAY + timedelta(days=2), "ends_at": MONDAY + timedelta(days=3)}
        await override(core, cast.bo, cast, member_id=cast.ada.member_id, **wednesday)
        async with core.database.unit_of_work() as session:
            await overrides.remove(session, cast.bo, first.id, now=clock.now())
        clock.forward(minutes=2)
        await work(world)
        mail = await mailbox.expect(to="ada@almadia.test", subject="Your on-call times have changed")
        body = plain_text(mail)
        assert "Wednesday 18 March" in body
        assert "Monday 16 March" not in body


async def test_a_mail_server_that_is_away_costs_time_and_no_notice(core: Core, clock: MovableClock) -> None:
    await two_in_turn(core)
    async with Mailbox() as mailbox:
        world = with_mail(core, mailbox)
        mailbox.data_reply = "451 later"
        clock.set(MONDAY - timedelta(hours=12))
        await work(world)
        assert ("starting", "due") in await notices(core)
        mailbox.data_reply = "250 OK"
        clock.forward(minutes=1)
        await work(world)
        await mailbox.expect(to="bo@almadia.test", subject="You are on call")


@pytest.mark.parametrize(
    ("times", "others", "left"),
    [
        ([(1, 9)], [], [(1, 9)]),
        ([(1, 9)], [(3, 4), (6, 7)], [(1, 3), (4, 6), (7, 9)]),
        ([(1, 9)], [(0, 10)], []),
        ([(1, 3), (5, 9)], [(2, 6)], [(1, 2), (6, 9)]),
        ([(1, 3)], [(3, 5)], [(1, 3)]),
    ],
)
def test_what_lies_in_none_of_the_others(
    times: list[tuple[int, int]], others: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    def moments(spans: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
        return [(MONDAY + timedelta(hours=a), MONDAY + timedelta(hours=b)) for a, b in spans]

    assert without(moments(times), moments(others)) == moments(left)
