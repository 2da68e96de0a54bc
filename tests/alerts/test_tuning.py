"""A monitor's detector as people set it: what is refused, what is remembered, what the tick makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from alerts.alert import Alert
from alerts.detection.settings import BALANCED, MORE
from alerts.ticker.tick import tick
from alerts.tuning.chosen import DetectorSetting, followed, in_force, settings_for
from alerts.tuning.numbers import NUMBERS
from alerts.tuning.service import Wish, get_setting, set_detector
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.events import Event
from mentions.counting.counts import minute_of
from people.permissions import Viewer
from tests.alerts.cast import Cast, alerts, counted, make_calm_cast
from tests.clock import MovableClock

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_calm_cast(core)


async def setting(core: Core, cast: Cast, wish: Wish, seen: int = 0, viewer: Viewer | None = None) -> None:
    async with core.database.unit_of_work() as session:
        await set_detector(
            session, viewer or cast.ada, cast.monitor_id, wish, seen=seen, now=core.clock.now()
        )


async def live(
    core: Core, clock: MovableClock, cast: Cast, minutes: int, volume: Callable[[int], int]
) -> None:
    for i in range(minutes):
        minute = minute_of(clock.now())
        await counted(core, cast.monitor_id, {minute: (volume(i), 1)})
        clock.forward(seconds=50)
        await tick(core)
        clock.forward(seconds=10)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish("loud"), "preset"),
        (Wish(numbers={"score": 0.5}), "score"),
        (Wish(numbers={"score": float("nan")}), "score"),
        (Wish(numbers={"ratio": float("inf")}), "ratio"),
        (Wish(numbers={"ratio": 1.0}), "ratio"),
        (Wish(numbers={"floor": 2.5}), "floor"),
        (Wish(numbers={"floor": 0}), "floor"),
        (Wish(numbers={"lower": 1.0}), "lower"),
        (Wish(numbers={"calm_minutes": 1e9}), "calm_minutes"),
        (Wish(numbers={"ratio": 8.0}), "red_ratio"),
        (Wish(numbers={"red_floor": 5.0}), "red_floor"),
        (Wish(numbers={"persist_minutes": 3.0}), "persist_minutes"),
        (Wish(numbers={"__class__": 3.0}), "__class__"),
        (Wish(persist_minutes=-1), "persistMinutes"),
        (Wish(persist_minutes=1441), "persistMinutes"),
        (Wish(alarms_a_week=0), "alarmsAWeek"),
        (Wish(alarms_a_week=21), "alarmsAWeek"),
        (Wish(alarms_a_week=float("nan")), "alarmsAWeek"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(wish: Wish, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        wish.checked()
    assert refused.value.field == field


@pytest.mark.parametrize("name", NUMBERS)
def test_the_bounds_of_each_number_are_settings_that_the_detector_bears(name: str) -> None:
    bounds = NUMBERS[name]
    assert bounds.least <= float(getattr(BALANCED, name)) <= bounds.most
    for value in (bounds.least, bounds.most):
        others = {"red_ratio": 1000.0, "red_floor": 1e7, "ratio": 1.1, "floor": 1.0}
        given = {**{key: one for key, one in others.items() if key != name}, name: value}
        assert name in Wish(numbers=given).checked()["edited"] or value == getattr(BALANCED, name)


def test_only_what_differs_from_the_preset_counts_as_edited() -> None:
    checked = Wish("more", {"score": float(MORE.score), "floor": 5}).checked()
    assert checked["edited"] == {"floor": 5.0}


async def test_a_monitor_that_nobody_has_set_is_balanced(core: Core, cast: Cast) -> None:
    async with core.database.read() as session:
        row = await get_setting(session, cast.ada, cast.monitor_id)
        assert (row.preset, row.version, followed(row)) == ("balanced", 0, BALANCED)
        assert in_force(row) is None
        assert await settings_for(session, [cast.monitor_id], 3) == BALANCED


async def test_who_changed_what_is_an_event_and_saying_the_same_again_is_none(core: Core, cast: Cast) -> None:
    await setting(core, cast, Wish("more", {"floor": 8}, persist_minutes=5))
    await setting(core, cast, Wish("more", {"floor": 8}, persist_minutes=5), seen=1)
    async with core.database.read() as session:
        (event,) = await session.scalars(select(Event).where(Event.kind == "monitor.detector"))
    assert event.actor == cast.ada.name
    assert event.data["changes"] == {
        "preset": {"before": "balanced", "after": "more"},
        "score": {"before": "14", "after": "10"},
        "ratio": {"before": "2.5", "after": "2"},
        "floor": {"before": "6", "after": "8"},
        "persist_minutes": {"before": "0", "after": "5"},
    }


async def test_two_who_set_it_at_once_do_not_overwrite_each_other(core: Core, cast: Cast) -> None:
    await setting(core, cast, Wish("more"))
    with pytest.raises(Conflict):
        await setting(core, cast, Wish("fewer"), seen=0)
    async with core.database.read() as session:
        assert (await get_setting(session, cast.ada, cast.monitor_id)).preset == "more"


async def test_it_takes_a_responder_and_a_monitor_and_what_is_refused_leaves_nothing(
    core: Core, cast: Cast
) -> None:
    with pytest.raises(Forbidden):
        await setting(core, cast, Wish("more"), viewer=cast.pia)
    with pytest.raises(Invalid):
        await setting(core, cast, Wish("more", {"score": -1}))
    async with core.database.unit_of_work() as session:
        with pytest.raises(NotFound):
            await set_detector(session, cast.ada, 99_999, Wish(), seen=0, now=core.clock.now())
    async with core.database.read() as session:
        assert (await session.scalars(select(DetectorSetting))).all() == []


@pytest.mark.parametrize(("preset", "opens"), [("more", True), ("balanced", False)])
async def test_the_tick_goes_by_what_was_set_and_the_alert_keeps_it(
    core: Core, clock: MovableClock, cast: Cast, preset: str, opens: bool
) -> None:
    """A swell of a few mentions too many: enough for one preset, not for the other."""
    await setting(core, cast, Wish(preset))
    await live(core, clock, cast, 10, lambda _: 7)
    found = await alerts(core)
    assert bool(found) is opens
    for alert in found:
        assert alert.evidence["thresholds"]["score"] == MORE.score


async def test_an_open_alert_goes_on_when_the_detector_is_set_otherwise(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 4, lambda _: 40)
    before = await alerts(core)
    assert before
    await setting(core, cast, Wish("fewer", {"score": 90, "floor": 10_000, "red_floor": 20_000}))
    await live(core, clock, cast, 6, lambda _: 40)
    after = await alerts(core)
    assert [alert.id for alert in after] == [alert.id for alert in before]
    assert all(alert.ended_at is None for alert in after)
    assert _thresholds(after) == _thresholds(before), "the claim stays as it was made"


async def test_persistence_holds_an_alert_back_until_it_has_lasted(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await setting(core, cast, Wish(persist_minutes=10))
    await live(core, clock, cast, 8, lambda _: 40)
    assert await alerts(core) == []
    await live(core, clock, cast, 5, lambda _: 40)
    assert await alerts(core)


async def test_where_the_knob_stands_is_told_and_forgotten_when_it_is_taken_off(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await setting(core, cast, Wish(alarms_a_week=3))
    await live(core, clock, cast, 12, lambda _: 3)
    async with core.database.read() as session:
        row = await get_setting(session, cast.ada, cast.monitor_id)
        now = in_force(row)
    assert row.needed is not None
    assert now is not None
    assert now.at(0)["score"] == pytest.approx(row.needed)
    await setting(core, cast, Wish(), seen=1)
    async with core.database.read() as session:
        row = await get_setting(session, cast.ada, cast.monitor_id)
    assert row.needed is None


def _thresholds(found: list[Alert]) -> list[Any]:
    return [alert.evidence["thresholds"] for alert in found]
