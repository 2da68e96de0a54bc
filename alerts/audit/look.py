"""What may be wrong with the bell, as questions to the database and the broker.

Each finding says what it is, how many, and since when. None of them should ever be there for long: whatever
is due is worked off within seconds, so what is late by more than a little is stuck.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from alerts.alert import Alert, DetectorState
from alerts.audit.setbacks import SET_ASIDE
from alerts.audit.tables import EnginePart, Pulse, Setback
from alerts.audit.versions import VERSIONS
from alerts.channels import wiring
from alerts.contacts.contact import Contact
from alerts.incoming.source import IncomingAlert
from alerts.judging.checkpoint import SETTLE_MINUTES
from alerts.page import Escalation, Page
from kit.core import Core
from kit.db import ReadSession
from kit.events import broken_link, last_seq
from mentions.counting.counts import moment_of
from mentions.sentiment.plugged import name_of, standing
from mentions.source import Source, SourceHealth
from mentions.waiting.valkey_queue import Outbox
from people.members import Member
from people.permissions import READERS

log = structlog.get_logger(__name__)

LATE = timedelta(seconds=15)
"""By how much a due row may be late while all is well: a worker may just be restarting."""
PULSES = {"paging": timedelta(seconds=30), "tick": timedelta(seconds=60)}
"""Within which time each part must have done a round, in some process."""
STREAM_AGE = 120.0  # seconds that the oldest batch of mentions may wait
BEHIND = timedelta(minutes=5)
"""By how much the detector's state may lie behind what is closed for good."""
EVENTS_A_LOOK = 1_000
"""Events whose chain is looked at each minute: all of them in turn."""
NOT_STARTED_AFTER = timedelta(minutes=1)
FAILS_FOR = timedelta(minutes=1)
"""For how long the model that judges sentiment may fail: one slow batch is no news."""


@dataclass(frozen=True)
class Finding:
    """Something that should not be."""

    kind: str
    """See `KINDS`."""
    count: int
    since: datetime | None = None
    about: str = ""
    """Names, where they help."""


KINDS = (
    "unreachable", "nobody_paged", "exhausted", "escalations_late", "pages_late", "pages_stuck",
    "never_started", "incoming_late", "poison", "paging_stopped", "tick_stopped", "sources_deaf",
    "mentions_late", "dead_batches", "broker_away", "older_version", "history_changed", "sentiment_fails",
    "accurate_fails",
)  # fmt: skip
MILD = frozenset({"sentiment_fails", "accurate_fails"})
"""Findings with which the bell rings all the same: the outside is still told that it does."""
LOUD = frozenset({"unreachable", "nobody_paged", "exhausted"})
"""Findings that every page shows: somebody must act now, and no machine can."""


async def findings(core: Core) -> list[Finding]:
    """All that is wrong right now, the loud ones first."""
    now = core.clock.now()
    async with core.database.read() as session:
        found = await _unreachable(core, session)
        found += [one for look in _LOOKS if (one := await look(session, now)) is not None]
        found += [
            one for one in await _stopped(session, now) if one.kind not in {known.kind for known in found}
        ]
        found += await _older(session)
    return found + await _broker(core)


async def loud(core: Core, session: ReadSession) -> list[Finding]:
    """What every page of the house shows."""
    now = core.clock.now()
    found = [one for look in (_nobody, _exhausted) if (one := await look(session, now)) is not None]
    return await _unreachable(core, session) + found


async def _unreachable(core: Core, session: ReadSession) -> list[Finding]:
    """There are people, and this installation has no way to reach one of those who may be paged.

    With a mail server there is: everybody's account has an address.
    """
    if wiring.available("mail", core.settings):
        return []
    ways = [name for name in wiring.KINDS if wiring.available(name, core.settings)]
    reached = (
        exists()
        .where(Contact.member_id == Member.id, Contact.channel.in_(ways))
        .where(Contact.verified_at.is_not(None), Contact.disabled_at.is_(None), Contact.removed_at.is_(None))
    )
    may_be_paged = and_(Member.active, Member.role.not_in(READERS))
    query = select(func.count(), func.count().filter(reached)).select_from(Member).where(may_be_paged)
    people, with_a_way = (await session.execute(query)).one()
    return [Finding("unreachable", people)] if people and not with_a_way else []


async def _nobody(session: ReadSession, now: datetime) -> Finding | None:
    """Alerts that nobody could be paged about, as things are."""
    del now
    troubled = and_(Escalation.state == "running", Escalation.trouble.is_not(None))
    return await _of_escalations(session, "nobody_paged", troubled)


async def _exhausted(session: ReadSession, now: datetime) -> Finding | None:
    del now
    return await _of_escalations(session, "exhausted", Escalation.state == "exhausted")


async def _of_escalations(session: ReadSession, kind: str, which: ColumnElement[bool]) -> Finding | None:
    """Those of alerts that go on and that nobody has."""
    query = (
        select(func.count(), func.min(Alert.opened_at), func.min(Alert.title))
        .select_from(Escalation)
        .join(Alert, Alert.id == Escalation.alert_id)
        .where(which, Alert.state == "open")
        .where(Alert.ended_at.is_(None) | (Escalation.state == "running"))
    )
    count, since, title = (await session.execute(query)).one()
    return Finding(kind, count, since, title) if count else None


async def _escalations(session: ReadSession, now: datetime) -> Finding | None:
    """Overdue, and not because of an error that is reported as poison."""
    late = and_(Escalation.state == "running", Escalation.due_at < now - LATE)
    quiet = and_(Escalation.state.in_(("acknowledged", "reminding")), Escalation.quiet_at < now - 2 * LATE)
    return await _late(session, "escalations_late", Escalation.due_at, or_(late, quiet))


