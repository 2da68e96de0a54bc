"""An alert is computed again from the stored minutes, or it is said plainly why that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.event import listen, remove

from alerts.alert import Alert
from alerts.campaigns.service import announce
from alerts.campaigns.wish import Wish as CampaignWish
from alerts.checkpoint import Watched
from alerts.detection.severity import Inputs, weigh
from alerts.explained.basis import DetectorPast, Pasts
from alerts.explained.replay import Again, again
from alerts.explained.words import sentences
from alerts.tick import tick
from alerts.tuning.service import Wish, set_detector
from kit.core import Core
from mentions.counts import minute_of
from tests.alerts.cast import Cast, alerts, an_alert, change, counted, make_calm_cast
from tests.clock import MovableClock

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_calm_cast(core)


async def live(
    core: Core, clock: MovableClock, cast: Cast, minutes: int, volume: Callable[[int], int]
) -> None:
    """Minutes as they happen: the tick looks before a minute is over, and more arrives after it."""
    for i in range(minutes):
        minute = minute_of(clock.now())
        await counted(core, cast.monitor_id, {minute: (volume(i), 1)})
        clock.forward(seconds=50)
        await tick(core)
        await counted(core, cast.monitor_id, {minute: (volume(i) + 1, 1)})
        clock.forward(seconds=10)


async def explained(core: Core, alert: Alert) -> Again:
    async with core.database.read() as session:
        return await again(session, await session.get_one(Alert, alert.id))


async def a_burst(core: Core, clock: MovableClock, cast: Cast, calm: int = 15) -> Alert:
    await live(core, clock, cast, calm, lambda _: 3)
    await live(core, clock, cast, 6, lambda _: 25)
    return (await alerts(core))[0]


async def test_the_same_digits_come_out_of_the_stored_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    found = await explained(core, alert)
    assert found.why == ()
    assert found.same
    assert found.computed is not None
    assert found.computed["score"] == alert.evidence["score"]
    assert found.computed["reason"] == alert.evidence["reason"]
    assert not found.from_memory


async def test_the_same_digits_come_out_of_the_state_that_was_put_aside_a_day_before(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    for _ in range(2 * DAY // 360):  # the process was busy: a tick every six hours
        clock.forward(minutes=360)
        now = minute_of(clock.now())
        await counted(core, cast.monitor_id, dict.fromkeys(range(now - 360, now), (3, 1)))
        await tick(core)
    found = await explained(core, await a_burst(core, clock, cast))
    assert found.why == ()
    assert found.from_memory


async def test_an_alert_that_got_worse_is_explained_by_its_newest_claim(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await a_burst(core, clock, cast)
    await live(core, clock, cast, 20, lambda _: 90)
    alert = (await alerts(core))[0]
    assert alert.level == "red"
    found = await explained(core, alert)
    assert found.why == ()


async def test_a_past_that_was_changed_is_named_by_its_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    minute = minute_of(alert.opened_at) - 3
    async with core.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE minute_count SET volume = volume + 40 WHERE minute = :minute"), {"minute": minute}
        )
    found = await explained(core, alert)
    assert not found.same
    assert found.changed == (minute,)
    assert "was changed since" in found.why[0]
    assert "observed" in found.differing


async def test_a_setting_that_was_changed_afterwards_changes_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    async with core.database.unit_of_work() as session:
        wish = Wish(numbers={"score": 60.0, "harm_score": 60.0})
        await set_detector(session, cast.ada, cast.monitor_id, wish, seen=0, now=core.clock.now())
    found = await explained(core, alert)
    assert found.same


@pytest.mark.parametrize(
    ("name", "values"),
    [("firing", {"firing": False}), ("level", {"level": "green"}), ("points", {"severity": {"points": 9}})],
)
async def test_what_was_decided_is_compared_too(
    core: Core, clock: MovableClock, cast: Cast, name: str, values: dict[str, Any]
) -> None:
    alert = await a_burst(core, clock, cast)
    nested = {"severity": {**alert.evidence["severity"], **values.get("severity", {})}}
    await change(core, Alert, alert.id, evidence={**alert.evidence, **values, **nested})
    found = await explained(core, alert)
    assert found.state == "differs"
    assert set(found.differing) == {name}
    assert any(name in line for line in sentences(found))


async def test_inputs_of_the_severity_that_the_minutes_do_not_bear_out_are_found(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """It says that harm was spoken of and audiences were large: the level would follow from that."""
    alert = await a_burst(core, clock, cast)
    inputs = {**alert.evidence["severity"]["inputs"], "harm": True, "harmed": 40}
    false = weigh(Inputs(**inputs))
    claimed = {**alert.evidence, "level": false.level, "severity": false.explained()}
    await change(core, Alert, alert.id, evidence=claimed)
    assert set((await explained(core, alert)).differing) >= {"points"}


async def test_a_campaign_announced_afterwards_is_named(core: Core, clock: MovableClock, cast: Cast) -> None:
    alert = await a_burst(core, clock, cast)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        wish = CampaignWish("Spring sale", now - timedelta(hours=1), now + timedelta(hours=1), 4.0)
        await announce(session, cast.ada, alert.brand_id, wish, now=now)
    found = await explained(core, alert)
    assert found.state == "differs"
    assert "Spring sale” was announced at" in found.why[0]


async def test_a_voice_that_weighs_and_an_older_severity_cannot_be_computed_again_which_is_no_difference(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    older = {**alert.evidence["severity"], "formula": "severity-1"}
    await change(core, Alert, alert.id, evidence={**alert.evidence, "severity": older})
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert "severity-1" in found.why[0]
    await change(core, Alert, alert.id, signal="notable", evidence={"formula": "notable-1"})
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert sentences(found)[-1].startswith("Cannot be recomputed: ")


async def test_what_was_kept_for_an_earlier_claim_is_not_taken_for_this_one(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    later = {**alert.evidence, "minute": alert.evidence["minute"] + 3}
    await change(core, Alert, alert.id, evidence=later)
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert "earlier claim" in found.why[0]


async def test_what_was_put_aside_is_read_once_for_all_alerts_of_a_tick(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    async with core.database.unit_of_work() as session:
        past = (await session.scalars(select(DetectorPast))).one()
        watched = Watched(cast.monitor_id, past.minute, 0, past.minute)  # it was watched already then
        past.series = [watched.entry]
        await session.flush()
        pasts = Pasts(session)
        sent: list[str] = []
        connection = await session.connection()

        def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
            sent.append(statement)

        listen(connection.sync_connection, "before_cursor_execute", heard)
        bases = [await pasts.base(watched, past.minute + DAY) for _ in range(3)]
        remove(connection.sync_connection, "before_cursor_execute", heard)
    assert [after for after, _ in bases] == [past.minute] * 3
    assert len(sent) == 2
    assert "arrays" not in sent[0]


async def test_another_formula_is_not_pretended_to(core: Core, clock: MovableClock, cast: Cast) -> None:
    alert = await a_burst(core, clock, cast)
    await change(core, Alert, alert.id, evidence={**alert.evidence, "formula": "live-0"})
    found = await explained(core, alert)
    assert found.computed is None
    assert "formula live-0" in found.why[0]


async def test_what_has_no_basis_says_so(core: Core, cast: Cast) -> None:
    plain, tool = await an_alert(core, cast), await an_alert(core, cast, signal="tool", monitor_id=None)
    await change(core, Alert, tool, evidence={"tool": {"source": "Other"}})
    async with core.database.read() as session:
        for key, words in ((plain, "formula unknown"), (tool, "Another tool")):
            found = await again(session, await session.get_one(Alert, key))
            assert not found.same
            assert words in found.why[0]
