"""A claim of an alert, computed again from what is stored by the detector's own arithmetic."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import or_, select

from alerts.alert import Alert
from alerts.arrivals.claims import FORMULA as ARRIVAL
from alerts.campaigns.lift import FADES
from alerts.claims import Made, claims_of
from alerts.detection import severity
from alerts.detection.evidence import FORMULA, explain
from alerts.detection.live import State
from alerts.detection.settings import Settings
from alerts.explained.basis import Basis, bases_of, changed_minutes
from alerts.explained.heard import arrived_again, heard_again
from alerts.families import family_of
from alerts.judging.checkpoint import SETTLE_MINUTES, Heard, counts_of, lift_in, turns_in
from alerts.judging.findings import findings
from alerts.judging.notable import FORMULA as NOTABLE
from alerts.judging.notable import SIGNAL
from alerts.judging.roster import (
    EACH,
    SIGNALS,
    Around,
    Deaf,
    Judgement,
    Latch,
    Table,
    advanced,
    judged,
    warmed,
)
from alerts.levels import LEVELS
from kit.db import ReadSession
from kit.events import Event
from mentions.counting.counts import minute_of, moment_of
from mentions.monitor import Monitor
from mentions.sources.outage import deaf_stretches

NUMBERS = (
    "observed", "expected", "spread", "ratio", "score", "dispersion", "whole", "usual_share",
    "since", "window_minutes", "history_minutes",
)  # fmt: skip
"""What a claim says in numbers, under its names in the evidence."""
DECIDED = ("firing", "signal", "level", "points", "told")
"""What follows from them: whether an alert is open and by which signal, its level, points of severity and why
it only informs, where that is so."""
CHANGES = (
    "campaign.announced", "campaign.changed", "campaign.taken_back", "brand.clock", "brand.holidays",
    "monitor.detector",
)  # fmt: skip
"""Events about a brand that change what is expected of minutes that are over; the last only by holidays."""
MOST_REASONS = 10
OURS = dict.fromkeys(SIGNALS, FORMULA) | dict.fromkeys(severity.ARRIVING, ARRIVAL) | {SIGNAL: NOTABLE}
"""By signal the formula that this code computes."""


@dataclass(frozen=True)
class Again:
    """The claim beside what came out this time."""

    claim: Made
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
    further: tuple[str, ...] = ()
    """Why other figures come out when it is computed from a day before: then it begins shortly before it."""
    notes: tuple[str, ...] = ()
    """What else there is to know of it, in words."""
    from_numbers: bool = False
    """The mentions have expired: it is computed from the numbers in the evidence alone."""

    @property
    def state(self) -> str:
        """`same` to the last digit, `differs`, or `impossible`: it cannot be computed again."""
        if self.computed is None:
            return "impossible"
        return "differs" if self.why else "same"

    @property
    def same(self) -> bool:
        """To the last digit."""
        return self.state == "same"

    @property
    def differing(self) -> dict[str, tuple[Any, Any]]:
        """Everything that differs: claimed, computed."""
        if self.computed is None:
            return {}
        claimed = _claimed(self.claim.evidence)
        pairs = {name: (value, self.computed[name]) for name, value in claimed.items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _claimed(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What the claim says under NUMBERS, which of a voice that weighs are fewer, and DECIDED."""
    severity = evidence["severity"]
    told = {"signal": evidence["kind"], "points": severity["points"], "told": severity["told"]}
    numbers = {name: evidence[name] for name in NUMBERS if name in evidence}
    return {**numbers, "firing": evidence["firing"], "level": evidence["level"], **told}


