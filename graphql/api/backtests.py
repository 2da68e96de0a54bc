"""What other settings would have raised over a monitor's past, and how an alert came about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import strawberry

from alerts.alert import Alert
from alerts.backtest import DAYS, curve, run, trial, verdict
from alerts.detection.settings import CURRENT
from alerts.explained import replay, words
from alerts.explained.phrases import EXPLAINED
from alerts.tuning import service as tuning
from alerts.tuning.chosen import DetectorSetting, followed
from alerts.tuning.numbers import NUMBERS
from alerts.wording.compose import Claim, told
from api.context import Info
from api.detector import DetectorNumberInput
from api.errors import number
from api.evidence import Evidence
from api.shape import shape
from incident.crises import known_of
from kit.errors import Invalid
from mentions import monitors
from mentions.counting.counts import moment_of
from mentions.monitor import Monitor

EARLIEST = 1971
COST = 400
"""Of an operation's allowance: it reads months of minutes."""


@strawberry.input(
    description="Settings to try: a preset, or `current` for what the monitor has, with numbers that differ."
)
class BacktestSettingInput:
    preset: str = CURRENT
    name: str | None = strawberry.field(default=None, description="Under which it stands beside others.")
    numbers: list[DetectorNumberInput] | None = None
    persist_minutes: int | None = strawberry.field(
        default=None, description="Not given with `current`: what the monitor has."
    )
    alarms_a_week: float | None = strawberry.field(
        default=None, description="Not given with `current`: what the monitor has."
    )


@strawberry.type(description="A stretch of which people said something.")
class KnownStretch:
    begin: datetime
    end: datetime
    words: str

    @classmethod
    def of(cls, row: verdict.Stretch) -> KnownStretch:
        return cls(begin=moment_of(row.begin), end=moment_of(row.end), words=row.words)


@strawberry.type(description="How good alerts are by what people said. Overlapping alerts are one alarm.")
class DetectorRecord:
    alarms: int
    confirmed: int = strawberry.field(description="Alarms in a crisis that people took on or pointed out.")
    refused: int = strawberry.field(description="Alarms that were called no crisis.")
    unjudged: int = strawberry.field(description="Alarms of which nobody has said anything.")
    crises: int
    missed: int = strawberry.field(description="Crises without an alarm.")
    precision: float | None = strawberry.field(description="confirmed / (confirmed + refused)")
    recall: float | None = strawberry.field(description="crises with an alarm / crises")
    delay: float | None = strawberry.field(description="Median minutes from the onset to the first alarm.")
    per_week: float | None = strawberry.field(description="Alarms a week; null for less than a week.")

    @classmethod
    def of(cls, row: verdict.Record) -> DetectorRecord:
        return shape(cls, row, alarms=len(row.alarms))


@strawberry.type(description="One alert that would have been.")
class BacktestAlert:
    family: str
    signal: str
    level: str
    pages: bool
    since: datetime = strawberry.field(description="The onset, as the detector estimated it.")
    opened_at: datetime
    ended_at: datetime | None
    evidence: Evidence
    found: strawberry.Private[Mapping[str, Any]]

    @strawberry.field(description="What changed against normal, in the reader's language.")
    def reason(self, info: Info) -> str:
        claim = Claim("", self.level, self.signal, "", self.since, self.found)
        return told(claim, info.context.language)[1]

    @classmethod
    def of(cls, row: trial.Raised) -> BacktestAlert:
        return shape(
            cls,
            row,
            since=moment_of(row.since),
            opened_at=moment_of(row.opened),
            ended_at=None if row.ended is None else moment_of(row.ended),
            evidence=Evidence.of(row.evidence),
            found=row.evidence,
        )


@strawberry.type
class TriedNumber:
    name: str
    value: float


@strawberry.type(description="What one setting would have raised.")
class BacktestTrial:
    name: str
    numbers: list[TriedNumber]
    record: DetectorRecord
    alerts: list[BacktestAlert]

    @classmethod
    def of(cls, row: run.Trial) -> BacktestTrial:
        numbers = row.choice.settings.at(0)
        return cls(
            name=row.choice.name,
            numbers=[TriedNumber(name=name, value=float(numbers[name])) for name in NUMBERS],
            record=DetectorRecord.of(row.record),
            alerts=[BacktestAlert.of(alert) for alert in row.alerts],
        )


@strawberry.type(description="A point of a curve; the band is null where nothing is known.")
class BandPoint:
    at: datetime
    observed: float
    expected: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, row: curve.Point) -> BandPoint:
        return shape(cls, row, at=moment_of(row.minute))


@strawberry.type(description="A signal with the band in which it usually is: two deviations to each side.")
class BandCurve:
    signal: str
    step: int = strawberry.field(description="Minutes that a point stands for.")
    points: list[BandPoint]

    @classmethod
    def of(cls, row: curve.Curve) -> BandCurve:
        return shape(cls, row, points=[BandPoint.of(point) for point in row.points])


