"""The detector's tick: from counts per minute to alerts.

0. For each share of the monitors (`alerts.ticker.shards`; one, unless more are set):
1. Take its ticker's lock for this transaction, or leave it to whoever has it.
2. Bring the checkpoint up to the last minute that is closed for good; warm up new monitors.
3. Judge the minutes behind it, up to the open one.
4. Compare with the alerts that people know of: open what is missing, raise what became worse, end what is
   over. A comparison of states, not a reaction to edges: nothing is lost by a tick that failed.
5. Store the checkpoint with the alerts, in the same transaction.

What was unusual only while nobody ticked (the past of a new monitor, an hour that the process was down)
opens nothing, unless it still burns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from alerts.alert import Alert
from alerts.arrivals.found import arrived, voices
from alerts.campaigns.campaign import Campaign
from alerts.campaigns.lift import campaigns_of, holidays_of
from alerts.campaigns.observed import Day
from alerts.campaigns.service import told
from alerts.close import end_alert, make_way
from alerts.detection.severity import ARRIVING
from alerts.explained.basis import Pasts, as_seen, keep, remember
from alerts.families import family_of
from alerts.judging.checkpoint import (
    Checkpoint,
    brought_up,
    closed_for_good,
    heard_in,
    latches_of,
    load,
    monitors_in,
    needed_of,
    save,
)
from alerts.judging.findings import Finding, Key, arriving_first, findings, quieted
from alerts.judging.newcomers import Aside, Onset, since_onsets, without
from alerts.judging.newcomers import told as newcomers_told
from alerts.judging.notable import SIGNAL, notable, who
from alerts.judging.roster import SHARED, SIGNALS, judged
from alerts.levels import rank
from alerts.open import Stands, open_alert, raise_level
from alerts.ticker.corrected import corrected
from alerts.ticker.shards import Shard, alone, divide, forget, is_divided, taken
from alerts.tuning.chosen import note_needed
from alerts.wording.compose import Claim, headline
from kit.core import Core
from kit.db import ReadSession, WriteSession, computed
from mentions.counting.counts import Sums, minute_of, sums
from mentions.drivers import drivers
from mentions.monitor import Monitor
from mentions.sources.outage import Deafness, deafness
from mentions.waiting.valkey_queue import Outbox
from people.organisations import Brand

log = structlog.get_logger(__name__)

TELL_EVERY = timedelta(minutes=5)
"""How often the drivers of an alert that goes on are told anew."""

T = TypeVar("T")
Claims = list[tuple[int, Finding]]
"""The ids of alerts with what each has newly claimed."""
Known = dict[Key, Alert]
"""The unended alerts by monitor id and family of signals."""


async def tick(core: Core) -> int:
    """One look at every monitor that nobody else looks at; returns how many alerts were opened, raised or
    ended."""
    of, waiting = core.settings.tickers, await _waiting_since(core)
    return sum([await _ticked(core, Shard(number, of), waiting) for number in range(of)])


async def _waiting_since(core: Core) -> float | None:
    """Since when the oldest batch waits to be counted; None: nothing waits, or nobody can say."""
    with suppress(RedisError, OSError):
        return await Outbox(core.bell.redis).oldest()
    return None


async def _ticked(core: Core, shard: Shard, waiting: float | None) -> int:
    """The same for one share of the monitors; the next time where what is stored was to be divided anew."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        if not await taken(session, shard):
            return 0
        if await is_divided(session, shard.of):
            monitors = await _listened(session, shard)
            known = await _unended(session, shard)
            if not monitors:
                await forget(session, shard)
                return await _ended(session, known, set(), now)
            found, checkpoint = await _looked(session, shard, monitors, known, now, waiting)
            claims = await _reconciled(session, found, known, now)
            await _keep(session, claims, checkpoint, now)
            return len(claims) + await _ended(session, known, {monitor.id for monitor in monitors}, now)
    async with core.database.unit_of_work() as session:
        await alone(session)
        if not await is_divided(session, shard.of):
            every = Shard(0, 1)
            latches = _latches(await _unended(session, every))
            await divide(session, await _listened(session, every), latches, shard.of)
    return 0


async def _listened(session: ReadSession, shard: Shard) -> Sequence[Monitor]:
    query = select(Monitor).where(Monitor.enabled, Monitor.id % shard.of == shard.number)
    return (await session.scalars(query.order_by(Monitor.id))).all()


async def _unended(session: ReadSession, shard: Shard) -> Known:
    query = select(Alert).where(Alert.ended_at.is_(None), Alert.monitor_id % shard.of == shard.number)
    found = await session.scalars(query.order_by(Alert.id))
    return {(alert.monitor_id or 0, family_of(alert.signal)): alert for alert in found}


