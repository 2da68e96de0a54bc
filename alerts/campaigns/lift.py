"""What is expected beyond the usual in each minute: because of campaigns, and because it is a holiday."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import select

from alerts.campaigns.campaign import HOLIDAY, Campaign
from alerts.campaigns.observed import Day, observed_by
from alerts.detection.lift import Lift
from kit.db import ReadSession
from mentions.counting.counts import minute_of, moment_of
from mentions.monitor import Monitor

FADES = 120
"""Minutes after the end of a campaign until nothing more of it is expected: people go on talking."""


class Window(NamedTuple):
    """Minutes since 1970 from `start` until before `end`, with `lift` times the usual; `wide`: a holiday."""

    start: int
    end: int
    lift: float
    wide: bool = False


def lifts(windows: Sequence[Window], first: int, until: int) -> Lift:
    """[minute]: what is expected in each minute from `first` on until before `until`.

    What several campaigns bring is added: 3 times and 2 times the usual are 4 times. A day that is a holiday
    in two calendars is one. After the end all of it falls back along a line within FADES minutes.
    """
    clock = np.arange(first, until)
    total, of_holiday, wide = np.ones(len(clock)), np.zeros(len(clock)), np.zeros(len(clock))
    for window in windows:
        left = np.where(clock >= window.start, np.clip((window.end + FADES - clock) / FADES, 0.0, 1.0), 0.0)
        if window.wide:
            of_holiday = np.maximum(of_holiday, (window.lift - 1.0) * left)
            wide = np.maximum(wide, left)
        else:
            total += (window.lift - 1.0) * left
    return Lift(total + of_holiday, wide)


async def campaigns_of(
    session: ReadSession, monitor: Monitor, since_minute: int, until_minute: int
) -> Sequence[Campaign]:
    """The campaigns that touch these minutes of a monitor, or have just ended, the earliest first."""
    found = await _between(session, [monitor], since_minute, until_minute)
    return [row for row in found if row.kind != HOLIDAY and row.monitor_id in (None, monitor.id)]


def touching(campaigns: Sequence[Campaign], since_minute: int, until_minute: int) -> list[Campaign]:
    """Those of them that touch these minutes, or have just ended."""
    return [
        row
        for row in campaigns
        if row.ends_at > moment_of(since_minute - FADES) and row.starts_at < moment_of(until_minute)
    ]


async def holidays_of(
    session: ReadSession, monitor: Monitor, since_minute: int, until_minute: int
) -> Sequence[Day]:
    """The holidays that touch these minutes of a monitor, or have just ended; its own days come last."""
    announced = await _between(session, [monitor], since_minute, until_minute)
    public = await _public(session, [monitor], since_minute, until_minute)
    own = [
        Day(row.title, row.starts_at, row.ends_at, row.lift)
        for row in announced
        if row.kind == HOLIDAY and row.monitor_id in (None, monitor.id)
    ]
    return [*public.get(monitor.id, ()), *own]


async def next_holidays(session: ReadSession, monitor: Monitor, now: datetime, most: int = 5) -> list[Day]:
    """Those of today and of the year to come, the earliest first, at most so many."""
    today = minute_of(now)
    found = await holidays_of(session, monitor, today, today + 366 * 1440)
    return sorted((day for day in found if day.ends_at > now), key=lambda day: day.starts_at)[:most]


async def lift_of(session: ReadSession, monitors: Sequence[Monitor], first: int, until: int) -> Lift | None:
    """[monitor, minute]: what is expected of each; None where it is the usual for all of them."""
    announced = await _between(session, monitors, first, until)
    public = await _public(session, monitors, first, until)
    if not announced and not public:
        return None
    table = Lift.none(len(monitors), until - first)
    for place, monitor in enumerate(monitors):
        own = [row for row in announced if row.brand_id == monitor.brand_id]
        windows = [_window(row) for row in own if row.monitor_id in (None, monitor.id)]
        windows += [_holiday(day) for day in public.get(monitor.id, ())]
        if windows:
            table.times[place], table.wide[place] = lifts(windows, first, until)
    return table


async def _between(
    session: ReadSession, monitors: Sequence[Monitor], first: int, until: int
) -> Sequence[Campaign]:
    """Those of their brands, also of other monitors."""
    row = Campaign
    query = (
        select(row)
        .where(row.brand_id.in_({monitor.brand_id for monitor in monitors}))
        .where(row.ends_at > moment_of(first - FADES), row.starts_at < moment_of(until))
        .order_by(row.starts_at, row.id)
    )
    return (await session.scalars(query)).all()


async def _public(
    session: ReadSession, monitors: Sequence[Monitor], first: int, until: int
) -> Mapping[int, Sequence[Day]]:
    """The public holidays that touch these minutes, by monitor id."""
    observed = await observed_by(session, monitors)
    if not observed:
        return {}
    since, end, calendars = moment_of(first - FADES), moment_of(until), set(observed.values())
    days = await asyncio.to_thread(  # a country's calendar is loaded and computed for a year: 0.3 s
        lambda: {calendar: calendar.days(since, end) for calendar in calendars}
    )
    return {monitor_id: days[calendar] for monitor_id, calendar in observed.items() if days[calendar]}


def _window(row: Campaign) -> Window:
    return Window(minute_of(row.starts_at), minute_of(row.ends_at), row.lift, row.kind == HOLIDAY)


def _holiday(day: Day) -> Window:
    return Window(minute_of(day.starts_at), minute_of(day.ends_at), day.lift, wide=True)
