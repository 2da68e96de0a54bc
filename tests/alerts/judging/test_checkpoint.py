"""Many monitors at once: learned from and caught up with in groups, and asked only for what concerns them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select

from alerts.detection import clock, live
from alerts.detection.evidence import Evidence
from alerts.detection.formulae import Floats
from alerts.detection.live import State
from alerts.judging import checkpoint, roster
from alerts.judging.checkpoint import Checkpoint, brought_up, turns_in
from alerts.judging.roster import EACH
from alerts.tuning.chosen import DetectorSetting
from kit.core import Core
from kit.db import ReadSession
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from people.organisations import Brand
from tests.alerts.cast import Cast, counted, make_cast

DAYS = (2, 1, 1, 0.5, 3)
"""How long ago each monitor was made."""


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def made(core: Core, cast: Cast) -> list[Monitor]:
    """Monitors of several ages with talk of their own; of one somebody asks for alarms a week."""
    now, rng = core.clock.now(), np.random.default_rng(3)
    async with core.database.unit_of_work() as session:
        monitors = [
            Monitor(
                brand_id=cast.brand_id,
                name=f"monitor {n}",
                query="renfe",
                created_at=now - timedelta(days=days),
            )
            for n, days in enumerate(DAYS)
        ]
        session.add_all(monitors)
        await session.flush()
        session.add(
            DetectorSetting(
                monitor_id=monitors[1].id, preset="balanced", edited={}, persist_minutes=0, alarms_a_week=1.0,
                version=1,
            )
        )  # fmt: skip
    for monitor, days in zip(monitors, DAYS, strict=True):
        since = minute_of(now - timedelta(days=days))
        said = rng.poisson(1.0, minute_of(now) - since).tolist()
        await counted(core, monitor.id, {since + i: (n, 0) for i, n in enumerate(said)})
    return monitors


async def after(
    core: Core, saved: Checkpoint | None, monitors: Sequence[Monitor], minutes_ago: int
) -> Checkpoint:
    async with core.database.read() as session:
        return await brought_up(session, saved, monitors, minute_of(core.clock.now()) - minutes_ago, {})


async def test_groups_are_what_all_at_once_would_be(
    core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First a warm-up, then a catch-up of ten hours, of monitors one of which came in between."""
    monitors = await made(core, cast)
    found = []
    for together in (50, 2):
        monkeypatch.setattr(checkpoint, "TOGETHER", together)
        warm = await after(core, None, monitors[:-1], 600)
        late = await after(core, warm, monitors, 1)
        found.append((warm.state.to_bytes(), warm.watched, late.state.to_bytes(), late.watched))
    assert found[0] == found[1]
    assert len(found[0][3]) == len(DAYS)


async def test_no_more_than_a_group_is_read_at_once_and_all_is_compiled(
    core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitors = await made(core, cast)
    monkeypatch.setattr(checkpoint, "TOGETHER", 2)
    monkeypatch.setattr(roster, "FEW_SERIES", 2 * EACH)
    read: list[int] = []
    closed: list[int] = []
    counts_of, advance = checkpoint.counts_of, live.advance

    async def counted(
        session: ReadSession, few: Sequence[Monitor], first: int, until: int
    ) -> checkpoint.Heard:
        read.append(len(few))
        return await counts_of(session, few, first, until)

    def by_the_minute(state: State, counts: Floats, **given: Any) -> tuple[State, Evidence]:
        closed.append(given["minute"])
        return advance(state, counts, **given)

    monkeypatch.setattr(checkpoint, "counts_of", counted)
    monkeypatch.setattr(roster, "advance", by_the_minute)
    warm = await after(core, None, monitors, 600)
    await after(core, warm, monitors, 1)
    assert read == [2, 2, 1, 2, 2, 1]
    assert closed == []


async def test_only_the_clocks_of_the_brands_that_are_asked_for_are_looked_at(
    core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def seen(zone: ZoneInfo, first: int, until: int) -> dict[int, int]:
        looked.append(zone.key)
        return clock.changes(zone, first, until)

    monkeypatch.setattr(checkpoint, "changes", seen)
    async with core.database.unit_of_work() as session:
        house = (await session.get_one(Brand, cast.brand_id)).organisation_id
        for n, zone in enumerate(("Europe/Madrid", "Europe/Madrid", "Asia/Tokyo")):
            brand = Brand(name=f"Brand {n}", slug=f"brand-{n}", organisation_id=house, time_zone=zone)
            session.add(brand)
            await session.flush()
            session.add(
                Monitor(brand_id=brand.id, name=f"monitor {n}", query="renfe", created_at=core.clock.now())
            )
        await session.flush()
        monitors = (await session.scalars(select(Monitor).order_by(Monitor.id))).all()
        until = minute_of(core.clock.now())
        turns = await turns_in(session, monitors[1:3], until - 366 * 1440, until)
    assert looked == ["Europe/Madrid"]
    assert {tuple(hours) for hours in turns.values()} == {(1,) * 2 * EACH, (-1,) * 2 * EACH}
