"""An alert's newest claim, computed again from the stored minutes by the detector's own arithmetic."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import or_, select

from alerts.alert import Alert
from alerts.checkpoint import SETTLE_MINUTES, Heard, counts_of, lift_in, turns_in
from alerts.detection.evidence import FORMULA, Evidence, explain
from alerts.detection.live import State
from alerts.detection.settings import Settings
from alerts.explained.basis import AlertBasis, changed_minutes
from alerts.families import family_of
from alerts.roster import EACH, SIGNALS, Deaf, Latch, Lift, Table, Turns, judged, latched, warmed
from alerts.tuning.chosen import DetectorSetting, followed, unset
from kit.db import ReadSession
from kit.events import Event
from mentions.counts import minute_of
from mentions.monitor import Monitor
from mentions.sources.outage import MUCH, SourceOutage

NUMBERS = (
    "observed", "expected", "spread", "ratio", "score", "dispersion", "whole", "usual_share",
    "since", "window_minutes", "history_minutes",
)  # fmt: skip
"""What a claim says in numbers, under its names in the evidence."""


@dataclass(frozen=True)
class Again:
    """The claim beside what came out this time."""

    alert: Alert
    computed: dict[str, Any] | None
    """As `explain` tells it; None where it could not be computed at all."""
    why: tuple[str, ...]
    """What stands in the way or made the difference, in words; empty when it is the same to the digit."""
    changed: tuple[int, ...] = ()
    """Minutes since 1970 that hold something else now than the detector saw."""
    first: int = 0
    """The first of the minutes that it was computed from."""
    from_memory: bool = False
    """What the detector knew before `first` was put aside; else those minutes are all that it had."""

    @property
    def same(self) -> bool:
        """To the last digit."""
        return self.computed is not None and not self.why

    @property
    def differing(self) -> dict[str, tuple[float, float]]:
        """Each number that differs: claimed, computed."""
        if self.computed is None:
            return {}
        pairs = {name: (self.alert.evidence[name], self.computed[name]) for name in NUMBERS}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


async def again(session: ReadSession, alert: Alert) -> Again:
    """Compute the claim again, or say why that cannot be."""
    cannot = _impossible(alert)
    basis = await session.get(AlertBasis, alert.id)
    if not cannot and basis is None:
        cannot = "Nothing was kept with this alert to compute it from: an older version of Tocsin opened it."
    monitor = None if alert.monitor_id is None else await session.get(Monitor, alert.monitor_id)
    if cannot or basis is None or monitor is None:
        return Again(alert, None, (cannot,))
    heard = await counts_of(session, [monitor], basis.after + 1, basis.minute + 1)
    changed = tuple(changed_minutes(basis, heard.counts))
    said = await _judged_again(session, basis, monitor, alert, heard)
    computed = explain(said, SIGNALS.index(alert.signal), alert.signal)
    found = Again(alert, computed, (), changed, basis.after + 1, basis.state is not None)
    if not found.differing:
        return found
    return Again(
        alert, computed, await _reasons(session, found, basis), changed, found.first, found.from_memory
    )


def _impossible(alert: Alert) -> str:
    """Why it cannot be computed, where that is plain from the claim alone."""
    if "tool" in alert.evidence:
        return "Another tool raised this alert; how it came to that is known there."
    if alert.signal not in SIGNALS:
        return f"This alert rests on no count that is compared with a usual one ({family_of(alert.signal)})."
    formula = alert.evidence.get("formula", "")
    if formula != FORMULA:
        return (
            f"It was computed by formula {formula or 'unknown'}; this version of Tocsin computes {FORMULA}."
        )
    return ""


async def _judged_again(
    session: ReadSession, basis: AlertBasis, monitor: Monitor, alert: Alert, heard: Heard
) -> Evidence:
    """The detector's evidence about the monitor's series at the minute of the claim."""
    counts = heard.counts.copy()
    counts[:, -1] = [np.nan if count is None else count for count in basis.open_counts]
    settings = await _settings(session, monitor, alert)
    deaf = await _deaf_as_known(session, basis, monitor.id, counts.shape[1])
    lift = await lift_in(session, [monitor], basis.after + 1, basis.minute + 1)
    turns = await turns_in(session, [monitor], basis.after + 1, basis.minute + 1)
    latches = await _latches_as_known(session, basis, monitor.id)
    # in a thread: days of minutes, and other people are waiting
    return await asyncio.to_thread(_run, basis, counts, settings, deaf, lift, latches, turns)


async def _settings(session: ReadSession, monitor: Monitor, alert: Alert) -> Settings:
    """Those of the claim. Where alarms a week are asked for its thresholds have moved: then what is set."""
    claimed: dict[str, Any] = alert.evidence["thresholds"]
    if not claimed.get("alarms_a_week"):
        return Settings(**claimed)
    return followed(await session.get(DetectorSetting, monitor.id) or unset(monitor.id))


def _run(
    basis: AlertBasis,
    counts: Table,
    settings: Settings,
    deaf: Deaf,
    lift: Lift | None,
    latches: list[Latch],
    turns: Turns,
) -> Evidence:
    done = 0
    if basis.state is not None:
        state = State.from_bytes(zlib.decompress(basis.state))
    else:
        done = basis.live_since - basis.after - 1
        known = None if lift is None else lift[:, :done]
        state = warmed(
            counts[:, :done],
            basis.after + 1,
            latches,
            deaf[:, :done],
            settings=settings,
            lift=known,
            turns=turns,
        )
    state = latched(state, [latch for latch in latches if latch.minute <= state.minute])
    rest = None if lift is None else lift[:, done:]
    return judged(
        state,
        counts[:, done:],
        basis.fraction,
        latches,
        deaf[:, done:],
        settings=settings,
        lift=rest,
        turns=turns,
    ).evidence


async def _deaf_as_known(session: ReadSession, basis: AlertBasis, monitor_id: int, minutes: int) -> Deaf:
    """[signal, minute]: as the detector knew it when it closed each minute: outages are noticed late."""
    first = basis.after + 1
    deaf = np.zeros((EACH, minutes), np.bool_)
    row = SourceOutage
    query = select(row.began_at, row.ended_at, row.noticed_at, row.carries).where(
        row.noticed_at <= basis.at, or_(row.ended_at.is_(None), row.ended_at >= _moment(first))
    )
    for began_at, ended_at, noticed_at, carries in await session.execute(query):
        if carries.get(str(monitor_id), 0.0) < MUCH:
            continue
        # a minute behind the checkpoint is judged anew by each tick; before it, when it was closed
        known = min(minute_of(noticed_at) - SETTLE_MINUTES, minute_of(basis.at) - SETTLE_MINUTES)
        start = max(0, minute_of(began_at) - first, (known if known >= basis.live_since else first) - first)
        stop = minutes if ended_at is None else minute_of(ended_at) + 1 - first
        deaf[:, start : max(start, stop)] = True
    return deaf


async def _latches_as_known(session: ReadSession, basis: AlertBasis, monitor_id: int) -> list[Latch]:
    """The alerts that people knew of in those minutes; that of the claim itself only where it got worse."""
    query = select(Alert).where(
        Alert.monitor_id == monitor_id,
        Alert.opened_at < basis.at,
        or_(Alert.ended_at.is_(None), Alert.ended_at > _moment(basis.after)),
    )
    return [
        Latch(SIGNALS.index(alert.signal), minute_of(alert.opened_at), alert.level)
        for alert in await session.scalars(query.order_by(Alert.id))
        if alert.signal in SIGNALS
    ]


async def _reasons(session: ReadSession, found: Again, basis: AlertBasis) -> tuple[str, ...]:
    """Why something else came out; plainly that we do not know, where we do not."""
    reasons = []
    if found.changed:
        reasons.append(f"What is stored of {_times(found.changed)} was changed since the detector saw it.")
    changed_at = await session.scalars(
        select(Event.at)
        .where(Event.kind == "monitor.detector", Event.at > _moment(basis.after))
        .where(Event.data["monitor_id"].as_integer() == found.alert.monitor_id)
    )
    if times := list(changed_at):
        reasons.append(f"The monitor's detector was set differently at {times[0]:%Y-%m-%d %H:%M} UTC.")
    if not reasons:
        reasons.append(
            "The stored minutes are what the detector saw. It closed some of them at another time than usual,"
            " or with other outages or campaigns in force, of which no record was kept."
        )
    return tuple(reasons)


def _times(minutes: tuple[int, ...], most: int = 10) -> str:
    """The first of them in words."""
    shown = ", ".join(f"{_moment(minute):%Y-%m-%d %H:%M}" for minute in minutes[:most])
    more = f" and {len(minutes) - most} more minutes" if len(minutes) > most else ""
    return f"{shown} UTC{more}"


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)
