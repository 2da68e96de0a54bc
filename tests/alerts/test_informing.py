"""Alerts that only inform: of a competitor's, an industry's, a topic's monitor."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from alerts.alert import Alert
from alerts.open import open_alert, raise_level
from alerts.page import Escalation
from incident.incident import IncidentAlert
from incident.intake import take_in_alerts
from kit.core import Core
from tests.mentions.makers import make_all


async def opened(core: Core, brand_id: int, *, level: str, pages: bool) -> Alert:
    values: dict[str, Any] = {"brand_id": brand_id, "monitor_id": None, "signal": "volume", "level": level}
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        return await open_alert(
            session, **values, title="Much more", evidence={}, since=now, now=now, pages=pages
        )


async def escalated(core: Core) -> list[int]:
    async with core.database.read() as session:
        return sorted(await session.scalars(select(Escalation.alert_id)))


async def test_it_wakes_nobody_opens_no_incident_and_covers_nothing(core: Core) -> None:
    brand, _, _ = await make_all(core)
    informing = await opened(core, brand.id, level="amber", pages=False)
    async with core.database.unit_of_work() as session:
        alert = await session.get_one(Alert, informing.id)
        await raise_level(session, alert, level="red", title="Far more", evidence={}, now=core.clock.now())
    assert await take_in_alerts(core) == 0
    assert await escalated(core) == []
    paging = await opened(core, brand.id, level="amber", pages=True)
    assert paging.evidence["joined"] is None
    assert await escalated(core) == [paging.id]
    late = await opened(core, brand.id, level="green", pages=False)
    assert late.evidence["joined"] is None
    await take_in_alerts(core)
    async with core.database.read() as session:
        assert list(await session.scalars(select(IncidentAlert.alert_id))) == [paging.id]
