"""Which public holidays the audience of a monitor observes: as was set for it, or for its brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from alerts.campaigns.public import LIFT, days_between
from alerts.tuning.chosen import DetectorSetting
from kit.db import ReadSession
from mentions.monitor import Monitor
from people.organisations import Brand
from people.rota.wall import midnight


class Day(NamedTuple):
    """A holiday, from its first instant to its end, with how many times the usual is expected."""

    name: str
    starts_at: datetime
    ends_at: datetime
    lift: float = LIFT

    @property
    def told(self) -> dict[str, Any]:
        """As an alert's evidence keeps it."""
        times = {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}
        return {"title": self.name, "lift": self.lift, **times}


class Observed(NamedTuple):
    """The regions whose public holidays an audience has, and the zone of its days."""

    regions: tuple[str, ...]
    zone: ZoneInfo

    def days(self, since: datetime, until: datetime) -> list[Day]:
        """Those that touch the time from `since` until before `until`, in order."""
        first, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        found = [
            Day(name, midnight(day, self.zone), midnight(day + timedelta(days=1), self.zone))
            for day, name in days_between(self.regions, first, last).items()
        ]
        return [day for day in found if day.ends_at > since and day.starts_at < until]


async def observed_by(session: ReadSession, monitors: Sequence[Monitor]) -> Mapping[int, Observed]:
    """By monitor id, where there are any."""
    chosen = func.coalesce(DetectorSetting.holidays, Brand.holidays)
    query = (
        select(Monitor.id, chosen, Brand.time_zone)
        .join(Brand, Brand.id == Monitor.brand_id)
        .outerjoin(DetectorSetting, DetectorSetting.monitor_id == Monitor.id)
        .where(Brand.id.in_({monitor.brand_id for monitor in monitors}), func.jsonb_array_length(chosen) > 0)
    )
    asked = {monitor.id for monitor in monitors}
    rows = await session.execute(query)
    return {key: Observed(tuple(regions), ZoneInfo(zone)) for key, regions, zone in rows if key in asked}