def _latches(known: Known) -> dict[tuple[int, str], tuple[int, str]]:
    """By monitor and signal: when each was opened, and its level."""
    return {
        (monitor_id, alert.signal): (minute_of(alert.opened_at), alert.level)
        for (monitor_id, _), alert in known.items()
    }


async def _looked(
    session: WriteSession,
    shard: Shard,
    monitors: Sequence[Monitor],
    known: Known,
    now: datetime,
    waiting: float | None,
) -> tuple[list[Finding], Checkpoint]:
    """Bring the checkpoint up to date, store it, and judge what lies behind it."""
    latches, minute = _latches(known), minute_of(now)
    saved = await load(session, shard.number)
    until = closed_for_good(saved, minute, waiting)
    if saved is not None and saved.state.minute < until:
        saved = await corrected(session, saved, monitors, latches)
    checkpoint = await brought_up(session, saved, monitors, until, latches)
    if saved is None or checkpoint.state is not saved.state:
        await save(session, checkpoint, *shard)
        await _spared(session, "past", lambda: remember(session, saved, checkpoint, shard.number), None)
        await note_needed(session, needed_of(checkpoint))
    ordered = monitors_in(checkpoint, monitors)
    counts, around = await heard_in(session, ordered, checkpoint.state.minute + 1, minute + 1)
    fraction = max(1.0, now.timestamp() % 60) / 60
    held = latches_of(checkpoint.watched, latches)
    judgement = await computed(session, partial(judged, checkpoint.state, counts, fraction, held, around))
    found = [
        *(as_seen(one, counts[:, -1], fraction, ordered) for one in findings(ordered, judgement)),
        *await notable(session, monitors, now),
        *await arrived(session, monitors, now),
    ]
    onsets = {(one.monitor.id, one.evidence["since"]) for one in found if one.signal not in ARRIVING}
    counted, apart = await sums(session, onsets), await since_onsets(session, onsets, minute + 1)
    weighed = [_weighed(one, counted, apart) for one in found]
    levels = {key: alert.level for key, alert in known.items()}
    return arriving_first(quieted(weighed, known), levels), checkpoint


def _weighed(
    finding: Finding, counted: Mapping[Onset, Sums], apart: Mapping[Onset, Sequence[Aside]]
) -> Finding:
    """With its level; what sources in their first day said makes a claim about counts no graver."""
    onset = finding.monitor.id, finding.evidence["since"]
    if onset not in counted:
        return finding.weighed(None)
    if finding.signal not in SIGNALS or onset not in apart:
        return finding.weighed(counted[onset])
    finding = replace(finding, evidence={**finding.evidence, "newcomers": newcomers_told(apart[onset])})
    return finding.weighed(without(counted[onset], apart[onset]))


async def _reconciled(session: WriteSession, found: Sequence[Finding], known: Known, now: datetime) -> Claims:
    """Open and raise what was found; `known` keeps what nothing was found of. Returns the new claims.

    First what people know of: when that became worse, a new alert beside it need not wake them again.
    """
    claims: Claims = []
    for finding in sorted(found, key=lambda one: one.key not in known):
        alert = known.pop(finding.key, None)
        if alert is None:
            claims += await _open(session, finding, now) if finding.fresh else []
        else:
            claims += await _follow(session, alert, finding, now)
    return claims


async def _ended(session: WriteSession, known: Known, listened: Set[int], now: datetime) -> int:
    """End what nothing was found of; returns how many. `listened`: the monitors' ids."""
    changed = 0
    for (monitor_id, _), alert in known.items():
        if monitor_id not in listened:
            await end_alert(session, alert, now=now, reason="Its monitor was switched off.")
            changed += 1
        elif minute_of(alert.opened_at) < minute_of(now):
            await end_alert(session, alert, now=now, reason="The signal is back in its usual range.")
            changed += 1
    return changed


async def _keep(session: WriteSession, claims: Claims, checkpoint: Checkpoint, now: datetime) -> None:
    """What each alert's claim can be computed again from; without it the alert is as good."""
    pasts = Pasts(session, checkpoint)
    for alert_id, finding in claims:
        await _spared(session, "basis", partial(keep, session, alert_id, finding, now, pasts), None)


