"""What was a crisis of a monitor, and a setting that is proposed by it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from alerts.alert import Alert
from alerts.feedback.marks import Proposal
from alerts.feedback.service import mark_missed, mark_no_crisis, take_back
from alerts.tuning.chosen import DetectorSetting
from alerts.tuning.service import Wish, get_setting, set_detector
from incident.crises import known_of
from incident.incident import Incident, IncidentAlert
from incident.proposing import compared, decide, precision_of, propose
from kit.core import Core
from kit.errors import Conflict, Invalid
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from tests.alerts.cast import Cast, an_alert, counted, make_cast
from tests.clock import MovableClock

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def another(core: Core, cast: Cast) -> int:
    """A second monitor of the same brand."""
    async with core.database.unit_of_work() as session:
        row = Monitor(brand_id=cast.brand_id, name="cars", query="cars", created_at=core.clock.now())
        session.add(row)
        await session.flush()
        return row.id


async def an_incident(core: Core, cast: Cast, title: str, *alerts: int, days: int = 0) -> None:
    """One that Ada took on, over by now, with these alerts."""
    at = core.clock.now() - timedelta(days=days)
    async with core.database.unit_of_work() as session:
        row = Incident(
            brand_id=cast.brand_id, title=title, type="other", severity="red", state="closed",
            lead_id=cast.ada.member_id, detected_at=at, opened_at=at, resolved_at=at, closed_at=at,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        session.add_all(IncidentAlert(alert_id=one, incident_id=row.id, joined_at=at) for one in alerts)


async def crises(core: Core, monitor_id: int) -> set[str]:
    """The titles of what was a crisis of the monitor."""
    now = core.clock.now()
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, monitor_id)
        known = await known_of(session, monitor, now - timedelta(days=30), now + timedelta(minutes=1))
    return {one.words.split(" ", 1)[1] for one in known.crises}


async def test_a_crisis_is_of_the_monitors_whose_alerts_are_in_it_or_of_all_when_it_has_none(
    core: Core, cast: Cast
) -> None:
    cars = await another(core, cast)
    ferry, other, car, both = [
        await an_alert(core, cast, monitor_id=monitor, signal=signal)
        for monitor in (cast.monitor_id, cars)
        for signal in ("negative", "volume")
    ]
    await an_incident(core, cast, "Ferries", ferry)
    await an_incident(core, cast, "Cars", car)
    await an_incident(core, cast, "Both", both, other)
    await an_incident(core, cast, "Declared")
    assert await crises(core, cast.monitor_id) == {"Ferries", "Both", "Declared"}
    assert await crises(core, cars) == {"Cars", "Both", "Declared"}
    async with core.database.unit_of_work() as session:
        await mark_no_crisis(session, cast.ada, both, "Not of the cars", now=core.clock.now())
    assert await crises(core, cars) == {"Cars", "Declared"}
    assert "Both" in await crises(core, cast.monitor_id)


async def test_what_was_said_of_an_alert_weighs_more_than_that_its_incident_was_taken_on(
    core: Core, cast: Cast, clock: MovableClock
) -> None:
    """Two alerts of one event, one of which was called none; the incident went on to become one."""
    begun = core.clock.now()
    none, beside = [await an_alert(core, cast, signal=signal) for signal in ("negative", "volume")]
    clock.forward(minutes=90)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Alert).values(ended_at=core.clock.now()))
        mark = await mark_no_crisis(session, cast.ada, none, "A joke", now=core.clock.now())
    await an_incident(core, cast, "Over soon", none, beside)

    async def judged(after: int = 0) -> tuple[int, int, int, int]:
        async with core.database.read() as session:
            found = await precision_of(session, cast.ada, cast.monitor_id, now=core.clock.now())
            known = await known_of(
                session, await session.get_one(Monitor, cast.monitor_id), begun, core.clock.now()
            )
        assert all(one.begin >= minute_of(begun) + after for one in known.crises), "where it stands"
        return found.whole.confirmed, found.whole.refused, found.whole.crises, found.whole.found

    assert await judged() == (0, 1, 0, 0)
    clock.forward(minutes=20)
    later = await an_alert(core, cast)
    async with core.database.unit_of_work() as session:
        incident = await session.scalar(select(IncidentAlert.incident_id).limit(1))
        joined = core.clock.now()
        session.add(IncidentAlert(alert_id=later, incident_id=incident, joined_at=joined))
        await session.execute(update(Incident).values(resolved_at=joined + timedelta(minutes=30)))
    clock.forward(minutes=5)
    assert await judged(after=90) == (1, 1, 1, 1)
    async with core.database.unit_of_work() as session:
        await take_back(session, cast.ada, mark.id, now=core.clock.now())
    assert await judged() == (2, 0, 1, 1)


@pytest.mark.parametrize(("hours", "judged"), [(0.5, (1, 0, 1)), (17, (0, 1, 0))])
async def test_an_alert_hours_later_that_was_called_none_did_not_find_what_was_missed(
    core: Core, cast: Cast, clock: MovableClock, hours: float, judged: tuple[int, int, int]
) -> None:
    missed = core.clock.now()
    clock.forward(hours=hours)
    alert = await an_alert(core, cast)
    clock.forward(minutes=5)
    async with core.database.unit_of_work() as session:
        now = core.clock.now()
        await mark_missed(session, cast.ada, cast.monitor_id, missed, "Stranded", now=now)
        await mark_no_crisis(session, cast.ada, alert, "A drill", now=now)
    async with core.database.read() as session:
        found = (await precision_of(session, cast.ada, cast.monitor_id, now=now)).whole
    assert (found.confirmed, found.refused, found.found) == judged


async def lived(core: Core, cast: Cast) -> None:
    """Eight days with a swell on three of them, each of which Ada said was missed."""
    now, volume = minute_of(core.clock.now()), np.full(8 * DAY, 1)
    for day in (4, 5, 6):
        volume[day * DAY :][:40] = 4
    first = now - len(volume)
    await counted(core, cast.monitor_id, {first + i: (int(size), int(size)) for i, size in enumerate(volume)})
    for day in (2, 3, 4):
        async with core.database.unit_of_work() as session:
            at = core.clock.now() - timedelta(days=day)
            await mark_missed(session, cast.ada, cast.monitor_id, at, "A swell", now=core.clock.now())


async def test_what_was_set_while_it_was_compared_is_not_undone(core: Core, cast: Cast) -> None:
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        with pytest.raises(Invalid):
            await compared(session, cast.ada, cast.monitor_id, now=now)
    await lived(core, cast)
    deaf = Wish("fewer", {"score": 100, "floor": 5000, "red_floor": 6000, "harm_score": 100})
    async with core.database.unit_of_work() as session:
        await set_detector(session, cast.ada, cast.monitor_id, deaf, seen=0, now=now)
    async with core.database.read() as session:
        comparison = await compared(session, cast.ada, cast.monitor_id, now=now)
    assert comparison.version == 1
    async with core.database.unit_of_work() as session:
        await set_detector(session, cast.bo, cast.monitor_id, Wish(persist_minutes=9), seen=1, now=now)
    async with core.database.unit_of_work() as session:
        proposal = await propose(session, cast.ada, comparison, now=now)
    assert proposal is not None
    assert proposal.seen == 1
    with pytest.raises(Conflict):
        async with core.database.unit_of_work() as session:
            await decide(session, cast.ada, proposal.id, accept=True, now=now)
    async with core.database.read() as session:
        row = await get_setting(session, cast.ada, cast.monitor_id)
        assert (row.preset, row.persist_minutes, row.version) == ("balanced", 9, 2)
        assert (await session.get_one(Proposal, proposal.id)).state == "open"


async def test_a_proposal_that_is_accepted_sets_the_detector(core: Core, cast: Cast) -> None:
    now = core.clock.now()
    await lived(core, cast)
    deaf = Wish("fewer", {"score": 100, "floor": 5000, "red_floor": 6000, "harm_score": 100})
    async with core.database.unit_of_work() as session:
        await set_detector(session, cast.ada, cast.monitor_id, deaf, seen=0, now=now)
    async with core.database.unit_of_work() as session:
        comparison = await compared(session, cast.ada, cast.monitor_id, now=now)
        proposal = await propose(session, cast.ada, comparison, now=now)
        assert proposal is not None
        await decide(session, cast.ada, proposal.id, accept=True, now=now)
    async with core.database.read() as session:
        row = await session.get_one(DetectorSetting, cast.monitor_id)
        assert (row.preset, row.version) == (proposal.wish["preset"], 2)