@strawberry.type(description="The live detector, run over what is stored of a monitor.")
class Backtest:
    monitor_id: strawberry.ID
    monitor_name: str
    learned_from: datetime = strawberry.field(description="From when on it learned what is usual.")
    arrivals_from: datetime | None = strawberry.field(
        description="From when on new words and fast stories were looked for, every five minutes in the "
        "newest texts. Null: too few are stored."
    )
    since: datetime
    until: datetime
    crises: list[KnownStretch]
    refused: list[KnownStretch]
    trials: list[BacktestTrial]
    curves: list[BandCurve]

    @classmethod
    def of(cls, row: run.Backtest) -> Backtest:
        return cls(
            monitor_id=strawberry.ID(str(row.monitor.id)),
            monitor_name=row.monitor.name,
            learned_from=moment_of(row.learned_from),
            arrivals_from=None if row.arrivals_from is None else moment_of(row.arrivals_from),
            since=moment_of(row.first),
            until=moment_of(row.until),
            crises=[KnownStretch.of(one) for one in row.known.crises],
            refused=[KnownStretch.of(one) for one in row.known.refused],
            trials=[BacktestTrial.of(one) for one in row.trials],
            curves=[BandCurve.of(one) for one in row.curves],
        )


@strawberry.type(
    description="What comes out differently now: a number of the claim, whether it fires, by which signal, "
    "its level, points of severity, or why it only informs."
)
class Difference:
    name: str
    claimed: str
    computed: str


@strawberry.type(description="A claim of an alert, computed again from the stored minutes.")
class Recomputation:
    same: bool = strawberry.field(description="To the last digit.")
    state: str = strawberry.field(
        description="same, differs, or impossible: nothing comes out, which says nothing against the claim."
    )
    from_numbers: bool = strawberry.field(
        description="The mentions have expired: from the numbers that were kept with the alert alone."
    )
    why: list[str] = strawberry.field(
        description="What stands in the way or made the difference, in the reader's language."
    )
    sentences: list[str] = strawberry.field(description="All of it, in the reader's language.")
    derivation: list[str] = strawberry.field(
        description="Of these sentences, how the claim follows from its figures."
    )
    outcome: list[str] = strawberry.field(
        description="And from what the same was computed, where it was; else what `why` does not say of it."
    )
    formula: str
    changed_minutes: list[datetime] = strawberry.field(
        description="Minutes of which something else is stored now than the detector saw."
    )
    differences: list[Difference]

    @classmethod
    def of(cls, row: replay.Again, language: str) -> Recomputation:
        made, stored = row.claim, row.claim.evidence.get("reason")
        claim = Claim("", made.level, made.signal, "", made.alert.since, made.evidence)
        reason = told(claim, language)[1]
        return cls(
            same=row.same,
            state=row.state,
            from_numbers=row.from_numbers,
            why=[EXPLAINED.told(why, language) for why in row.why],
            sentences=[
                reason if line == stored else EXPLAINED.told(line, language) for line in words.sentences(row)
            ],
            derivation=[EXPLAINED.told(line, language) for line in words.derivation(row)],
            outcome=[EXPLAINED.told(line, language) for line in words.outcome(row)],
            formula=words.formula_of(made.evidence),
            changed_minutes=[moment_of(minute) for minute in row.changed],
            differences=[
                Difference(name=name, claimed=str(then), computed=str(now))
                for name, (then, now) in row.differing.items()
            ],
        )


BEFORE = timedelta(hours=2)
AFTER = timedelta(hours=6)
LONGEST = timedelta(days=3)


async def alert_curve(info: Info, alert_id: int) -> BandCurve | None:
    """The curve of an alert's signal: enough of the calm before to see its rise, and what came after."""
    async with info.context.read(cost=50) as session:
        row = await session.get_one(Alert, alert_id)
        if row.monitor_id is None:
            return None
        monitor = await session.get_one(Monitor, row.monitor_id)
        current = followed(await tuning.get_setting(session, info.context.house, monitor.id))
        since = row.since - BEFORE
        until = min((row.ended_at or info.context.now) + AFTER, since + LONGEST, info.context.now)
        if until - since < timedelta(minutes=1):
            return None
        found = await run.signal_curve(session, monitor, row.signal, current, since=since, until=until)
    return BandCurve.of(found)


def choice(given: BacktestSettingInput, row: DetectorSetting) -> trial.Choice:
    """The settings that are meant; Invalid for a preset or number that makes no sense. `row`: the present."""
    name = " ".join((given.name or given.preset).split())[:60]
    numbers = {one.name: one.value for one in given.numbers or ()}
    wanted = tuning.beside(row, given.preset, numbers, given.persist_minutes, given.alarms_a_week)
    return trial.Choice(name, wanted)


def stretch(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """From when until when: DAYS days before the end where no beginning is given. Invalid says why not."""
    for name, given in (("since", since), ("until", until)):
        if given is not None and given.year < EARLIEST:
            raise Invalid("Times need a year from {} on.", EARLIEST, field=name)
    end = now if until is None else min(until, now)
    return since or end - timedelta(days=DAYS), end


@strawberry.type
class BacktestQuery:
    @strawberry.field(
        description="What settings would have raised over a monitor's past, side by side: those it has now "
        "when none are given; the last four weeks when no times are."
    )
    async def backtest(
        self,
        info: Info,
        monitor_id: strawberry.ID,
        since: datetime | None = None,
        until: datetime | None = None,
        settings: list[BacktestSettingInput] | None = None,
    ) -> Backtest:
        now, viewer = info.context.now, info.context.house
        begin, end = stretch(since, until, now)
        async with info.context.read(cost=COST) as session:
            row = await monitors.get_monitor(session, viewer, number(monitor_id, "monitor"))
            current = await tuning.get_setting(session, viewer, row.id)
            choices = [choice(one, current) for one in settings or [BacktestSettingInput()]]
            known = await known_of(session, row, begin, end)
            found = await run.backtest(session, row, choices, known, since=begin, until=end)
        return Backtest.of(found)