async def _open(session: WriteSession, finding: Finding, now: datetime) -> Claims:
    """A new alert; the one that somebody else has opened since we looked is treated as if we had known it."""
    finding = await _with_drivers(session, finding, now)
    try:
        alert = await open_alert(
            session,
            brand_id=finding.monitor.brand_id,
            monitor_id=finding.monitor.id,
            signal=finding.signal,
            level=finding.level,
            title=await _title(session, finding),
            evidence=finding.evidence,
            since=_since(finding),
            now=now,
            pages=finding.pages,
        )
    except Stands as found:
        return await _follow(session, found.alert, finding, now)
    return [(alert.id, finding)]


async def _follow(session: WriteSession, alert: Alert, finding: Finding, now: datetime) -> Claims:
    """What people know of goes on: raised where it is worse, else told anew now and then."""
    if rank(finding.level) > rank(alert.level):
        return await _raise(session, alert, finding, now)
    if _told_long_ago(alert, now):
        await _tell_again(session, alert, finding, now)
    return []


async def _raise(session: WriteSession, alert: Alert, finding: Finding, now: datetime) -> Claims:
    """Worse than people know. Was it closed with its incident, it is a new alert that pages again.

    Another signal of its family may lead by now: the alert goes by that, as its evidence does.
    """
    if await make_way(session, alert, now=now):
        return await _open(session, finding, now)
    finding = await _with_drivers(session, finding, now)
    title = await _title(session, finding)
    alert.pages = alert.pages or finding.pages  # what only informed may have become a crisis
    await raise_level(
        session,
        alert,
        level=finding.level,
        title=title,
        evidence=finding.evidence,
        now=now,
        signal=finding.signal,
    )
    return [(alert.id, finding)]


def _told_long_ago(alert: Alert, now: datetime) -> bool:
    told = alert.evidence.get("drivers", {}).get("until")
    return now - (datetime.fromisoformat(told) if told else alert.opened_at) >= TELL_EVERY


async def _tell_again(session: WriteSession, alert: Alert, finding: Finding, now: datetime) -> None:
    """What drives it, now that more has been said; the claim itself stays as it was made."""
    if found := await _drivers_of(session, finding, alert.since, now):
        alert.evidence = {**alert.evidence, "drivers": found}


async def _with_drivers(session: WriteSession, finding: Finding, now: datetime) -> Finding:
    """The evidence with what drives it, who spoke, and the sources that it had to do without."""
    monitor, evidence = finding.monitor, finding.evidence
    since, until = evidence["since"], evidence["minute"] + 1
    found = await _drivers_of(session, finding, _since(finding), now)
    silent: Sequence[Deafness] = await _spared(
        session, "outages", lambda: deafness(session, [monitor.id]), []
    )
    announced: Sequence[Campaign] = await _spared(
        session, "campaigns", lambda: campaigns_of(session, monitor, since, until), []
    )
    holidays: Sequence[Day] = await _spared(
        session, "holidays", lambda: holidays_of(session, monitor, since, until), []
    )
    more = {
        "drivers": found,
        "silent_sources": [
            {"source": one.name, "state": one.state, "since": one.since.isoformat(), "share": one.share}
            for one in silent
        ],
        "campaigns": [{"id": row.id, **told(row)} for row in announced],
        "holidays": [day.told for day in holidays],
    }
    if finding.signal == SIGNAL:
        end = minute_of(now) + 1
        nobody: dict[str, Any] = {}
        more |= await _spared(session, "voices", lambda: who(session, monitor, since, end), nobody)
    elif finding.signal in ARRIVING:
        more["voices"] = await _spared(session, "voices", lambda: voices(session, evidence), [])
    return replace(finding, evidence={**evidence, **more})


async def _drivers_of(
    session: WriteSession, finding: Finding, since: datetime, now: datetime
) -> dict[str, Any]:
    sentiment = finding.signal if finding.signal in SHARED else None
    until, monitor_id = now + timedelta(seconds=1), finding.monitor.id
    return await _spared(
        session, "drivers", lambda: drivers(session, monitor_id, since, until, sentiment=sentiment), {}
    )


async def _spared(session: WriteSession, what: str, work: Callable[[], Awaitable[T]], without: T) -> T:
    """What the work gives, or `without` it: an alert that lacks it beats one that never opened."""
    try:
        async with session.begin_nested():
            return await work()
    except Exception:
        log.exception("alert.without", what=what)
        return without


async def _title(session: ReadSession, finding: Finding) -> str:
    """About the brand, or about what else is listened to for it."""
    brand = await session.get_one(Brand, finding.monitor.brand_id)
    name = finding.monitor.about(brand.name)
    return headline(Claim(name, finding.level, finding.signal, name, _since(finding), finding.evidence))


def _since(finding: Finding) -> datetime:
    return datetime.fromtimestamp(finding.evidence["since"] * 60, UTC)
