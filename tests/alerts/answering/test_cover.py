"""What one acknowledgement covers beyond the first handful, and what it does not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.answering.acknowledge import AT_ONCE, acknowledge
from alerts.answering.cover import cover_rest
from alerts.escalating.escalate import escalate_due
from kit.core import Core
from people.organisations import Brand
from tests.alerts.cast import Cast, alerts, an_alert, change, escalation, kinds, make_cast
from tests.clock import MovableClock
from tocsin import looks


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def a_storm(core: Core, cast: Cast, count: int, **changes: object) -> int:
    """One alert that pages, and so many more of its brand; returns the first one's id."""
    first = await an_alert(core, cast, level="red", signal="tool", monitor_id=None)
    for _ in range(count):
        await an_alert(core, cast, **{"signal": "tool", "monitor_id": None, **changes})
    await escalate_due(core)
    return first


async def ada_has(core: Core, cast: Cast, alert_id: int) -> None:
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.ada, alert_id, now=core.clock.now())


async def states(core: Core) -> list[str]:
    return sorted({alert.state for alert in await alerts(core)})


async def test_the_rest_of_a_storm_follows_in_handfuls_and_in_her_name(core: Core, cast: Cast) -> None:
    first = await a_storm(core, cast, 2 * AT_ONCE + 3)
    await ada_has(core, cast, first)
    assert await states(core) == ["acknowledged", "open"]
    assert "deciding" in await looks.waiting(core)
    assert [await cover_rest(core) for _ in range(3)] == [AT_ONCE, 3, 0]
    assert await states(core) == ["acknowledged"]
    assert {alert.acknowledged_by for alert in await alerts(core)} == {cast.ada.member_id}
    assert (await kinds(core)).count("alert.acknowledged") == 2 * AT_ONCE + 4


async def test_what_opens_later_is_not_covered(core: Core, cast: Cast, clock: MovableClock) -> None:
    """It joins the alert that somebody has, and is theirs to look at: nobody said anything about it yet."""
    first = await a_storm(core, cast, 0)
    await ada_has(core, cast, first)
    clock.forward(minutes=1)
    later = await an_alert(core, cast, signal="tool", monitor_id=None)
    assert await cover_rest(core) == 0
    [alert] = [one for one in await alerts(core) if one.id == later]
    assert alert.state == "open"


async def test_what_is_worse_is_not_covered(core: Core, cast: Cast) -> None:
    first = await an_alert(core, cast)
    await escalate_due(core)
    worse = await an_alert(core, cast, level="red", signal="volume")
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Alert)
            .where(Alert.id == first)
            .values(
                state="acknowledged", acknowledged_at=core.clock.now(), acknowledged_by=cast.ada.member_id
            )
        )
    await change(
        core, type(await escalation(core, first)), (await escalation(core, first)).id, state="acknowledged"
    )
    assert await cover_rest(core) == 0
    assert (await escalation(core, worse)).state == "running"


@pytest.mark.parametrize("what", ["informs", "ended", "other brand"])
async def test_what_has_nothing_to_do_with_it_stays_open(core: Core, cast: Cast, what: str) -> None:
    first = await a_storm(core, cast, 0)
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        other = Alert(
            brand_id=cast.brand_id, monitor_id=None, signal="tool", level="amber", title="Down", evidence={},
            since=now, opened_at=now, state="open", pages=what != "informs",
            ended_at=now if what == "ended" else None,
        )  # fmt: skip
        if what == "other brand":
            other.brand_id = await another_brand(core, cast)
        session.add(other)
    async with core.database.unit_of_work() as session:
        await session.execute(
            update(Alert)
            .where(Alert.id == first)
            .values(state="acknowledged", acknowledged_at=now, acknowledged_by=cast.ada.member_id)
        )
    row = await escalation(core, first)
    await change(core, type(row), row.id, state="acknowledged")
    assert await cover_rest(core) == 0


async def another_brand(core: Core, cast: Cast) -> int:
    async with core.database.unit_of_work() as session:
        house = await session.scalar(select(Brand.organisation_id).where(Brand.id == cast.brand_id))
        brand = Brand(name="Another", slug="another", organisation_id=house)
        session.add(brand)
        await session.flush()
        return brand.id