async def again(session: ReadSession, alert: Alert, number: int = 0) -> Again:
    """Compute the alert's claim of this number again (0: the newest), or say why that cannot be."""
    claim = (await claims_of(session, alert))[number - 1]
    cannot = _impossible(claim)
    monitor_id = claim.alert.monitor_id
    monitor = None if monitor_id is None else await session.get(Monitor, monitor_id)
    if not cannot and monitor is not None and claim.signal not in SIGNALS:
        return await _directly(session, claim, monitor)
    kept = await bases_of(session, claim)
    if not cannot and not kept:
        cannot = (
            "Nothing was kept with this alert to compute it from: an older version of Tocsin opened it, or it"
            " failed."
        )
    basis = next((one for one in kept if one.minute == claim.evidence.get("minute")), None)
    if not cannot and basis is None:
        cannot = "What was kept with this alert belongs to an earlier claim: to keep that of this one failed."
    if cannot or basis is None or monitor is None:
        return Again(claim, None, (cannot,))
    found = await _again_from(session, claim, monitor, basis, Start(basis.after, basis.state))
    if not found.differing:
        return found
    why = await _reasons(session, found, basis)
    if basis.near_after is not None and not found.changed:
        near = await _again_from(session, claim, monitor, basis, Start(basis.near_after, basis.near))
        if not near.differing:
            return replace(near, further=why)
    return replace(found, why=why)


class Start(NamedTuple):
    """From where the minutes are computed again: what was known after one, compressed; None: nothing."""

    after: int
    state: bytes | None


async def _again_from(
    session: ReadSession, claim: Made, monitor: Monitor, basis: Basis, start: Start
) -> Again:
    """What comes out from there on."""
    heard = await counts_of(session, [monitor], basis.after + 1, basis.minute + 1)
    changed = tuple(changed_minutes(basis, heard.counts))
    given = await _given_again(session, basis, start, monitor, heard)
    # in a thread: days of minutes, and other people are waiting
    said = await asyncio.to_thread(_run, basis, start, given, _settings(basis, claim))
    computed = _computed(claim.evidence, monitor, said)
    return Again(claim, computed, (), changed, start.after + 1, start.state is not None)


async def _directly(session: ReadSession, claim: Made, monitor: Monitor) -> Again:
    """What no series led to."""
    compute = heard_again if claim.signal == SIGNAL else arrived_again
    figures, first, why, notes, numbers = await compute(session, monitor, claim.evidence)
    found = Again(claim, figures, (), first=first, notes=notes, from_numbers=numbers)
    return replace(found, why=(why,)) if figures is None or found.differing else found


def _impossible(claim: Made) -> str:
    """Why it cannot be computed, where that is plain from the claim alone."""
    if "tool" in claim.evidence:
        return "Another tool raised this alert; how it came to that is known there."
    if claim.signal not in OURS:
        return f"This alert rests on no count that is compared with a usual one ({family_of(claim.signal)})."
    formula, ours = claim.evidence.get("formula", ""), OURS[claim.signal]
    if formula != ours:
        return f"It was computed by formula {formula or 'unknown'}; this version of Tocsin computes {ours}."
    weighed = claim.evidence.get("severity", {}).get("formula", "unknown")
    if weighed != severity.FORMULA:
        return (
            f"Its severity was weighed by formula {weighed}; this version of Tocsin weighs by"
            f" {severity.FORMULA}."
        )
    return ""


def _computed(evidence: Mapping[str, Any], monitor: Monitor, said: Judgement) -> dict[str, Any]:
    """What comes out now about the claim's own signal, and what follows from it for its family.

    The severity rests on what the detector says now, and on what had been counted then: of the open minute
    only the series themselves were kept.
    """
    signal = evidence["kind"]
    figures = explain(said.evidence, SIGNALS.index(signal), signal)
    family = family_of(signal)
    leading = next((one for one in findings([monitor], said) if one.family == family), None)
    if leading is None:
        return {**figures, "firing": False, "signal": "", "level": LEVELS[0], "points": 0, "told": ""}
    weighed = severity.reweigh(evidence["severity"], leading.inputs)
    told = {"level": weighed.level, "points": weighed.points, "told": weighed.told}
    return {**figures, "firing": True, "signal": leading.signal, **told}


