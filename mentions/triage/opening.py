"""Mentions become cases: by rule, each once, an author's words in one thread together.

Storing a mention leaves a row in a queue (`mentions.triage.queue`); a sweep works it off here. In a crisis
thousands of complaints come at once: copies never make a case, an author makes one, and the log gets one
line for each department and batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from kit.core import Core
from kit.db import WriteSession
from kit.events import record
from mentions.mention import Match, Mention
from mentions.monitor import Monitor
from mentions.triage.case import Case, CaseMention, CaseQueue
from mentions.triage.grouping import SAME_MATTER, key_of
from mentions.triage.queue import FRESH
from mentions.triage.routing import CASES, About, Routes, routes

BATCH = 500
URGENT = {"threat": 60, "media": 240}
"""Minutes for an answer where the department's own time would be too long."""

Key = tuple[int, str]
"""Brand and `grouping.key_of`."""


@dataclass(frozen=True)
class Group:
    """What one author said in one thread about one brand, oldest first; never empty."""

    brand_id: int
    key: str
    said: Sequence[Mention]

    @property
    def label(self) -> str:
        """The label that weighs most: of a complaint that turns into a threat, the threat."""
        return max((mention.triage for mention in self.said), key=_weight)

    @property
    def reach(self) -> int:
        return max((mention.reach or mention.followers or 0) for mention in self.said)

    @property
    def last_said_at(self) -> datetime:
        return max(mention.arrived_at for mention in self.said)


def _weight(label: str) -> int:
    return ("", "spam", "praise", "question", "lead", "complaint", "media", "threat").index(label)


async def open_cases(core: Core) -> int:
    """The sweep: work off one batch of the queue; returns how many mentions that were."""
    async with core.database.unit_of_work() as session:
        return await work_off(session, now=core.clock.now())


