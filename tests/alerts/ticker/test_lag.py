"""How late alerts are, for the house and for each source that brought what they are about."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.alert import Alert
from alerts.ticker.lag import alerted_lag, by_source
from kit.core import Core
from tests.mentions.makers import draft, make_all, make_source, put


async def opened(core: Core, brand_id: int, monitor_id: int | None, *, since: datetime, after: float) -> None:
    async with core.database.unit_of_work() as session:
        session.add(
            Alert(
                brand_id=brand_id,
                monitor_id=monitor_id,
                signal="volume",
                level="red",
                title="t",
                evidence={},
                since=since,
                opened_at=since + timedelta(seconds=after),
                ended_at=since + timedelta(hours=1),
            )
        )


async def test_each_source_by_its_first_mention_of_what_the_alert_is_about(core: Core) -> None:
    brand, monitor, quick = await make_all(core)
    async with core.database.unit_of_work() as session:
        slow, silent = await make_source(session, "slow"), await make_source(session, "silent")
    now = core.clock.now()
    before = now - timedelta(days=2)
    for since, first, second in ((before, 10, 70), (now, 20, 100)):
        said = [
            (quick, first), (quick, first + 5), (slow, second), (silent, -30), (silent, 500),
        ]  # fmt: skip
        for source, seconds in said:
            at = since + timedelta(seconds=seconds)
            await put(core, source, replace(draft(at=at), arrived_at=at), arrived_at=at)
        await opened(core, brand.id, monitor.id, since=since, after=120)
    await opened(core, brand.id, None, since=now, after=10)
    week = timedelta(days=7)
    async with core.database.read() as session:
        assert await alerted_lag(session, now - week) == 120
        assert await by_source(session, now - week) == {quick.id: 105.0, slow.id: 35.0}
        assert await by_source(session, now - timedelta(minutes=1)) == {quick.id: 100.0, slow.id: 20.0}
        assert await by_source(session, now + week) == {}
