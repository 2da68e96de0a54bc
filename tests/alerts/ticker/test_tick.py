"""From counts to alerts: noticed in the open minute, remembered over restarts, silent about the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from alerts.alert import Alert, DetectorState
from alerts.answering.acknowledge import acknowledge
from alerts.campaigns.service import announce
from alerts.campaigns.wish import Wish as CampaignWish
from alerts.close import close_alerts
from alerts.detection.live import State, recompute
from alerts.explained.replay import again
from alerts.judging import checkpoint as memory
from alerts.judging.checkpoint import Checkpoint
from alerts.judging.roster import SIGNALS, warmed
from alerts.open import Stands
from alerts.page import Escalation
from alerts.ticker import tick as tick_module
from alerts.ticker.tick import tick
from alerts.tuning.service import Wish, set_detector
from kit.core import Core
from mentions.counting import counts
from mentions.counting.counts import minute_of
from mentions.monitor import MinuteCount, Monitor
from mentions.sources.outage import SourceOutage
from people.organisations import Brand
from tests.alerts.cast import Cast, alerts, an_alert, change, counted, kinds, make_cast
from tests.clock import MovableClock
from tests.mentions.makers import make_source

HOURS = 26


@pytest.fixture
async def cast(core: Core) -> Cast:
    """A monitor that has been watched through a calm day: four mentions a minute, one of them negative."""
    cast = await make_cast(core)
    settled = minute_of(core.clock.now()) - 1 - memory.SETTLE_MINUTES
    watched = memory.Watched(cast.monitor_id, settled + 1, 0)
    async with core.database.unit_of_work() as session:
        await memory.save(session, memory.Checkpoint(calm_state(settled), (watched,)))
    await counted(core, cast.monitor_id, calm(settled + 1, minute_of(core.clock.now())))
    return cast


@pytest.fixture
async def stored(core: Core) -> Cast:
    """The same calm day, but nobody has watched it yet: it is stored, and no tick has been."""
    cast = await make_cast(core)
    now = minute_of(core.clock.now())
    await counted(core, cast.monitor_id, calm(now - HOURS * 60, now))
    return cast


@cache
def calm_state(until: int) -> State:
    first = until + 1 - HOURS * 60
    counts = np.array([calm(first, until + 1)[minute] for minute in range(first, until + 1)], float).T
    volume, negative = counts
    quiet = np.zeros_like(volume)
    rows = {"volume": volume, "negative": negative, "independent": volume}
    return warmed(np.vstack([rows.get(signal, quiet) for signal in SIGNALS]), first, ())


def calm(first: int, until: int) -> dict[int, tuple[int, int]]:
    return dict.fromkeys(range(first, until), (4, 1))


async def live(
    core: Core,
    clock: MovableClock,
    cast: Cast,
    minutes: int,
    count: Callable[[int], tuple[int, int]] = lambda _: (4, 1),
    *,
    every: int = 1,
) -> None:
    """Let minutes pass, with a tick in the middle of each (n-th) one, when half of its mentions have come."""
    for i in range(minutes):
        minute = minute_of(clock.now())
        volume, negative = count(minute)
        clock.forward(seconds=30)
        await counted(core, cast.monitor_id, {minute: (volume // 2, negative // 2)})
        if i % every == 0:
            await tick(core)
        await counted(core, cast.monitor_id, {minute: (volume, negative)})
        clock.forward(seconds=30)


async def test_calm_opens_nothing(core: Core, clock: MovableClock, cast: Cast) -> None:
    await live(core, clock, cast, 30, every=2)
    assert await alerts(core) == []


async def test_a_burst_is_noticed_within_its_first_seconds_with_evidence_that_can_be_recomputed(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3)
    clock.forward(seconds=4)
    minute = minute_of(clock.now())
    await counted(core, cast.monitor_id, {minute: (24, 22)})
    assert await tick(core) >= 1
    opened = {alert.signal: alert for alert in await alerts(core)}
    alert = opened["negative"]
    assert alert.title.startswith("Almadía Ferries: ×")
    assert alert.title.endswith(" negative mentions")
    assert alert.opened_at == clock.now()
    assert clock.now() - timedelta(minutes=5) <= alert.since <= clock.now()
    evidence = alert.evidence
    told = {
        "observed", "expected", "spread", "ratio", "score", "formula", "window_minutes", "history_minutes",
        "thresholds", "drivers", "severity", "campaigns", "holidays", "silent_sources", "reason",
    }  # fmt: skip
    assert told <= evidence.keys()
    assert evidence["observed"] >= 22
    assert evidence["ratio"] == pytest.approx(evidence["observed"] / evidence["expected"])
    assert recompute(evidence) == evidence["score"]
    assert evidence["insufficient_history"] is False
    assert evidence["drivers"]["examples"] == []
    async with core.database.read() as session:
        assert len((await session.scalars(select(Escalation))).all()) == 1  # the other one joined it
    assert await tick(core) == 0


async def test_an_alert_of_a_minutes_first_seconds_is_not_taken_back_when_the_minute_turns_out_calmer(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3)
    clock.forward(seconds=2)
    await counted(core, cast.monitor_id, {minute_of(clock.now()): (14, 9)})
    await tick(core)
    opened = len(await alerts(core))
    assert opened
    clock.forward(seconds=58)
    await live(core, clock, cast, 40, every=3)
    assert all(alert.ended_at is None for alert in await alerts(core))
    assert len(await alerts(core)) == opened


async def test_an_alert_ends_when_the_signal_has_been_back_in_its_range_for_long_enough(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 5, lambda _: (30, 25))
    assert {alert.signal for alert in await alerts(core)} == {"volume", "negative"}
    await live(core, clock, cast, 420, every=8)
    rows = await alerts(core)
    assert all(alert.ended_at for alert in rows)
    assert (await kinds(core)).count("alert.ended") == len(rows)
    async with core.database.read() as session:
        states = sorted(row.state for row in await session.scalars(select(Escalation)))
    assert states in (["running"], ["running", "stopped"])  # nobody has answered: one goes on ringing


async def test_a_restart_goes_on_to_the_same_digits(core: Core, clock: MovableClock, stored: Cast) -> None:
    await tick(core)
    await live(core, clock, stored, 25, lambda minute: (3 + minute % 3, 1))
    await tick(core)
    async with core.database.read() as session:
        ticked = (await session.scalars(select(DetectorState))).one()
        monitors = (await session.scalars(select(Monitor))).all()
        warm = await memory.brought_up(session, None, monitors, ticked.series[0][1] - 1, {})
        straight = await memory.brought_up(session, warm, monitors, ticked.minute, {})
    assert straight.state.to_bytes() == ticked.arrays


async def test_only_one_ticks_at_a_time_and_the_other_takes_over(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await tick(core)
    clock.forward(seconds=2)
    await counted(core, cast.monitor_id, {minute_of(clock.now()): (40, 38)})
    changed = await asyncio.gather(*(tick(core) for _ in range(4)))
    assert sorted(changed)[:-1] == [0, 0, 0] or sum(changed) == 2
    assert (await kinds(core)).count("alert.opened") == 2
    assert await tick(core) == 0


async def test_a_burst_that_came_and_went_while_nobody_ticked_pages_nobody(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await tick(core)
    start = minute_of(clock.now())
    await counted(core, cast.monitor_id, calm(start, start + 240))
    await counted(core, cast.monitor_id, {start + 5 + i: (40, 35) for i in range(5)})
    clock.forward(hours=4)
    await tick(core)
    await live(core, clock, cast, 10)
    assert await alerts(core) == []


async def test_a_burst_that_began_while_nobody_ticked_and_still_burns_is_noticed(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await tick(core)
    start = minute_of(clock.now())
    await counted(core, cast.monitor_id, calm(start, start + 240))
    await counted(core, cast.monitor_id, {start + 5 + i: (40, 35) for i in range(235)})
    clock.forward(hours=4)
    await tick(core)
    assert {alert.signal for alert in await alerts(core)} == {"volume", "negative"}


async def test_counts_that_arrive_late_still_find_their_minute(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await tick(core)
    start = minute_of(clock.now())
    clock.forward(minutes=6)
    await tick(core)
    assert await alerts(core) == []
    await counted(core, cast.monitor_id, {start + i: (40, 35) for i in range(4)})
    await tick(core)
    assert len(await alerts(core)) == 2


async def test_a_new_monitor_learns_from_its_past_and_does_not_alert_on_it(
    core: Core, clock: MovableClock, stored: Cast
) -> None:
    now = minute_of(clock.now())
    await counted(core, stored.monitor_id, {now - 180 + i: (60, 50) for i in range(20)})
    await tick(core)
    assert await alerts(core) == []


async def test_a_past_that_is_filled_in_later_is_learned_anew(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    await change(core, Monitor, cast.monitor_id, created_at=clock.now())
    await tick(core)
    now = minute_of(clock.now())
    for first in (now - 1800, now - 900):  # in two goes, as an import does
        await counted(core, cast.monitor_id, dict.fromkeys(range(first, first + 900), (20, 5)))
        await tick(core)
    assert await alerts(core) == []
    clock.forward(seconds=20)
    await counted(core, cast.monitor_id, {now: (8, 2)})
    await tick(core)
    assert await alerts(core) == []


async def test_without_any_history_the_cold_start_rule_opens_and_says_so(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    await change(core, Monitor, cast.monitor_id, created_at=clock.now())
    await live(core, clock, cast, 15, lambda _: (1, 0))
    await live(core, clock, cast, 5, lambda _: (40, 35))
    rows = await alerts(core)
    assert rows
    assert all(alert.evidence["insufficient_history"] for alert in rows)
    assert all("nsufficient history" in alert.evidence["reason"] for alert in rows)


async def test_what_was_announced_and_who_could_not_be_heard_is_told_with_the_alert(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    now = clock.now()
    wish = CampaignWish("Summer sale", now - timedelta(hours=1), now + timedelta(hours=1), 1.5)
    over = replace(wish, title="Winter sale", starts_at=now - timedelta(9), ends_at=now - timedelta(8))
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
        for one in (wish, over, replace(wish, title="A feast", kind="holiday")):
            await announce(session, cast.bo, cast.brand_id, one, now=now)
        out = {"state": "silent", "reason": "", "began_at": now, "noticed_at": now, "judged": []}
        session.add(SourceOutage(source_id=source.id, carries={str(cast.monitor_id): 0.1}, **out))
    await live(core, clock, cast, 2, lambda _: (60, 55))
    rows = await alerts(core)
    assert rows
    for evidence in (alert.evidence for alert in rows):
        assert [one["title"] for one in evidence["campaigns"]] == ["Summer sale"]
        assert ["A feast" in str(one) for one in evidence["holidays"]] == [True]
        assert [(one["source"], one["share"]) for one in evidence["silent_sources"]] == [("suite", 0.1)]


async def test_what_goes_on_as_it_was_is_told_once(core: Core, clock: MovableClock, cast: Cast) -> None:
    await live(core, clock, cast, 25, lambda _: (7, 5))
    rows = await alerts(core)
    assert {alert.level for alert in rows} == {"amber"}
    told = [kind for kind in await kinds(core) if kind in ("alert.opened", "alert.raised")]
    assert told == ["alert.opened"] * len(rows)


async def test_what_becomes_worse_raises_the_alert_but_wakes_nobody_who_has_it(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 12, lambda _: (7, 5))
    rows = await alerts(core)
    assert {alert.level for alert in rows} == {"amber"}
    async with core.database.unit_of_work() as session:
        await acknowledge(session, cast.ada, rows[0].id, now=clock.now())
    await live(core, clock, cast, 10, lambda _: (90, 80))
    kept = await alerts(core)
    assert {alert.level for alert in kept} == {"red"}
    assert (await kinds(core)).count("alert.opened") == len(kept)
    assert "alert.raised" in await kinds(core)
    async with core.database.read() as session:
        assert set(await session.scalars(select(Escalation.state))) == {"acknowledged"}


async def test_one_voice_that_weighs_does_not_turn_red_by_the_clock(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await counted(core, cast.monitor_id, {minute_of(clock.now()) - 1: (4, 1)}, notable=1)
    await live(core, clock, cast, 230, every=10)
    (alert,) = await alerts(core)
    assert (alert.signal, alert.level) == ("notable", "amber")
    async with core.database.read() as session:
        since = alert.evidence["since"]
        counted_since = (await counts.sums(session, {(cast.monitor_id, since)}))[cast.monitor_id, since]
    assert counted_since.voices > 300, "a crowd, of whom one weighs"


async def test_how_many_voices_that_weigh_are_red_is_what_the_monitor_is_set_to(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with core.database.unit_of_work() as session:
        wish = Wish(numbers={"floor": 3, "red_floor": 3})
        await set_detector(session, cast.bo, cast.monitor_id, wish, seen=0, now=clock.now())
    await counted(core, cast.monitor_id, {minute_of(clock.now()): (4, 1)}, notable=3)
    clock.forward(seconds=30)
    await tick(core)
    (alert,) = await alerts(core)
    assert (alert.signal, alert.level) == ("notable", "red"), (
        "two points of three voices, one of their number"
    )
    async with core.database.unit_of_work() as session:
        await set_detector(session, cast.bo, cast.monitor_id, Wish(), seen=1, now=clock.now())
    async with core.database.read() as session:
        assert (await again(session, alert)).state == "same", "it is computed again with what was set then"


async def test_an_alert_that_another_signal_makes_worse_goes_by_that_signal_from_then_on(
    core: Core, clock: MovableClock, stored: Cast
) -> None:
    """Weight of audiences opened it; then everybody speaks."""
    await live(core, clock, stored, 3)
    for _ in range(2):
        await counted(core, stored.monitor_id, {minute_of(clock.now()): (4, 3)}, reach=1200)
        await live(core, clock, stored, 1, lambda _: (4, 3))
    (alert,) = await alerts(core)
    assert (alert.signal, alert.level) == ("reach", "amber")
    await live(core, clock, stored, 6, lambda _: (90, 20))
    [raised] = [one for one in await alerts(core) if one.id == alert.id]
    assert raised.level == "red"
    assert raised.signal == raised.evidence["kind"] == "volume"
    async with core.database.read() as session:
        found = await again(session, raised)
    assert found.why == ()


async def test_a_closed_alert_that_becomes_worse_is_a_new_one(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 12, lambda _: (7, 5))
    before = await alerts(core)
    assert {alert.level for alert in before} == {"amber"}
    async with core.database.unit_of_work() as session:
        await close_alerts(session, [alert.id for alert in before], now=clock.now())
    await live(core, clock, cast, 10, lambda _: (90, 80))
    after = [alert for alert in await alerts(core) if alert.ended_at is None]
    assert {alert.level for alert in after} == {"red"}
    assert {alert.state for alert in after} == {"open"}


async def test_what_somebody_closes_during_the_tick_that_finds_it_worse_is_a_new_alert(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(core, clock, cast, 12, lambda _: (7, 5))
    before = {alert.id for alert in await alerts(core)}
    looked = tick_module._looked

    async def dismissed_meanwhile(*given: Any) -> tuple[list[Any], Checkpoint]:
        found, checkpoint = await looked(*given)
        if any(finding.level == "red" for finding in found):
            async with core.database.unit_of_work() as session:
                await close_alerts(session, [*before], now=clock.now())
        return found, checkpoint

    monkeypatch.setattr(tick_module, "_looked", dismissed_meanwhile)
    await live(core, clock, cast, 10, lambda _: (90, 80))
    known = {alert.id: alert for alert in await alerts(core)}
    assert {(known[one].state, known[one].level, known[one].ended_at is None) for one in before} == {
        ("closed", "amber", False)
    }
    after = [alert for key, alert in known.items() if key not in before]
    assert {(alert.state, alert.level) for alert in after} == {("open", "red")}
    async with core.database.read() as session:
        running = await session.scalars(select(Escalation.alert_id).where(Escalation.state == "running"))
        assert len({*running} - before) == 1


async def test_a_monitor_that_is_switched_off_ends_its_alerts_and_comes_back_without_fuss(
    core: Core, clock: MovableClock, stored: Cast
) -> None:
    await live(core, clock, stored, 3, lambda _: (30, 25))
    await change(core, Monitor, stored.monitor_id, enabled=False)
    await tick(core)
    assert all(alert.ended_at for alert in await alerts(core))
    await change(core, Monitor, stored.monitor_id, enabled=True)
    await live(core, clock, stored, 12)
    assert await tick(core) == 0


async def test_monitors_come_and_go_without_touching_one_another(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await tick(core)
    async with core.database.unit_of_work() as session:
        brand = Brand(name="Brisa", slug="brisa", organisation_id=cast.ada.organisation_id)
        session.add(brand)
        await session.flush()
        second = Monitor(brand_id=brand.id, name="brisa", query="brisa", created_at=clock.now())
        session.add(second)
        await session.flush()
        second_id = second.id
    now = minute_of(clock.now())
    await counted(core, second_id, calm(now - 2000, now))
    await live(core, clock, cast, 12)
    await counted(core, second_id, {minute_of(clock.now()): (50, 45)})
    clock.forward(seconds=3)
    await tick(core)
    assert {alert.monitor_id for alert in await alerts(core)} == {second_id}


@pytest.mark.parametrize("broken", [b"", b"tocsin-live", b"\x80\x04pickle"])
async def test_an_unreadable_checkpoint_is_made_anew(
    core: Core, clock: MovableClock, stored: Cast, broken: bytes
) -> None:
    await live(core, clock, stored, 3, lambda _: (30, 25))
    opened = await alerts(core)
    async with core.database.unit_of_work() as session:
        (await session.scalars(select(DetectorState))).one().arrays = broken
    await live(core, clock, stored, 5)
    assert [alert.id for alert in await alerts(core)] == [alert.id for alert in opened]
    assert all(alert.ended_at is None for alert in await alerts(core))


async def test_a_clock_that_was_put_back_is_no_obstacle(
    core: Core, clock: MovableClock, stored: Cast
) -> None:
    await tick(core)
    for hours in (0.05, 3):
        clock._now -= timedelta(hours=hours)
        await tick(core)
        clock.forward(seconds=5)
        await tick(core)
    assert await alerts(core) == []


async def test_an_alert_opens_even_when_its_drivers_cannot_be_told(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(session: Any, *_: object, **__: object) -> None:
        await session.execute(select(MinuteCount).where(text("no such column")))

    monkeypatch.setattr("alerts.ticker.tick.drivers", broken)
    await live(core, clock, cast, 2, lambda _: (40, 35))
    rows = await alerts(core)
    assert rows
    assert {str(alert.evidence["drivers"]) for alert in rows} == {"{}"}


@pytest.mark.parametrize("part", ["keep", "campaigns_of", "deafness", "remember"])
async def test_an_alert_opens_and_is_raised_even_when_what_is_noted_beside_it_fails(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    async def broken(session: Any, *_: object, **__: object) -> None:
        await session.execute(select(MinuteCount).where(text("no such column")))

    monkeypatch.setattr(f"alerts.ticker.tick.{part}", broken)
    await live(core, clock, cast, 12, lambda _: (7, 5))
    assert {alert.level for alert in await alerts(core)} == {"amber"}
    await live(core, clock, cast, 10, lambda _: (90, 80))
    assert {alert.level for alert in await alerts(core)} == {"red"}
    async with core.database.read() as session:
        found = [await again(session, alert) for alert in await session.scalars(select(Alert))]
    assert all(one.same or one.computed is None for one in found)


async def test_a_voice_that_weighs_wakes_people_even_when_it_cannot_be_named(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(session: Any, *_: object, **__: object) -> None:
        await session.execute(select(MinuteCount).where(text("no such column")))

    monkeypatch.setattr("alerts.ticker.tick.who", broken)
    await counted(core, cast.monitor_id, {minute_of(clock.now()) - 1: (4, 1)}, notable=1)
    await live(core, clock, cast, 2)
    assert ["voices" in alert.evidence for alert in await alerts(core)] == [False]


@pytest.mark.parametrize("second", ["amber", "red"])
async def test_two_processes_that_both_look_open_one_alert_and_what_is_graver_holds(
    core: Core, clock: MovableClock, cast: Cast, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """As if the ticker's lock had failed: each has seen that there is no alert when the other opens one."""
    both, levels, reconciled = asyncio.Barrier(2), ["amber", second], tick_module._reconciled

    async def at_once(session: Any, found: Any, *rest: Any) -> Any:
        level = levels.pop()
        await both.wait()
        return await reconciled(session, [replace(one, level=level) for one in found], *rest)

    async def free(*_: object) -> bool:
        return True

    clock.forward(seconds=10)
    await tick(core)  # no minute is closed any more, for which the two would wait in turn
    await counted(core, cast.monitor_id, {minute_of(clock.now()): (60, 1)})
    clock.forward(seconds=30)
    monkeypatch.setattr(tick_module, "taken", free)
    monkeypatch.setattr(tick_module, "_reconciled", at_once)
    await asyncio.gather(tick(core), tick(core))
    found = await alerts(core)
    assert [(one.signal, one.level) for one in found] == [("volume", second)]
    async with core.database.read() as session:
        assert len((await session.scalars(select(Escalation))).all()) == 1


async def test_the_database_holds_one_unended_alert_a_family(core: Core, cast: Cast) -> None:
    first = await an_alert(core, cast, signal="volume")
    with pytest.raises(Stands) as found:
        await an_alert(core, cast, signal="reach", level="red")
    assert str(found.value) == f"alert {first} stands"
    with pytest.raises(IntegrityError):  # whoever does not ask
        await change(core, Alert, await an_alert(core, cast, signal="harm"), signal="independent")
    await change(core, Alert, first, ended_at=core.clock.now())
    await an_alert(core, cast, signal="reach")


async def test_a_tick_without_monitors_does_nothing(core: Core) -> None:
    assert await tick(core) == 0
