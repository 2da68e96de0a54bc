"""What people chose for a monitor, as a table, and the detector's settings that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from alerts.detection.knob import begun, needed, turned
from alerts.detection.settings import BALANCED, Settings, stacked
from alerts.tuning.numbers import settings_of
from kit.db import Base, ReadSession, WriteSession
from mentions.monitor import Monitor

TOLD = 0.25  # nats


class DetectorSetting(Base):
    """What a monitor's detector is set to. A monitor without a row has the balanced preset."""

    __tablename__ = "detector_setting"
    __table_args__ = (
        CheckConstraint("preset IN ('fewer', 'balanced', 'more')", name="preset"),
        CheckConstraint("persist_minutes >= 0", name="persist_minutes"),
        CheckConstraint("alarms_a_week > 0", name="alarms_a_week"),
    )

    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id), primary_key=True)
    preset: Mapped[str]
    """One of `alerts.detection.settings.PRESETS`."""
    edited: Mapped[dict[str, Any]]
    """The numbers that differ from the preset's, by name (`alerts.tuning.numbers.NUMBERS`)."""
    persist_minutes: Mapped[int] = mapped_column(default=0)
    alarms_a_week: Mapped[float | None]
    """How many alarms a week are asked for; null: the numbers stand as they are."""
    needed: Mapped[float | None]
    """The score that the alarms asked for have led to, nats; the ticker writes it for people to see."""
    holidays: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The regions whose public holidays its audience has (`alerts.campaigns.public`); null: the brand's."""
    version: Mapped[int] = mapped_column(default=1)


def unset(monitor_id: int) -> DetectorSetting:
    """What holds for a monitor that nobody has set anything for; version 0, not stored."""
    return DetectorSetting(monitor_id=monitor_id, preset="balanced", edited={}, persist_minutes=0, version=0)


def followed(row: DetectorSetting) -> Settings:
    """The settings of one monitor."""
    return settings_of(row.preset, row.edited, row.persist_minutes, row.alarms_a_week)


def in_force(row: DetectorSetting) -> Settings | None:
    """What the alarms asked for a week have made of them by now; None where none are asked for."""
    if row.alarms_a_week is None:
        return None
    knob = np.nan if row.needed is None else row.needed / begun(np.array([row.alarms_a_week]))
    return turned(followed(row), np.atleast_1d(knob))


async def note_needed(session: WriteSession, knobs: Mapping[int, float]) -> None:
    """Let people see where the knobs stand, by monitor id; moves under TOLD nats are not worth a write."""
    rows = await session.scalars(
        select(DetectorSetting).where(
            DetectorSetting.monitor_id.in_(knobs), DetectorSetting.alarms_a_week.is_not(None)
        )
    )
    for row in rows:
        now = float(needed(np.array(row.alarms_a_week), np.array(knobs[row.monitor_id])))
        if row.needed is None or abs(row.needed - now) >= TOLD:
            row.needed = now


async def settings_for(session: ReadSession, monitor_ids: Sequence[int], each: int) -> Settings:
    """Those of these monitors, in their order, for `each` neighbouring series of a monitor."""
    chosen = await settings_each(session, monitor_ids)
    return stacked([chosen[monitor_id] for monitor_id in monitor_ids], each)


async def settings_each(session: ReadSession, monitor_ids: Sequence[int]) -> dict[int, Settings]:
    """Those of each of these monitors, by its id."""
    if not monitor_ids:
        return {}
    query = select(DetectorSetting).where(DetectorSetting.monitor_id == func.any(list(monitor_ids)))
    chosen = {row.monitor_id: followed(row) for row in await session.scalars(query)}
    return {monitor_id: chosen.get(monitor_id, BALANCED) for monitor_id in monitor_ids}
