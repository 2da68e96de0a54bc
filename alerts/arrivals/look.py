"""The look over all monitors: at each in whose last hour enough was said, whenever more was.

One worker looks at a time. It keeps what is usual of a monitor for an hour, and nothing that could not be
read again: another one that takes over finds the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from alerts.arrivals.arrival import ArrivalSeen
from alerts.arrivals.claims import WINDOW_MINUTES, Arrival
from alerts.arrivals.reading import Names, last_id, names_of, past_hour, past_of
from alerts.arrivals.said import Past
from alerts.arrivals.window import Window, look_at
from alerts.arrivals.words import FEWEST
from alerts.campaigns.lift import campaigns_of, holidays_of
from alerts.tuning.chosen import DetectorSetting, followed, unset
from kit import locks
from kit.core import Core
from kit.db import ReadSession, WriteSession
from mentions.counting.counts import minute_of
from mentions.monitor import MinuteCount, Monitor
from people.organisations import Brand

log = structlog.get_logger(__name__)

LONGEST = 2.0
"""Seconds after which a look stops: what is left comes next, that first which has waited longest."""
MOST_AT_ONCE = 50
"""Monitors in one look."""
MOST_PASTS = 200
"""Monitors of which the past is kept in memory: some thousand words each."""


class Heard(NamedTuple):
    """How much of a monitor there is in the window: when that is as it was, nothing new came."""

    independent: int
    copies: int
    newest: int


class Usuals:
    """What is usual of the monitors that were asked for last: read once an hour."""

    def __init__(self) -> None:
        self._pasts: OrderedDict[tuple[int, int, Names], Past] = OrderedDict()

    async def past(self, session: ReadSession, monitor_id: int, window: Window) -> Past:
        """Of a monitor, for this window."""
        key = monitor_id, past_hour(window.until), window.names
        if key not in self._pasts:
            self._pasts[key] = await past_of(session, monitor_id, window.names, key[1], window.last_id)
        self._pasts.move_to_end(key)
        while len(self._pasts) > MOST_PASTS:
            self._pasts.popitem(last=False)
        return self._pasts[key]


class Arrivals:
    """What one process remembers between its looks."""

    def __init__(self) -> None:
        self._heard: dict[int, Heard] = {}
        self._usual = Usuals()

    async def look(self, core: Core) -> int:
        """Look at the monitors that are due; returns at how many something arrives."""
        async with core.database.unit_of_work() as session:
            if not await locks.is_alone(session, locks.LISTENING_FOR_ARRIVALS):
                return 0
            now = core.clock.now()
            heard = await _heard(session, minute_of(now))
            self._heard = {key: self._heard[key] for key in self._heard if key in heard}
            began, found = monotonic(), 0
            for monitor in await self._due(session, heard):
                found += await self._spared(session, monitor, now)
                self._heard[monitor.id] = heard[monitor.id]
                if monotonic() - began > LONGEST:
                    break
            return found

    async def _due(self, session: ReadSession, heard: Mapping[int, Heard]) -> Sequence[Monitor]:
        """The monitors of which something was said since they were looked at, longest ago first."""
        fresh = [key for key in heard if self._heard.get(key) != heard[key]]
        waited = sorted(fresh, key=lambda key: (self._heard[key].newest if key in self._heard else 0, key))
        waited = waited[:MOST_AT_ONCE]
        query = select(Monitor).where(Monitor.id.in_(waited), Monitor.enabled)
        monitors = (await session.scalars(query)).all() if waited else []
        return sorted(monitors, key=lambda monitor: waited.index(monitor.id))

    async def _spared(self, session: WriteSession, monitor: Monitor, now: datetime) -> bool:
        """Whether something arrives at a monitor; one that cannot be looked at stops no other."""
        try:
            async with session.begin_nested():
                window = await window_at(session, monitor, now)
                found = await look_at(session, monitor.id, window, self._usual.past)
                if found is not None:
                    await _note(session, monitor.id, found)
                return found is not None
        except Exception:
            log.exception("arrivals.not_looked_at", monitor=monitor.id)
            return False


async def _heard(session: ReadSession, minute: int) -> dict[int, Heard]:
    """The monitors with enough in the window that a few accounts may have said it."""
    row = MinuteCount
    counted = func.sum(row.independent), func.sum(row.copies), func.max(row.minute)
    query = (
        select(row.monitor_id, *counted)
        .where(row.minute > minute - WINDOW_MINUTES, row.minute <= minute)
        .group_by(row.monitor_id)
        .having(or_(counted[0] >= FEWEST, counted[1] >= FEWEST))
    )
    return {key: Heard(*(int(one) for one in numbers)) for key, *numbers in await session.execute(query)}


async def window_at(session: ReadSession, monitor: Monitor, now: datetime) -> Window:
    """What a look at a monitor goes by now."""
    minute = minute_of(now)
    campaigns = await campaigns_of(session, monitor, minute + 1 - WINDOW_MINUTES, minute + 1)
    holidays = await holidays_of(session, monitor, minute + 1 - WINDOW_MINUTES, minute + 1)
    titles = [*(row.title for row in campaigns), *(day.name for day in holidays)]
    names = names_of(monitor, await session.get_one(Brand, monitor.brand_id), titles)
    row = await session.get(DetectorSetting, monitor.id) or unset(monitor.id)
    return Window(now, await last_id(session), names, bool(campaigns), followed(row))


async def _note(session: WriteSession, monitor_id: int, found: Arrival) -> None:
    """In place of what was found before."""
    values = {
        "signal": found.signal,
        "minute": found.minute,
        "evidence": found.evidence,
        "inputs": asdict(found.inputs),
    }
    fresh = insert(ArrivalSeen).values(monitor_id=monitor_id, **values)
    await session.execute(fresh.on_conflict_do_update(index_elements=[ArrivalSeen.monitor_id], set_=values))
