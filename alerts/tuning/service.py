"""Looking at a monitor's detector and changing it. Nothing here changes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from alerts.campaigns.public import checked_regions
from alerts.detection.settings import CURRENT, Settings, Threshold
from alerts.tuning.chosen import DetectorSetting, followed, unset
from alerts.tuning.numbers import (
    NUMBERS,
    checked_alarms,
    checked_numbers,
    checked_persistence,
    checked_preset,
    settings_of,
)
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict
from kit.events import Event
from mentions.monitor import Monitor
from mentions.monitors import get_monitor
from people.permissions import Viewer, require_responder
from people.telling import tell

CHANGED = "monitor.detector"


@dataclass(frozen=True)
class Wish:
    """What somebody wants a detector to be set to. Numbers that are not given are the preset's."""

    preset: str = "balanced"
    numbers: Mapping[str, float] | None = None
    persist_minutes: int = 0
    alarms_a_week: float | None = None

    def checked(self) -> dict[str, Any]:
        """The columns' values; Invalid names what makes no sense."""
        preset = checked_preset(self.preset)
        return {
            "preset": preset,
            "edited": checked_numbers(preset, self.numbers or {}),
            "persist_minutes": checked_persistence(self.persist_minutes),
            "alarms_a_week": checked_alarms(self.alarms_a_week),
        }

    def settings(self) -> Settings:
        """What would follow for one monitor; Invalid as in `checked`."""
        return settings_of(**self.checked())


def beside(
    row: DetectorSetting,
    preset: str,
    numbers: Mapping[str, float],
    persist_minutes: int | None = None,
    alarms_a_week: float | None = None,
) -> Settings:
    """Settings to try beside those of `row`: a preset, or CURRENT for what `row` has, with what differs.

    Invalid as in `Wish.checked`.
    """
    if preset == CURRENT:
        preset, numbers = row.preset, {**row.edited, **numbers}
        persist_minutes = row.persist_minutes if persist_minutes is None else persist_minutes
        alarms_a_week = row.alarms_a_week if alarms_a_week is None else alarms_a_week
    return Wish(preset, numbers, persist_minutes or 0, alarms_a_week).settings()


async def get_setting(session: ReadSession, viewer: Viewer, monitor_id: int) -> DetectorSetting:
    """What a monitor's detector is set to; NotFound when there is no such monitor. Forbidden to partners."""
    await get_monitor(session, viewer, monitor_id)
    return await session.get(DetectorSetting, monitor_id) or unset(monitor_id)


async def set_detector(
    session: WriteSession, viewer: Viewer, monitor_id: int, wish: Wish, *, seen: int, now: datetime
) -> DetectorSetting:
    """Set a monitor's detector; it holds from the next tick on, and open alerts go on.

    seen: the version that the person had before them; Conflict when somebody changed it meanwhile.
    """
    return await _set(session, viewer, monitor_id, wish.checked(), seen, now)


async def set_holidays(
    session: WriteSession,
    viewer: Viewer,
    monitor_id: int,
    regions: Sequence[str] | None,
    *,
    seen: int,
    now: datetime,
) -> DetectorSetting:
    """Set whose public holidays a monitor's audience has; None: its brand's. The rest as `set_detector`."""
    values = {"holidays": None if regions is None else checked_regions(regions)}
    return await _set(session, viewer, monitor_id, values, seen, now)


async def _set(
    session: WriteSession,
    viewer: Viewer,
    monitor_id: int,
    values: Mapping[str, Any],
    seen: int,
    now: datetime,
) -> DetectorSetting:
    require_responder(viewer)
    monitor = await get_monitor(session, viewer, monitor_id)
    row = await _to_edit(session, monitor_id)
    if row.version != seen:
        raise Conflict("Somebody has set this detector meanwhile. Look at it again, then decide.")
    _bring(session, viewer, monitor, row, values, now)
    return row


async def put_holidays(
    session: WriteSession, monitor: Monitor, regions: Sequence[str], *, now: datetime
) -> None:
    """As a set-up file says."""
    row = await _to_edit(session, monitor.id)
    _bring(session, None, monitor, row, {"holidays": checked_regions(regions)}, now)


def _bring(
    session: WriteSession,
    viewer: Viewer | None,
    monitor: Monitor,
    row: DetectorSetting,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    before, asked = _told(row), row.alarms_a_week
    for name, value in values.items():
        setattr(row, name, value)
    if row.alarms_a_week != asked:
        row.needed = None  # the next tick tells it
    after = _told(row)
    changes = {
        name: {"before": before[name], "after": value}
        for name, value in after.items()
        if before[name] != value
    }
    if changes:
        row.version += 1
        about = {"brand_id": monitor.brand_id, "monitor_id": monitor.id, "name": monitor.name}
        tell(session, viewer, CHANGED, now=now, **about, changes=changes)


async def _to_edit(session: WriteSession, monitor_id: int) -> DetectorSetting:
    """The monitor's row, locked; one is made where there is none."""
    fresh = insert(DetectorSetting).values(
        monitor_id=monitor_id, preset="balanced", edited={}, persist_minutes=0, version=0
    )
    await session.execute(fresh.on_conflict_do_nothing())
    return await session.get_one(DetectorSetting, monitor_id, with_for_update=True)


def _told(row: DetectorSetting) -> dict[str, Any]:
    """The whole setting as people read it, each number with its name."""
    settings = followed(row)
    return {
        "preset": row.preset,
        **{name: _written(getattr(settings, name)) for name in NUMBERS},
        "persist_minutes": f"{row.persist_minutes}",
        "alarms_a_week": "" if row.alarms_a_week is None else _written(row.alarms_a_week),
        "holidays": "" if row.holidays is None else ", ".join(row.holidays) or "–",
    }


def _written(number: Threshold) -> str:
    """Short for people, and to the digit."""
    return f"{number:.15g}"


async def settings_since(
    session: ReadSession, monitor_id: int, since: datetime
) -> list[tuple[datetime | None, Settings]]:
    """What a monitor's detector was set to at that time (None), and from when to what since, in order."""
    row = await session.get(DetectorSetting, monitor_id) or unset(monitor_id)
    changes = await session.execute(
        select(Event.at, Event.data["changes"])
        .where(Event.kind == CHANGED, Event.at > since)
        .where(Event.data["monitor_id"].as_integer() == monitor_id)
        .order_by(Event.seq.desc())
    )
    settings, told, steps = followed(row), _told(row), []
    for at, changed in changes:
        steps.append((at, settings))
        told |= {name: one["before"] for name, one in changed.items()}
        settings = _read(told)
    return [(None, settings), *reversed(steps)]


def _read(told: Mapping[str, str]) -> Settings:
    """What `_told` has written."""
    numbers = {name: float(told[name]) for name in NUMBERS}
    alarms = float(told["alarms_a_week"]) if told["alarms_a_week"] else None
    return settings_of(told["preset"], numbers, int(told["persist_minutes"]), alarms)
