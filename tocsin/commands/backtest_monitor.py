"""`tocsin backtest --monitor NAME`: what settings would have raised over a monitor's stored past."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from alerts.backtest import DAYS
from alerts.backtest.run import Backtest, Trial, backtest
from alerts.backtest.trial import Choice, Raised
from alerts.backtest.verdict import Record
from alerts.detection.settings import CURRENT
from alerts.explained.words import at
from alerts.tuning.chosen import DetectorSetting, unset
from alerts.tuning.numbers import NUMBERS
from alerts.tuning.service import beside
from incident.crises import known_of
from kit.core import Core
from kit.db import ReadSession
from kit.errors import Invalid, NotFound, TocsinError
from kit.numbers import natural
from mentions.monitor import Monitor
from tocsin import join


def run(args: argparse.Namespace) -> int:
    """Writes a table for each setting, or JSON; 2 and one line on standard error for bad input."""

    async def work(core: Core) -> int:
        until = args.until or core.clock.now()
        since = args.since or until - timedelta(days=DAYS)
        async with core.database.read() as session:
            try:
                found = await _found(session, args.monitor, args.settings or [CURRENT], since, until)
            except TocsinError as error:
                where = f"{error.field}: " if error.field in NUMBERS else ""
                return join.complain("backtest", where + error.message, 2)
        write(found, as_json=args.json)
        return 0

    return join.run("backtest", work)


async def _found(
    session: ReadSession, name: str, settings: list[str], since: datetime, until: datetime
) -> Backtest:
    monitor = await monitor_named(session, name)
    row = await session.get(DetectorSetting, monitor.id) or unset(monitor.id)
    choices = [_choice(one, row) for one in settings]
    known = await known_of(session, monitor, since, until)
    return await backtest(session, monitor, choices, known, since=since, until=until)


def _choice(written: str, row: DetectorSetting) -> Choice:
    """`PRESET,NAME=VALUE,…` beside what the monitor has; Invalid for what makes no sense."""
    preset, *differing = written.split(",")
    numbers: dict[str, float] = {}
    for one in differing:
        name, _, value = one.partition("=")
        try:
            numbers[name] = int(value) if name == "persist_minutes" else float(value)
        except ValueError:
            raise Invalid("{!r} is not NAME=VALUE.", one[:40]) from None
    persist, alarms = numbers.pop("persist_minutes", None), numbers.pop("alarms_a_week", None)
    wanted = beside(row, preset, numbers, None if persist is None else int(persist), alarms)
    return Choice(written, wanted)


async def monitor_named(session: ReadSession, name: str) -> Monitor:
    """By its name or, where no monitor is called so, its number; TocsinError when there is none."""
    plain = name.replace("\0", "")  # which PostgreSQL takes in no text
    found: Monitor | None = await session.scalar(select(Monitor).where(Monitor.name == plain))
    key = natural(name)
    if found is None and key is not None:
        found = await session.get(Monitor, key)
    if found is None:
        raise NotFound(f"there is no monitor {name[:80]!r}")
    return found


def write(found: Backtest, *, as_json: bool) -> None:
    """To standard output."""
    if as_json:
        json.dump(told(found), sys.stdout, indent=2)
        print()
        return
    print(f"{found.monitor.name}: {at(found.first)} … {at(found.until)}")
    print(f"{len(found.known.crises)} crises known, {len(found.known.refused)} alerts called none")
    if found.arrivals_from is not None:
        print(f"new words and fast stories looked for from {at(found.arrivals_from)} on")
    for trial in found.trials:
        print(f"\n{trial.choice.name}: {summed_up(trial.record)}")
        for alert in trial.alerts:
            ended = "goes on" if alert.ended is None else at(alert.ended)
            said = f"{alert.level:5}  {alert.signal:11}  {alert.evidence['reason']}"
            print(f"  {at(alert.opened)}  {ended:>16}  {said}")


def summed_up(record: Record) -> str:
    """The record in one line."""
    week = record.per_week
    alarms = (
        f"{len(record.alarms)} alarms in less than a week" if week is None else f"{week:.2f} alarms a week"
    )
    parts = [alarms, f"{record.confirmed} confirmed"]
    parts += [f"{record.refused} no crisis", f"{record.unjudged} unjudged", f"{record.missed} missed"]
    if record.precision is not None:
        parts.append(f"precision {record.precision:.2f}")
    if record.recall is not None:
        parts.append(f"recall {record.recall:.2f}")
    if record.delay is not None:
        parts.append(f"median delay {record.delay:.0f} min")
    return ", ".join(parts)


def told(found: Backtest) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "monitor": found.monitor.name,
        "since": at(found.first),
        "until": at(found.until),
        "learned_from": at(found.learned_from),
        "arrivals_from": None if found.arrivals_from is None else at(found.arrivals_from),
        "crises": [{"begin": at(one.begin), "words": one.words} for one in found.known.crises],
        "settings": [_trial(trial) for trial in found.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    record = trial.record
    names = ("confirmed", "refused", "unjudged", "missed", "precision", "recall", "delay", "per_week")
    return {
        "name": trial.choice.name,
        "record": {name: getattr(record, name) for name in names},
        "alerts": [_alert(alert) for alert in trial.alerts],
    }


def _alert(alert: Raised) -> dict[str, Any]:
    return {
        "family": alert.family,
        "signal": alert.signal,
        "level": alert.level,
        "pages": alert.pages,
        "since": at(alert.since),
        "opened": at(alert.opened),
        "ended": None if alert.ended is None else at(alert.ended),
        "evidence": alert.evidence,
    }
