"""The precision record of a monitor's detector, and a setting that is proposed by it: a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from alerts.alert import Alert
from alerts.backtest.run import Backtest, backtest
from alerts.backtest.verdict import Known, Record, Stretch, judged
from alerts.families import FAMILIES, family_of
from alerts.feedback.marks import Proposal
from alerts.feedback.proposals import better, candidates, stored, told
from alerts.tuning.service import Wish, get_setting, set_detector
from incident.crises import known_of
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions.counting.counts import minute_of
from mentions.monitors import get_monitor
from people.permissions import Viewer, require_house, require_responder
from people.telling import tell

DAYS = 90
LONGEST = 400


@dataclass(frozen=True)
class Precision:
    """What the live detector did for a monitor: all alerts together, and each family alone."""

    days: int
    since: datetime
    """The days asked for ago, or when the monitor was made; a day ago at least."""
    whole: Record
    families: dict[str, Record]


async def precision_of(
    session: ReadSession, viewer: Viewer, monitor_id: int, *, now: datetime, days: int = DAYS
) -> Precision:
    """The record of the last `days` days; Invalid for none or too many, NotFound for no monitor."""
    require_house(viewer)
    if not 1 <= days <= LONGEST:
        raise Invalid("days goes from 1 to {}.", LONGEST, field="days")
    monitor = await get_monitor(session, viewer, monitor_id)
    since = max(now - timedelta(days=days), min(monitor.created_at, now - timedelta(days=1)))
    known = await known_of(session, monitor, since, now)
    query = select(Alert).where(
        Alert.monitor_id == monitor.id, Alert.pages,
        or_(Alert.opened_at >= since, Alert.ended_at >= since),
    )  # fmt: skip
    alerts = (await session.scalars(query)).all()
    stretches = [(family_of(one.signal), _stretch(one, now)) for one in alerts]
    minutes = minute_of(now) - minute_of(since)

    def record_of(*families: str) -> Record:
        return judged([one for family, one in stretches if family in families], known, minutes)

    found = {family: record_of(family) for family in FAMILIES if any(one == family for one, _ in stretches)}
    return Precision(days, since, record_of(*FAMILIES), found)


def _stretch(alert: Alert, now: datetime) -> Stretch:
    begin = minute_of(alert.opened_at)
    return Stretch(begin, max(begin + 1, minute_of(alert.ended_at or now)))


@dataclass(frozen=True)
class Comparison:
    """What is set and the candidates over the same past; `wishes` by the candidates' names."""

    found: Backtest
    wishes: dict[str, Wish]
    version: int
    """Of what was set when they were compared."""


async def compared(session: ReadSession, viewer: Viewer, monitor_id: int, *, now: datetime) -> Comparison:
    """What is set and the candidates, over the last DAYS days. Invalid while nobody has said anything."""
    require_responder(viewer)
    monitor = await get_monitor(session, viewer, monitor_id)
    row = await get_setting(session, viewer, monitor_id)
    since = now - timedelta(days=DAYS)
    known = await known_of(session, monitor, since, now)
    if not _said(known):
        raise Invalid("Nobody has said of an alert that it was, or was not, a crisis: nothing to go by yet.")
    able = candidates(row)
    choices = [choice for choice, _ in able]
    found = await backtest(session, monitor, choices, known, since=since, until=now)
    return Comparison(found, {choice.name: wish for choice, wish in able}, row.version)


def _said(known: Known) -> bool:
    return bool(known.crises or known.refused)


async def propose(
    session: WriteSession, viewer: Viewer, comparison: Comparison, *, now: datetime
) -> Proposal | None:
    """Put the best candidate before people, in the place of an older proposal; None when none is better."""
    require_responder(viewer)
    found = comparison.found
    best = better(found.trials)
    if best is None:
        return None
    values = {
        "wish": stored(comparison.wishes[best.choice.name]), "seen": comparison.version,
        "since": found.first, "until": found.until,
        "now": told(found.trials[0].record), "then": told(best.record),
        "made_at": now, "made_by": viewer.member_id,
    }  # fmt: skip
    fresh = insert(Proposal).values(monitor_id=found.monitor.id, state="open", **values)
    key = await session.scalar(
        fresh.on_conflict_do_update(
            index_elements=[Proposal.monitor_id], index_where=Proposal.state == "open", set_=values
        ).returning(Proposal.id)
    )
    return await session.get_one(Proposal, key, populate_existing=True)


async def open_proposal(session: ReadSession, viewer: Viewer, monitor_id: int) -> Proposal | None:
    """The one that waits for a person."""
    require_house(viewer)
    query = select(Proposal).where(Proposal.monitor_id == monitor_id, Proposal.state == "open")
    found: Proposal | None = await session.scalar(query)
    return found


async def decide(
    session: WriteSession, viewer: Viewer, proposal_id: int, *, accept: bool, now: datetime
) -> Proposal:
    """Set the detector as proposed, or leave it. Conflict when that was decided, or it was set meanwhile."""
    require_responder(viewer)
    proposal = await session.get(Proposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.state != "open":
        raise Conflict("This was decided already.")
    proposal.state = "accepted" if accept else "declined"
    proposal.decided_by, proposal.decided_at = viewer.member_id, now
    monitor_id, wish = proposal.monitor_id, Wish(**proposal.wish)
    if accept:
        await set_detector(session, viewer, monitor_id, wish, seen=proposal.seen, now=now)
    tell(session, viewer, "detector.decided", now=now, monitor_id=monitor_id, decision=proposal.state)
    return proposal