async def work_off(session: WriteSession, *, now: datetime) -> int:
    """Take the oldest of the queue that nobody else has, and open or join their cases."""
    oldest = (
        select(CaseQueue.mention_id)
        .order_by(CaseQueue.mention_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = (
        delete(CaseQueue)
        .where(CaseQueue.mention_id.in_(oldest))
        .returning(CaseQueue.mention_id, CaseQueue.arrived_at)
    )
    waiting = dict((await session.execute(taken)).tuples().all())
    fresh = {number: at for number, at in waiting.items() if now - at < FRESH}
    groups = await _groups(session, fresh)
    if groups:
        await take_in(session, groups, await routes(session), now=now)
    return len(waiting)


async def _groups(session: WriteSession, arrived: dict[int, datetime]) -> list[Group]:
    """The mentions by brand and case, of own brands and products, in the order of the keys."""
    if not arrived:
        return []
    low, high = min(arrived.values()), max(arrived.values())
    query = (
        select(Monitor.brand_id, Mention)
        .join(Match, (Match.mention_id == Mention.id) & (Match.arrived_at == Mention.arrived_at))
        .join(Monitor, Monitor.id == Match.monitor_id)
        .where(
            Mention.id.in_(arrived),
            Mention.arrived_at.between(low, high),
            Match.arrived_at.between(low, high),
        )
        .where(Mention.deleted_at.is_(None), Mention.triage.in_(CASES))
        .order_by(Mention.arrived_at, Mention.id)
    )
    found: dict[Key, dict[int, Mention]] = {}
    for brand_id, mention in await session.execute(query):
        found.setdefault((brand_id, key_for(mention)), {})[mention.id] = mention
    return [Group(*key, list(said.values())) for key, said in sorted(found.items())]


def key_for(mention: Mention) -> str:
    """The key of the case that a mention belongs to."""
    return key_of(
        mention.source_id,
        mention.author,
        mention.thread,
        story_id=mention.story_id,
        mention_id=mention.id,
    )


async def take_in(
    session: WriteSession, groups: Sequence[Group], ways: Routes, *, now: datetime
) -> dict[Key, Case]:
    """Open a case for each group that has none, add to the case of each that has one; the cases by key.

    Two workers that do so at once: one opens, the other waits for its commit and joins.
    """
    there = await _existing(session, groups, now)
    made = await _open(
        session, [group for group in groups if (group.brand_id, group.key) not in there], ways, now
    )
    missed = [group for group in groups if (group.brand_id, group.key) not in there | made]
    there |= await _existing(session, missed, now)
    for group in groups:
        case = there.get((group.brand_id, group.key))
        if case is not None:
            await _join(session, case, group, ways, now)
    fresh = [(made[key], group) for group in groups if (key := (group.brand_id, group.key)) in made]
    await _add_mentions(session, fresh)
    return there | made


async def _existing(session: WriteSession, groups: Sequence[Group], now: datetime) -> dict[Key, Case]:
    """The case of each group: the one that is not closed, else one closed that it still belongs to."""
    if not groups:
        return {}
    wanted = {(group.brand_id, group.key): group for group in groups}
    query = (
        select(Case)
        .where(tuple_(Case.brand_id, Case.key).in_(list(wanted)))
        .order_by(Case.closed_at.asc().nulls_last(), Case.id)
        .execution_options(populate_existing=True)
    )
    found = {}
    for case in await session.scalars(query):
        thread = wanted[case.brand_id, case.key].said[0].thread
        if case.closed_at is None or thread or now - case.closed_at < SAME_MATTER:
            found[case.brand_id, case.key] = case
    return found


async def _open(
    session: WriteSession, groups: Sequence[Group], ways: Routes, now: datetime
) -> dict[Key, Case]:
    """Insert a case for each group that some department takes."""
    rows = []
    for group in groups:
        way = ways.of(about(group.brand_id, group.said[-1], group.label))
        if way.department_id is not None:
            rows.append(
                _row(
                    group,
                    way.department_id,
                    way.reason,
                    now,
                    due_at(ways, way.department_id, group.label, now),
                )
            )
    if not rows:
        return {}
    fresh = insert(Case).on_conflict_do_nothing(
        index_elements=[Case.brand_id, Case.key], index_where=text("state <> 'closed'")
    )
    made = (await session.scalars(fresh.returning(Case), rows)).all()
    names = {one.id: one.name for one in ways.departments.values()}
    for (brand_id, department_id), count in sorted(
        Counter((c.brand_id, c.department_id) for c in made).items()
    ):
        record(session, "cases.opened", at=now, brand_id=brand_id, department_id=department_id,
               department=names[department_id], count=count)  # fmt: skip
    return {(case.brand_id, case.key): case for case in made}


def _row(group: Group, department_id: int, reason: str, now: datetime, due: datetime) -> dict[str, object]:
    return {
        "brand_id": group.brand_id,
        "key": group.key,
        "label": group.label,
        "department_id": department_id,
        "reason": reason,
        "state": "new",
        "story_id": group.said[0].story_id,
        "opened_at": now,
        "due_at": due,
        "mentions": len(group.said),
        "reach": group.reach,
        "last_said_at": group.last_said_at,
    }


def about(brand_id: int, mention: Mention, label: str) -> About:
    """What the routing rules look at."""
    said = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    return About(label, brand_id, mention.lang, said)


def due_at(ways: Routes, department_id: int, label: str, now: datetime) -> datetime:
    """Until when a case that begins now should be answered."""
    own = next(one.answer_minutes for one in ways.departments.values() if one.id == department_id)
    return now + timedelta(minutes=min(own, URGENT.get(label, own)))


async def _join(session: WriteSession, case: Case, group: Group, ways: Routes, now: datetime) -> None:
    """Add what was said to a case that is there; one that was done with waits for an answer again."""
    added = await _add_mentions(session, [(case, group)])
    if not added:
        return
    values: dict[str, object] = {
        "mentions": Case.mentions + added,
        "reach": func.greatest(Case.reach, group.reach),
        "last_said_at": func.greatest(Case.last_said_at, group.last_said_at),
    }
    if case.state in ("answered", "closed"):
        values |= {
            "state": "new", "owner_id": None, "claimed_at": None, "claim_ends_at": None, "answered_at": None,
            "closed_at": None, "late_told_at": None,
            "due_at": due_at(ways, case.department_id, group.label, now),
        }  # fmt: skip
        record(session, "case.reopened", at=now, brand_id=case.brand_id, case_id=case.id, before=case.state)
    if group.label == "threat" != case.label:
        values |= _turned(session, case, group, ways, now)
    await session.execute(update(Case).where(Case.id == case.id).values(**values))


def _turned(
    session: WriteSession, case: Case, group: Group, ways: Routes, now: datetime
) -> dict[str, object]:
    """A threat in a case that was none: it goes where threats go, or stays with the owner, who is told."""
    values: dict[str, object] = {"label": "threat"}
    way = ways.of(about(case.brand_id, group.said[-1], "threat"))
    if way.department_id is not None and case.owner_id is None:
        values |= {
            "department_id": way.department_id,
            "reason": way.reason,
            "due_at": min(case.due_at, due_at(ways, way.department_id, "threat", now)),
        }
    record(
        session,
        "case.turned",
        at=now,
        brand_id=case.brand_id,
        case_id=case.id,
        before=case.label,
        after="threat",
    )
    return values


async def _add_mentions(session: WriteSession, pairs: Sequence[tuple[Case, Group]]) -> int:
    """Note which mentions belong to the cases; returns how many were not noted before."""
    rows = [
        {"case_id": case.id, "mention_id": mention.id, "arrived_at": mention.arrived_at}
        for case, group in pairs
        for mention in group.said
    ]
    if not rows:
        return 0
    added = insert(CaseMention).on_conflict_do_nothing().returning(CaseMention.mention_id)
    return len((await session.execute(added, rows)).all())
