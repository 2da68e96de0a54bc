"""What is listened to: made and changed by responders, switched by admins, never without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.events import Event
from kit.lines import one_line
from mentions import recount
from mentions.monitor import TYPES, Monitor, Recount
from mentions.query import parse
from people.organisations import Brand
from people.permissions import Viewer, require_admin, require_house, require_responder
from people.telling import tell

MAX_NAME = 100
HISTORY = 50
DAYS = 14
KINDS = (
    "monitor.created",
    "monitor.changed",
    "monitor.enabled",
    "monitor.disabled",
    "monitor.recounted",
    "monitor.detector",
)


@dataclass(frozen=True)
class Wish:
    """What somebody wants a monitor to be. `pages` None: as its type does."""

    name: str
    query: str
    type: str = "brand"
    pages: bool | None = None

    def checked(self) -> dict[str, Any]:
        """The columns' values; Invalid names what is wrong."""
        name = one_line(self.name)
        if not 1 <= len(name) <= MAX_NAME:
            raise Invalid("A name has 1 to {} characters.", MAX_NAME, field="name")
        if self.type not in TYPES:
            raise Invalid("type must be one of {}.", ", ".join(TYPES), field="type")
        parse(self.query)
        pages = TYPES[self.type].pages if self.pages is None else self.pages
        return {"name": name, "query": self.query.strip(), "type": self.type, "pages": pages}


async def monitors(session: ReadSession, viewer: Viewer) -> Sequence[Monitor]:
    """All of them by name, also those that are switched off. Forbidden to partners."""
    require_house(viewer)
    return (await session.scalars(select(Monitor).order_by(Monitor.name))).all()


async def get_monitor(session: ReadSession, viewer: Viewer, monitor_id: int) -> Monitor:
    """One monitor; NotFound when there is none. Forbidden to partners."""
    require_house(viewer)
    found = await session.get(Monitor, monitor_id)
    if found is None:
        raise NotFound("There is no such monitor.")
    return found


async def create(
    session: WriteSession, viewer: Viewer, brand_id: int, wish: Wish, *, now: datetime
) -> Monitor:
    """Begin to listen, and have the last fortnight counted as if it had been listened to."""
    require_responder(viewer)
    if await session.get(Brand, brand_id) is None:
        raise NotFound("There is no such brand.")
    monitor = Monitor(brand_id=brand_id, created_at=now, enabled=True, **wish.checked())
    session.add(monitor)
    await _flush(session, monitor.name)
    await recount.ask_for(session, monitor, [], now)
    _tell(session, "monitor.created", viewer, monitor, now, query=monitor.query)
    return monitor


async def edit(
    session: WriteSession,
    viewer: Viewer,
    monitor_id: int,
    wish: Wish,
    *,
    seen: str | None = None,
    count_past: bool = False,
    now: datetime,
) -> Monitor:
    """Change it. A new query counts from now on, and for the last fortnight too when `count_past`.

    `seen` is the query that the person had before them: Conflict when somebody changed it meanwhile.
    """
    require_responder(viewer)
    monitor = await get_monitor(session, viewer, monitor_id)
    await session.refresh(monitor, with_for_update=True)
    if seen is not None and seen != monitor.query:
        raise Conflict("Somebody has changed this query meanwhile. It is now: {}", monitor.query)
    values = wish.checked()
    changes = {
        name: {"before": getattr(monitor, name), "after": value}
        for name, value in values.items()
        if getattr(monitor, name) != value
    }
    if not changes:
        return monitor
    before = monitor.query
    for name, change in changes.items():
        setattr(monitor, name, change["after"])
    await _flush(session, monitor.name)
    if "query" in changes and count_past:
        await recount.ask_for(session, monitor, [before], now)
    _tell(session, "monitor.changed", viewer, monitor, now, changes=changes)
    return monitor


async def switch(
    session: WriteSession, viewer: Viewer, monitor_id: int, *, enabled: bool, now: datetime
) -> Monitor:
    """Switch it on or off. What it found stays: alerts and incidents speak of it.

    Switched on, it has the last fortnight counted: what was said while it was off is no silence.
    """
    require_admin(viewer)
    monitor = await get_monitor(session, viewer, monitor_id)
    await session.refresh(monitor, with_for_update=True)
    if monitor.enabled != enabled:
        monitor.enabled = enabled
        if enabled:
            await recount.ask_for(session, monitor, [], now)
        _tell(session, "monitor.enabled" if enabled else "monitor.disabled", viewer, monitor, now)
    return monitor


async def is_recounting(session: ReadSession, monitor_id: int) -> bool:
    """Whether its past is still being counted."""
    return await session.get(Recount, monitor_id) is not None


_DAILY = text("""
    SELECT monitor_id, CAST(to_timestamp(minute * 60) AT TIME ZONE :zone AS date), CAST(sum(volume) AS bigint)
    FROM minute_count WHERE monitor_id = ANY(:monitors) AND minute >= :first
    GROUP BY 1, 2""")


async def daily(
    session: ReadSession, monitor_ids: Sequence[int], *, zone: ZoneInfo, now: datetime
) -> dict[int, list[int]]:
    """Mentions counted on each of the last DAYS days of this zone, the running one last."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    first = int(datetime.combine(days[0], time(), zone).timestamp()) // 60
    values = {"zone": zone.key, "monitors": list(monitor_ids), "first": first}
    rows = await session.execute(_DAILY, values)
    counted = {(monitor_id, day): volume for monitor_id, day, volume in rows}
    return {number: [counted.get((number, day), 0) for day in days] for number in monitor_ids}


async def history(session: ReadSession, viewer: Viewer, monitor_id: int) -> Sequence[Event]:
    """What was done to it, newest first, at most 50."""
    require_house(viewer)
    query = select(Event).where(Event.kind.in_(KINDS), Event.data["monitor_id"].as_integer() == monitor_id)
    return (await session.scalars(query.order_by(Event.seq.desc()).limit(HISTORY))).all()


async def _flush(session: WriteSession, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise Invalid("There is a monitor {!r} already.", name, field="name") from error


def _tell(
    session: WriteSession, kind: str, viewer: Viewer, monitor: Monitor, now: datetime, **data: Any
) -> None:
    about = {"brand_id": monitor.brand_id, "monitor_id": monitor.id, "name": monitor.name}
    tell(session, viewer, kind, now=now, **about, **data)
