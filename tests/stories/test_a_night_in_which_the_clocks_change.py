"""When the clocks change, a hand-over at 08:00 stays at 08:00; nobody is missing, nobody paged twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from alerts.open import open_alert
from alerts.page import EscalationPolicy
from mentions.monitor import Monitor
from people.members import Member
from people.on_call.duty import people_on_call
from people.on_call.plans import layers_of
from people.schedules import Schedule, ScheduleLayer
from tests.mailbox import acknowledge_link
from tests.world import EVIDENCE, World

MADRID = ZoneInfo("Europe/Madrid")


async def in_nights_of_hours(world: World) -> None:
    """Jon and Marta take turns of twelve hours, from 20:00 to 08:00, since the winter's first day."""
    async with world.core.database.unit_of_work() as session:
        schedule = (await session.scalars(select(Schedule).where(Schedule.name == "Social on call"))).one()
        upper = (await layers_of(session, schedule.id))[0]
        await session.execute(
            update(ScheduleLayer)
            .where(ScheduleLayer.id == upper.id)
            .values(every=12, unit="hours", handover="20:00")
        )
        policy = (await session.scalars(select(EscalationPolicy))).one()
        policy.levels = [{**policy.levels[0], "wait_minutes": 300}, *policy.levels[1:]]


async def who(world: World, moment: datetime) -> list[str]:
    async with world.core.database.read() as session:
        schedule = (await session.scalars(select(Schedule).where(Schedule.name == "Social on call"))).one()
        present, _ = await people_on_call(session, schedule, moment)
        return [member.name for member in present]


async def an_alert(world: World) -> None:
    now = world.clock.now()
    async with world.core.database.unit_of_work() as session:
        monitor = (await session.scalars(select(Monitor).order_by(Monitor.id))).first()
        assert monitor is not None
        await open_alert(
            session,
            brand_id=monitor.brand_id,
            monitor_id=monitor.id,
            signal="volume",
            level="red",
            title="A ship that does not move",
            evidence=EVIDENCE,
            since=now,
            now=now,
        )


NIGHTS = [
    pytest.param(datetime(2026, 3, 29, 1, tzinfo=UTC), 11, id="forward"),
    pytest.param(datetime(2026, 10, 25, 1, tzinfo=UTC), 13, id="back"),
]


@pytest.mark.parametrize(("change", "hours"), NIGHTS)
async def test_the_night_has_one_person_from_20_to_8_however_long_it_is(
    world: World, change: datetime, hours: int
) -> None:
    await in_nights_of_hours(world)
    evening = datetime(change.year, change.month, change.day - 1, 20, tzinfo=MADRID).astimezone(UTC)
    morning = datetime(change.year, change.month, change.day, 8, tzinfo=MADRID).astimezone(UTC)
    assert morning - evening == timedelta(hours=hours)
    night = {tuple(await who(world, evening + timedelta(minutes=15 * n))) for n in range(hours * 4)}
    assert len(night) == 1
    [names] = night
    assert len(names) == 1
    for outside in (evening - timedelta(seconds=1), morning):
        assert await who(world, outside) not in ([], list(names))


@pytest.mark.parametrize(("change", "hours"), NIGHTS)
async def test_an_alert_around_the_change_pages_that_one_person_once(
    world: World, change: datetime, hours: int
) -> None:
    await in_nights_of_hours(world)
    world.clock.set(change - timedelta(minutes=20))
    world.mail.take_all()
    [name] = await who(world, world.clock.now())
    async with world.core.database.read() as session:
        address = (await session.scalars(select(Member.email).where(Member.name == name))).one()
    await an_alert(world)
    await world.forward(step=300, hours=2)
    pages = [mail for mail in world.mail.take_all() if "/ack/" in mail.as_string()]
    assert [str(mail["X-Envelope-To"]) for mail in pages] == [address]
    assert acknowledge_link(pages[0])