@dataclass(frozen=True)
class Given:
    """What the detector goes by in the minutes from `first` on; counts [signal, minute]."""

    first: int
    counts: Table
    around: Around
    latches: list[Latch]

    @property
    def until(self) -> int:
        """The minute after the last one."""
        return self.first + int(self.counts.shape[1])

    def part(self, first: int, until: int) -> Given:
        """Of these minutes alone."""
        columns = slice(first - self.first, until - self.first)
        return Given(first, self.counts[:, columns], self.around.part(columns), self.latches)


async def _given_again(
    session: ReadSession, basis: Basis, start: Start, monitor: Monitor, heard: Heard
) -> Given:
    """What the detector was given behind `start`; heard: what is stored of the minutes behind the basis."""
    first, until = start.after + 1, basis.minute + 1
    behind = slice(start.after - basis.after, None)
    counts = heard.counts[:, behind].copy()
    counts[:, -1] = [np.nan if count is None else count for count in basis.open_counts]
    around = Around(
        deaf=await _deaf_as_known(session, basis, monitor.id, first, counts.shape[1]),
        lift=await lift_in(session, [monitor], first, until),
        turns=await turns_in(session, [monitor], first, until),
        newcomers=None if heard.newcomers is None else heard.newcomers.part(behind),
    )
    return Given(first, counts, around, await _latches_as_known(session, basis, monitor.id))


Steps = list[tuple[int, Settings]]
"""What the detector was set to, from which minute on."""


def _settings(basis: Basis, claim: Made) -> Steps:
    """As they were kept; an older version kept none: then those of the claim."""
    kept = basis.settings or [(basis.after + 1, claim.evidence["thresholds"])]
    return [(minute, Settings(**settings)) for minute, settings in kept]


def _run(basis: Basis, start: Start, given: Given, steps: Steps) -> Judgement:
    """What the detector says at the minute of the claim."""
    if start.state is not None:
        state = State.from_bytes(zlib.decompress(start.state))
    else:
        past = given.part(given.first, basis.live_since)
        settings = [settings for minute, settings in steps if minute <= basis.live_since][-1]
        around = replace(past.around, settings=settings)
        state = warmed(past.counts, past.first, given.latches, around)
    begins = [max(minute, state.minute + 1) for minute, _ in steps]
    for (_, settings), (begin, end) in zip(steps, pairwise(begins), strict=False):
        part = given.part(begin, end)
        around = replace(part.around, settings=settings)
        state, _ = advanced(state, part.counts, begin, given.latches, around)
    rest = given.part(state.minute + 1, given.until)
    around = replace(rest.around, settings=steps[-1][1])
    return judged(state, rest.counts, basis.fraction, given.latches, around)


async def _deaf_as_known(
    session: ReadSession, basis: Basis, monitor_id: int, first: int, minutes: int
) -> Deaf:
    """[signal, minute]: as the detector knew it when it closed each minute: outages are noticed late."""
    deaf = np.zeros((EACH, minutes), np.bool_)
    for one in await deaf_stretches(session, [monitor_id], first, first + minutes):
        if one.noticed_at > basis.at:
            continue
        # a minute behind the checkpoint is judged anew by each tick; before it, when it was closed
        known = minute_of(one.noticed_at) - SETTLE_MINUTES
        start = max(0, one.begin - first, (known if known >= basis.live_since else first) - first)
        stop = minutes if one.end is None else one.end - first
        deaf[:, start : max(start, stop)] = True
    return deaf


async def _latches_as_known(session: ReadSession, basis: Basis, monitor_id: int) -> list[Latch]:
    """The alerts that people knew of in those minutes; that of the claim itself only where it got worse."""
    query = select(Alert).where(
        Alert.monitor_id == monitor_id,
        Alert.opened_at < basis.at,
        or_(Alert.ended_at.is_(None), Alert.ended_at > moment_of(basis.after)),
    )
    known = (await session.scalars(query.order_by(Alert.id))).all()
    said = await _said_of(session, known)
    latches = [_latch(alert, said.get(alert.id, ()), basis.at) for alert in known]
    return [latch for latch in latches if latch is not None]


