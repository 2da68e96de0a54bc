"""What a monitor's detector needs before it raises an alert: to see, and to set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from alerts.campaigns import lift
from alerts.detection.settings import PRESETS, Settings
from alerts.judging.remembered import Remembered
from alerts.tuning import service
from alerts.tuning.chosen import DetectorSetting, followed, in_force
from alerts.tuning.numbers import LEAST_ALARMS, LONGEST_PERSISTENCE, MOST_ALARMS, NUMBERS
from api.context import Info
from api.errors import Problem, change, number
from kit.zones import zone_of
from mentions.monitor import Monitor
from people.organisations import Brand
from people.permissions import require_house


@strawberry.type(description="One of the detector's numbers; docs/detection.md says what each does.")
class DetectorNumber:
    name: str
    value: float = strawberry.field(description="What was set: the preset's, unless it was edited.")
    preset: float
    edited: bool
    now: float = strawberry.field(
        description="What is needed now: another than `value` only while alarms a week are asked for."
    )
    least: float
    most: float
    whole: bool


@strawberry.type(description="A day on which more is expected, and the audience may keep other hours.")
class NextHoliday:
    title: str
    day: date = strawberry.field(description="By the clocks of the audience.")
    lift: float = strawberry.field(description="How many times the usual is expected.")


@strawberry.type(description="After an alert a new one of the same signal needs more for a while.")
class Rest:
    signal: str
    until: datetime


@strawberry.type(description="What a monitor's detector needs before it raises an alert.")
class Detector:
    monitor_id: strawberry.ID
    preset: str = strawberry.field(description="fewer, balanced or more.")
    persist_minutes: int = strawberry.field(
        description="How long all that is needed must have held before an alert opens; 0: it opens at once."
    )
    alarms_a_week: float | None = strawberry.field(
        description="Asked for, of all signals together: score, ratio and floor then move by themselves. "
        "Null: the numbers stand as they were set."
    )
    version: int
    numbers: list[DetectorNumber]
    holidays: list[str] | None = strawberry.field(
        description="The countries and regions whose public holidays its audience has, such as ES-CT. Null: "
        "those of its brand."
    )

    @strawberry.field(description="What holds for the brand's monitors that have none of their own.")
    async def brand_holidays(self, info: Info) -> list[str]:
        async with info.context.read() as session:
            monitor = await session.get_one(Monitor, int(self.monitor_id))
            return list((await session.get_one(Brand, monitor.brand_id)).holidays)

    @strawberry.field(
        description="The signals of which a new alert needs `rest_factor` times the score just now."
    )
    async def resting(self, info: Info) -> list[Rest]:
        async with info.context.read() as session:
            row = await service.get_setting(session, info.context.viewer, int(self.monitor_id))
        found = await self._remembered(info)
        if found is None:
            return []
        settings = in_force(row) or followed(row)
        rests = found.resting(settings, info.context.now)
        return [Rest(signal=one.signal, until=one.until) for one in rests]

    @strawberry.field(
        description="Up to when it has closed the minutes: `resting`, and whether a monitor's history is "
        "insufficient, is told as of then. Null: it has not looked yet."
    )
    async def known_until(self, info: Info) -> datetime | None:
        found = await self._remembered(info)
        return found.until if found is not None else None

    async def _remembered(self, info: Info) -> Remembered | None:
        found: Remembered | None = await info.context.loaders.remembered_of_monitor.load(int(self.monitor_id))
        return found

    @strawberry.field(description="Today's, and the next ones within a year; also the brand's own days.")
    async def next_holidays(self, info: Info) -> list[NextHoliday]:
        async with info.context.read() as session:
            monitor = await session.get_one(Monitor, int(self.monitor_id))
            zone = zone_of((await session.get_one(Brand, monitor.brand_id)).time_zone)
            days = await lift.next_holidays(session, monitor, info.context.now)
        return [
            NextHoliday(title=one.name, day=one.starts_at.astimezone(zone).date(), lift=one.lift)
            for one in days
        ]

    @classmethod
    def of(cls, row: DetectorSetting) -> Detector:
        return cls(
            monitor_id=strawberry.ID(str(row.monitor_id)),
            preset=row.preset,
            persist_minutes=row.persist_minutes,
            alarms_a_week=row.alarms_a_week,
            version=row.version,
            numbers=_numbers(row),
            holidays=row.holidays,
        )


@strawberry.type
class PresetNumber:
    name: str
    value: float


@strawberry.type
class DetectorPreset:
    name: str
    numbers: list[PresetNumber]


@strawberry.type(description="What the numbers, the persistence and the alarms a week may be.")
class DetectorBounds:
    presets: list[str]
    choices: list[DetectorPreset] = strawberry.field(
        description="The presets with what each of them needs; the same numbers in the same order."
    )
    longest_persistence: int = strawberry.field(description="Minutes.")
    least_alarms: float
    most_alarms: float


@strawberry.input(description="A number that is not the preset's.")
class DetectorNumberInput:
    name: str
    value: float


def _numbers(row: DetectorSetting) -> list[DetectorNumber]:
    own, now = followed(row), in_force(row)
    return [
        DetectorNumber(
            name=name,
            value=float(getattr(own, name)),
            preset=float(getattr(PRESETS[row.preset], name)),
            edited=name in row.edited,
            now=_first(now, name) if now is not None else float(getattr(own, name)),
            least=bounds.least,
            most=bounds.most,
            whole=bounds.whole,
        )
        for name, bounds in NUMBERS.items()
    ]


def _first(settings: Settings, name: str) -> float:
    return float(settings.at(0)[name])


DetectorResult = Annotated[Detector | Problem, strawberry.union("DetectorResult")]


@strawberry.type
class DetectorQuery:
    @strawberry.field(description="What a monitor's detector is set to.")
    async def detector(self, info: Info, monitor_id: strawberry.ID) -> Detector:
        async with info.context.read() as session:
            key = number(monitor_id, "monitor")
            return Detector.of(await service.get_setting(session, info.context.viewer, key))

    @strawberry.field
    def detector_bounds(self, info: Info) -> DetectorBounds:
        require_house(info.context.viewer)
        return DetectorBounds(
            presets=list(PRESETS),
            choices=[
                DetectorPreset(
                    name=name,
                    numbers=[PresetNumber(name=each, value=float(getattr(preset, each))) for each in NUMBERS],
                )
                for name, preset in PRESETS.items()
            ],
            longest_persistence=LONGEST_PERSISTENCE,
            least_alarms=LEAST_ALARMS,
            most_alarms=MOST_ALARMS,
        )


@strawberry.type
class DetectorMutation:
    @change(
        description="Set a monitor's detector. Numbers that are not given are the preset's. `seen` is the "
        "version that the asker had before them. Open alerts go on."
    )
    async def set_detector(
        self,
        info: Info,
        monitor_id: strawberry.ID,
        preset: str,
        seen: int,
        numbers: list[DetectorNumberInput] | None = None,
        persist_minutes: int = 0,
        alarms_a_week: float | None = None,
    ) -> DetectorResult:
        given = {one.name: one.value for one in numbers or ()}
        wish = service.Wish(preset, given, persist_minutes, alarms_a_week)
        async with info.context.change() as session:
            row = await service.set_detector(
                session,
                info.context.viewer,
                number(monitor_id, "monitor"),
                wish,
                seen=seen,
                now=info.context.now,
            )
            return Detector.of(row)

    @change(
        description="Set whose public holidays a monitor's audience has (docs/monitors.md): countries and "
        "regions such as ES or ES-CT; null: those of its brand. `seen` as in `setDetector`."
    )
    async def set_holidays(
        self, info: Info, monitor_id: strawberry.ID, seen: int, regions: list[str] | None = None
    ) -> DetectorResult:
        async with info.context.change() as session:
            row = await service.set_holidays(
                session,
                info.context.viewer,
                number(monitor_id, "monitor"),
                regions,
                seen=seen,
                now=info.context.now,
            )
            return Detector.of(row)
