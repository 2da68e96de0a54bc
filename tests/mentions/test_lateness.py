"""What reaches us late counts where it was published, unless its source is always late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kit.core import Core
from mentions.intake.source_health import note_health
from mentions.item import items_of
from mentions.lateness import heard_at, learn, usual_of
from mentions.waiting.batch import Batch
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_source

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "usual", "late"),
    [
        (timedelta(seconds=119), None, False),
        (timedelta(minutes=3), None, True),
        (timedelta(minutes=3), timedelta(seconds=10), True),
        (timedelta(minutes=29), timedelta(minutes=15), False),
        (timedelta(hours=9), timedelta(hours=5), False),
        (timedelta(hours=11), timedelta(hours=5), True),
        (timedelta(days=900), None, True),
        (timedelta(hours=-3), None, False),  # a clock that runs ahead
        (timedelta(days=20_000), None, False),  # one that does not run
    ],
)
def test_what_is_late(ago: timedelta, usual: timedelta | None, late: bool) -> None:
    assert heard_at(NOW - ago, NOW, usual) == (NOW - ago if late else NOW)


def test_a_transport_that_tells_its_time_is_believed() -> None:
    known = draft(at=NOW - timedelta(hours=2), arrived_at=NOW - timedelta(hours=1))
    (item,), _ = items_of([Batch(1, NOW, (known,))])
    assert item.arrived_at == NOW - timedelta(hours=1)


async def test_a_source_has_to_be_late_for_hours_to_be_usually_late(core: Core, clock: MovableClock) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
        for hour in range(30):
            now = NOW + timedelta(hours=hour)
            lag = timedelta(hours=5) if hour not in (20, 21) else timedelta(days=2)
            await learn(session, [(source.id, now - lag, now)] * 3)
            await learn(session, [(source.id, now - lag, now)])
            usual = await usual_of(session, [source.id])
            assert usual == ({source.id: timedelta(hours=5)} if hour >= 5 else {})


@pytest.mark.parametrize(
    ("lags", "every", "usual"),
    [
        ([0.5, 1, 2, 3, 4, 5, 5.5], 6, 0.5),  # a push of what was gathered
        ([2, 3, 4, 5, 6, 7], 6, 2),  # the same, two hours late
        ([12], 168, 12),  # a newsletter
        ([1, 3, 5], 0.1, 2.95),  # a search that finds some things soon, and most hours later
    ],
)
async def test_what_a_source_gathered_is_no_delay(
    core: Core, lags: list[float], every: float, usual: float
) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
        for batch in range(70):
            now = NOW + batch * timedelta(hours=every)
            await learn(session, [(source.id, now - timedelta(hours=lag), now) for lag in lags])
            await note_health(session, [Batch(source.id, now, ())], [], {source.id: 1}, [])
        assert await usual_of(session, [source.id]) == {source.id: timedelta(hours=usual)}
