"""How many times the usual is expected in each minute, because of what was announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select

from alerts.campaigns.campaign import Campaign
from kit.db import ReadSession
from mentions.counts import minute_of
from mentions.monitor import Monitor

FADES = 120
"""Minutes after the end of a campaign until nothing more of it is expected: people go on talking."""


class Window(NamedTuple):
    """Minutes since 1970 from `start` until before `end`, with `lift` times the usual."""

    start: int
    end: int
    lift: float


def lifts(windows: Sequence[Window], first: int, until: int) -> NDArray[np.float64]:
    """[minute]: the lift in each minute from `first` until before `until`, at least 1.

    What several bring is added: 3 times and 2 times the usual are 4 times. After the end a lift falls back to
    1 along a line within FADES minutes.
    """
    clock = np.arange(first, until)
    total = np.ones(len(clock))
    for window in windows:
        left = np.clip((window.end + FADES - clock) / FADES, 0.0, 1.0)
        total += np.where(clock >= window.start, (window.lift - 1.0) * left, 0.0)
    return total


async def campaigns_of(
    session: ReadSession, monitor: Monitor, since_minute: int, until_minute: int
) -> Sequence[Campaign]:
    """The campaigns that touch these minutes of a monitor, or have just ended, the earliest first."""
    found = await _between(session, [monitor], since_minute, until_minute)
    return [row for row in found if row.monitor_id in (None, monitor.id)]


def touching(campaigns: Sequence[Campaign], since_minute: int, until_minute: int) -> list[Campaign]:
    """Those of them that touch these minutes, or have just ended."""
    return [
        row
        for row in campaigns
        if row.ends_at > _moment(since_minute) - timedelta(minutes=FADES)
        and row.starts_at < _moment(until_minute)
    ]


async def lift_of(
    session: ReadSession, monitors: Sequence[Monitor], first: int, until: int
) -> NDArray[np.float64] | None:
    """[monitor, minute]: the lift of each; None where nothing is announced for any of them."""
    found = await _between(session, monitors, first, until)
    if not found:
        return None
    table = np.ones((len(monitors), until - first))
    for place, monitor in enumerate(monitors):
        own = [row for row in found if row.brand_id == monitor.brand_id]
        windows = [_window(row) for row in own if row.monitor_id in (None, monitor.id)]
        if windows:
            table[place] = lifts(windows, first, until)
    return table


async def _between(
    session: ReadSession, monitors: Sequence[Monitor], first: int, until: int
) -> Sequence[Campaign]:
    row = Campaign
    query = (
        select(row)
        .where(row.brand_id.in_({monitor.brand_id for monitor in monitors}))
        .where(or_(row.monitor_id.is_(None), row.monitor_id.in_([monitor.id for monitor in monitors])))
        .where(row.ends_at > _moment(first) - timedelta(minutes=FADES), row.starts_at < _moment(until))
        .order_by(row.starts_at, row.id)
    )
    return (await session.scalars(query)).all()


def _window(row: Campaign) -> Window:
    return Window(minute_of(row.starts_at), minute_of(row.ends_at), row.lift)


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)