async def _said_of(session: ReadSession, known: Sequence[Alert]) -> dict[int, list[Event]]:
    """By alert the events that say its signal and level, in order."""
    if not known:
        return {}
    query = (
        select(Event)
        .where(Event.kind.in_(("alert.opened", "alert.raised")))
        .where(Event.brand_id.in_({alert.brand_id for alert in known}))
        .where(Event.at >= min(alert.opened_at for alert in known))
        .where(Event.data["alert_id"].as_integer().in_([alert.id for alert in known]))
    )
    said: dict[int, list[Event]] = {}
    for event in await session.scalars(query.order_by(Event.seq)):
        said.setdefault(event.data["alert_id"], []).append(event)
    return said


def _latch(alert: Alert, said: Sequence[Event], at: datetime) -> Latch | None:
    """As it was when its minute was closed for good, or at the claim; None for what is no series."""
    minute = minute_of(alert.opened_at)
    until = min(at, moment_of(minute + SETTLE_MINUTES + 1))
    signal, level = alert.signal, alert.level
    if alert.ended_at is not None and alert.ended_at < until:
        return None
    for event in said:
        if event.at < until:
            signal, level = event.data["signal"], event.data["level"]
    return Latch(SIGNALS.index(signal), minute, level) if signal in SIGNALS else None


async def _reasons(session: ReadSession, found: Again, basis: Basis) -> tuple[str, ...]:
    """Why something else came out; plainly that we do not know, where we do not."""
    reasons = []
    if found.changed:
        reasons.append(f"What is stored of {_times(found.changed)} was changed since the detector saw it.")
    reasons += await _announced(session, found.claim.alert, basis)
    if not reasons:
        reasons.append(
            "The detector judged some of the minutes before all of their mentions were stored, or later than"
            " usual."
        )
    return tuple(reasons)


async def _announced(session: ReadSession, alert: Alert, basis: Basis) -> list[str]:
    """What was said since of campaigns and clocks: minutes are computed with what is announced now."""
    query = (
        select(Event.kind, Event.at, Event.data)
        .where(Event.kind.in_(CHANGES), Event.brand_id == alert.brand_id, Event.at > moment_of(basis.after))
        .order_by(Event.seq)
    )
    found = [
        _changed(kind, at, data)
        for kind, at, data in await session.execute(query)
        if data.get("monitor_id") in (None, alert.monitor_id)
        and (kind != "monitor.detector" or "holidays" in data["changes"])
        and not _elsewhen(kind, data, basis)
    ]
    return list(dict.fromkeys(found))[:MOST_REASONS]


def _elsewhen(kind: str, data: Mapping[str, Any], basis: Basis) -> bool:
    """Whether it is a campaign of another time than what is computed. One that was changed may have moved."""
    if kind not in ("campaign.announced", "campaign.taken_back"):
        return False
    starts_at, ends_at = (datetime.fromisoformat(data[name]) for name in ("starts_at", "ends_at"))
    return ends_at <= moment_of(basis.after - FADES) or starts_at > basis.at


def _changed(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    when = f"at {at:%Y-%m-%d %H:%M} UTC."
    if kind == "brand.clock":
        return f"The brand's time zone was changed {when}"
    if kind in ("brand.holidays", "monitor.detector"):
        return f"The public holidays of the audience were changed {when}"
    what = "holiday" if data.get("holiday") else "campaign"
    return f"The {what} “{data['title']}” was {kind.removeprefix('campaign.').replace('_', ' ')} {when}"


def _times(minutes: tuple[int, ...], most: int = 10) -> str:
    """The first of them in words."""
    shown = ", ".join(f"{moment_of(minute):%Y-%m-%d %H:%M}" for minute in minutes[:most])
    more = f" and {len(minutes) - most} more minutes" if len(minutes) > most else ""
    return f"{shown} UTC{more}"
