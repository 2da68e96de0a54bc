"""The line of a brand's minutes: who was cut off is told what was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kit.core import Core
from mentions.intake.store import enabled_monitors, store
from mentions.waiting.batch import Batch
from tests.api.socket import socket
from tests.clock import MovableClock
from tests.mentions.makers import draft, scorer
from tests.web.cast import Cast

SIGNAL = """subscription ($since: DateTime) {
  signal(brandId: "1", since: $since) { minute volume }
}"""


async def heard(core: Core, *texts: str) -> None:
    async with core.database.unit_of_work() as session:
        now, monitors = core.clock.now(), await enabled_monitors(session)
        drafts = tuple(draft(text, at=now) for text in texts)
        await store(session, [Batch(1, now, drafts)], scorer=scorer(), monitors=monitors)


async def first(cast: Cast, since: datetime | None) -> dict[str, Any]:
    """What is told first; `since` as the client would give it."""
    async with socket(cast, "helen") as helen:
        given = since.isoformat() if since else None
        await helen.subscribe(SIGNAL, since=given)
        return dict((await helen.hear())["payload"])


async def newest(cast: Cast) -> int:
    """Mentions of the first brand in the last minute that is told."""
    return int((await first(cast, None))["data"]["signal"][-1]["volume"])


async def test_all_minutes_since_the_last_known_one_come_first(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    known = core.clock.now().replace(second=0, microsecond=0)
    clock.forward(minutes=10)
    await heard(core, "Almadía adrift", "@almadiaferries where are you")
    clock.forward(minutes=10)
    points = (await first(cast, known))["data"]["signal"]
    counted = {datetime.fromisoformat(point["minute"]): point["volume"] for point in points}
    assert counted[known + timedelta(minutes=10)] == 2
    assert sum(counted.values()) == 2
    assert sorted(counted) == [known + timedelta(minutes=number) for number in range(-3, 20)]


async def test_a_minute_is_told_when_it_has_ended(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    clock.forward(seconds=20)
    await heard(core, "Almadía adrift")
    assert await newest(cast) == 0, "as if it were over"
    clock.forward(minutes=1)
    assert await newest(cast) == 1


async def test_without_a_last_minute_three_come_and_never_more_than_a_day(core: Core) -> None:
    cast = await Cast.assemble(core)
    assert len((await first(cast, None))["data"]["signal"]) == 3
    now = core.clock.now()
    assert len((await first(cast, now + timedelta(days=400)))["data"]["signal"]) == 3
    assert len((await first(cast, now - timedelta(days=400)))["data"]["signal"]) == 24 * 60
    async with socket(cast, "helen") as helen:
        await helen.subscribe(SIGNAL, since="2026-03-10T02:00:00")
        refused = await helen.hear()
    assert refused["type"] == "error"
    assert "UTC offset" in refused["payload"][0]["message"]