async def _pages(session: ReadSession, now: datetime) -> Finding | None:
    return await _late(
        session, "pages_late", Page.due_at, and_(Page.state == "due", Page.due_at < now - LATE)
    )


async def _stuck(session: ReadSession, now: datetime) -> Finding | None:
    """Being sent for longer than an attempt may take, or in a message that nobody sends."""
    carrier = aliased(Page)
    carried = exists().where(carrier.id == Page.bundle_id, carrier.state.in_(("due", "sending")))
    long = and_(Page.state == "sending", Page.due_at < now - LATE)
    return await _late(
        session, "pages_stuck", Page.due_at, or_(long, and_(Page.state == "bundled", ~carried))
    )


async def _never_started(session: ReadSession, now: datetime) -> Finding | None:
    """Open alerts that page, and that neither an escalation of their own nor another alert covers."""
    covered = Alert.evidence["joined"].as_integer().is_not(None)
    own = select(Escalation.id).where(Escalation.alert_id == Alert.id).exists()
    which = and_(
        Alert.state == "open", Alert.ended_at.is_(None), Alert.pages, ~covered, ~own,
        Alert.opened_at < now - NOT_STARTED_AFTER,
    )  # fmt: skip
    return await _late(session, "never_started", Alert.opened_at, which)


async def _incoming(session: ReadSession, now: datetime) -> Finding | None:
    late = and_(IncomingAlert.due_at < now - LATE, IncomingAlert.due_at.is_not(None))
    return await _late(session, "incoming_late", IncomingAlert.due_at, late)


async def _poison(session: ReadSession, now: datetime) -> Finding | None:
    del now
    return await _late(session, "poison", Setback.first_at, Setback.failures >= SET_ASIDE)


async def _deaf(session: ReadSession, now: datetime) -> Finding | None:
    del now
    since = func.least(SourceHealth.failing_since, SourceHealth.silent_since)
    query = (
        select(func.count(), func.min(since), func.string_agg(Source.name, ", "))
        .select_from(SourceHealth)
        .join(Source, Source.id == SourceHealth.source_id)
        .where(Source.enabled, since.is_not(None))
    )
    count, first, names = (await session.execute(query)).one()
    return Finding("sources_deaf", count, first, names) if count else None


async def _late(
    session: ReadSession,
    kind: str,
    when: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    which: ColumnElement[bool],
) -> Finding | None:
    count, since = (await session.execute(select(func.count(), func.min(when)).where(which))).one()
    return Finding(kind, count, since) if count else None


async def _stopped(session: ReadSession, now: datetime) -> list[Finding]:
    """Parts whose last round is too long ago, wherever they run."""
    rows = {row.part: row.at for row in await session.execute(select(Pulse.part, Pulse.at))}
    return [
        Finding(f"{part}_stopped", 1, rows.get(part))
        for part, patience in PULSES.items()
        if part not in rows or rows[part] < now - patience
    ]


async def _checkpoint(session: ReadSession, now: datetime) -> Finding | None:
    """The detector's state is brought up to date each minute, whatever the workers say of themselves."""
    minute = await session.scalar(select(func.min(DetectorState.minute)))
    if minute is None or now < moment_of(minute + SETTLE_MINUTES) + BEHIND:
        return None
    return Finding("tick_stopped", 1, moment_of(minute + SETTLE_MINUTES))


async def _history(session: ReadSession, now: datetime) -> Finding | None:
    """A part of the log each minute, and all of it in turn: what was written stays as it was written."""
    parts = await last_seq(session) // EVENTS_A_LOOK + 1
    behind = int(now.timestamp()) // 60 % parts * EVENTS_A_LOOK
    broken = await broken_link(session, behind, limit=EVENTS_A_LOOK)
    return Finding("history_changed", 1, None, f"#{broken}") if broken is not None else None


_LOOKS: tuple[Callable[[ReadSession, datetime], Awaitable[Finding | None]], ...] = (
    _nobody, _exhausted, _escalations, _pages, _stuck, _never_started, _incoming, _poison, _deaf,
    _checkpoint, _history,
)  # fmt: skip


async def _older(session: ReadSession) -> list[Finding]:
    """Parts of this process that stand aside for a newer version."""
    rows = (await session.execute(select(EnginePart.name, EnginePart.version))).all()
    older = sorted(name for name, version in rows if version > VERSIONS.get(name, version))
    return [Finding("older_version", len(older), None, ", ".join(older))] if older else []


async def _broker(core: Core) -> list[Finding]:
    box = Outbox(core.bell.redis)
    try:
        oldest, dead = await box.oldest(), await box.dead()
        unjudged = await standing.failing_since(core)
        once = await standing.accurate_fails_since(core)
    except (RedisError, OSError) as error:
        return [Finding("broker_away", 1, None, type(error).__name__)]
    found, now = [], core.clock.now()
    if oldest is not None and now.timestamp() - oldest > STREAM_AGE:
        found.append(Finding("mentions_late", 1, now - timedelta(seconds=now.timestamp() - oldest)))
    if unjudged is not None and unjudged <= now - FAILS_FOR:
        name = name_of(core.settings.sentiment_model) or ""
        found.append(Finding("sentiment_fails", 1, unjudged, name))
    if once is not None and once <= now - FAILS_FOR:
        found.append(Finding("accurate_fails", 1, once))
    return found + ([Finding("dead_batches", dead)] if dead else [])
