"""One look at one monitor: now, or again from what a claim says that it went by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.arrivals.claims import Arrival, Looked, enough, gravest
from alerts.arrivals.reading import Names, past_of, said_in, stories_in
from alerts.arrivals.said import Past
from alerts.detection.settings import Settings
from kit.db import ReadSession
from mentions.counting.counts import minute_of


@dataclass(frozen=True)
class Window:
    """What a look goes by; it ends with `until`."""

    until: datetime
    last_id: int
    names: Names
    campaign: bool
    """Something is announced for it."""
    settings: Settings

    def told(self) -> dict[str, Any]:
        """As evidence holds it, ready for JSON; `again` reads it."""
        return {
            "until": self.until.isoformat(),
            "last_id": self.last_id,
            "left_out": sorted(self.names.words),
            "stems": list(self.names.stems),
            "campaign": self.campaign,
        }


Usual = Callable[[ReadSession, int, Window], Awaitable[Past]]


async def look_at(session: ReadSession, monitor_id: int, window: Window, usual: Usual) -> Arrival | None:
    """What arrives at a monitor. The past is asked for only where enough accounts say or copy the same."""
    said = await said_in(session, monitor_id, window.names, window.until, window.last_id)
    stories = await stories_in(session, monitor_id, window.until, window.last_id)
    if not enough(said, stories, window.settings):
        return None
    past = await usual(session, monitor_id, window)
    minute = minute_of(window.until)
    looked = Looked(minute, said, stories, past, window.settings, window.campaign)
    found = await asyncio.to_thread(gravest, looked)
    if found is None:
        return None
    return replace(found, evidence={**found.evidence, "window": window.told(), "past": past.told()})


async def look_again(session: ReadSession, monitor_id: int, claimed: Mapping[str, Any]) -> Arrival | None:
    """The same from what is stored now; `claimed`: the evidence of an alert."""
    told, past = claimed["window"], claimed["past"]

    async def as_then(session: ReadSession, monitor_id: int, window: Window) -> Past:
        return await past_of(session, monitor_id, window.names, past["until"], past["last_id"])

    names = Names(frozenset(told["left_out"]), tuple(told["stems"]))
    until, settings = datetime.fromisoformat(told["until"]), Settings(**claimed["thresholds"])
    window = Window(until, told["last_id"], names, told["campaign"], settings)
    return await look_at(session, monitor_id, window, as_then)
