"""Putting mentions into the case they belong to, or opening it: once, whoever else does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from kit.db import WriteSession
from kit.events import record
from mentions.mention import Mention
from mentions.triage.belonging import former_keys
from mentions.triage.case import Case, CaseMention
from mentions.triage.grouping import SAME_MATTER
from mentions.triage.routing import About, Route, Routes

URGENT = {"threat": 60, "media": 240}
"""Minutes for an answer where the department's own time would be too long."""

Key = tuple[int, str]
"""Brand and `grouping.key_of`."""
Router = Callable[[About], Route]


@dataclass(frozen=True)
class Group:
    """What one author said in one thread about one brand, oldest first; never empty."""

    brand_id: int
    key: str
    said: Sequence[Mention]
    label: str
    """What it is about."""
    monitor_ids: frozenset[int] = frozenset()
    """Which found any of it."""

    @property
    def reach(self) -> int:
        """The largest audience of any of the mentions, people."""
        return max((mention.reach or mention.followers or 0) for mention in self.said)

    @property
    def about(self) -> About:
        """What the routing rules look at: the newest words."""
        mention = self.said[-1]
        said = f"{mention.title}\n{mention.text}" if mention.title else mention.text
        return About(self.label, self.brand_id, mention.lang, said, self.monitor_ids)


async def take_in(
    session: WriteSession, groups: Sequence[Group], ways: Routes, router: Router, *, now: datetime
) -> dict[Key, Case]:
    """Open a case for each group that has none, add to the case of each that has one; the cases by key.

    Two workers that do so at once: one opens, the other waits for its commit and joins. A group that no
    department takes has no case.
    """
    there = await _existing(session, groups, now)
    fresh = [group for group in groups if (group.brand_id, group.key) not in there]
    made = await _open(session, fresh, ways, router, now)
    missed = [group for group in fresh if (group.brand_id, group.key) not in made]
    there |= await _existing(session, missed, now)
    for group in groups:
        case = there.get((group.brand_id, group.key))
        if case is not None:
            await _join(session, case, group, ways, router, now)
    await _add_mentions(
        session, [(made[key], group) for group in groups if (key := (group.brand_id, group.key)) in made]
    )
    return there | made


async def _existing(session: WriteSession, groups: Sequence[Group], now: datetime) -> dict[Key, Case]:
    """The case of each group, locked: one that is not closed, else one closed that it still belongs to."""
    if not groups:
        return {}
    wanted: dict[Key, list[Group]] = {}
    for group in groups:
        for key in (group.key, *former_keys(group.key, group.said)):
            wanted.setdefault((group.brand_id, key), []).append(group)
    query = (
        select(Case)
        .where(tuple_(Case.brand_id, Case.key).in_(list(wanted)))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = [
        (case, group)
        for case in await session.scalars(query)
        for group in wanted[case.brand_id, case.key]
        if _still_belongs(group, case, now)
    ]
    found.sort(key=lambda pair: (pair[0].closed_at is None, pair[0].key == pair[1].key, pair[0].id))
    return {(group.brand_id, group.key): case for case, group in found}


def _still_belongs(group: Group, case: Case, now: datetime) -> bool:
    return case.closed_at is None or bool(group.said[0].thread) or now - case.closed_at < SAME_MATTER


async def _open(
    session: WriteSession, groups: Sequence[Group], ways: Routes, router: Router, now: datetime
) -> dict[Key, Case]:
    """Insert a case for each group that some department takes."""
    rows = [row for group in groups if (row := _row(group, router(group.about), ways, now)) is not None]
    if not rows:
        return {}
    fresh = insert(Case).on_conflict_do_nothing(
        index_elements=[Case.brand_id, Case.key], index_where=text("state <> 'closed'")
    )
    made = (await session.scalars(fresh.returning(Case), rows)).all()
    counts = Counter((case.brand_id, case.department_id) for case in made)
    for (brand_id, department_id), count in sorted(counts.items()):
        name = ways.named(department_id)
        record(session, "cases.opened", at=now, brand_id=brand_id, department=name, count=count)
    return {(case.brand_id, case.key): case for case in made}


def _row(group: Group, way: Route, ways: Routes, now: datetime) -> dict[str, object] | None:
    if way.department_id is None:
        return None
    return {
        "brand_id": group.brand_id,
        "key": group.key,
        "label": group.label,
        "department_id": way.department_id,
        "reason": way.reason,
        "rule_id": way.rule_id,
        "state": "new",
        "story_id": group.said[0].story_id,
        "opened_at": now,
        "due_at": due_at(ways, way.department_id, group.label, now, by_rule=way.answer_minutes),
        "mentions": len(group.said),
        "reach": group.reach,
        "last_said_at": group.said[-1].arrived_at,
        **dict.fromkeys(("decision", "reply", "outcome", "raised_note"), ""),
    }


def due_at(
    ways: Routes, department_id: int, label: str, now: datetime, *, by_rule: int | None = None
) -> datetime:
    """Until when a case that begins now should be answered; `by_rule`: minutes, before the department's."""
    own = by_rule or ways.answer_minutes(department_id)
    return now + timedelta(minutes=min(own, URGENT.get(label, own)))


async def _join(
    session: WriteSession, case: Case, group: Group, ways: Routes, router: Router, now: datetime
) -> None:
    """Add what was said to a case that is there; one that was done with waits for an answer again.

    Not after thanks: those are no reason to write once more.
    """
    added = await _add_mentions(session, [(case, group)])
    turned = group.label == "threat" != case.label  # also by an edit
    if not (added or turned):
        return
    values: dict[str, object] = {
        "mentions": Case.mentions + added,
        "reach": func.greatest(Case.reach, group.reach),
        "last_said_at": func.greatest(Case.last_said_at, group.said[-1].arrived_at),
    }
    if case.state in ("answered", "closed") and group.label != "praise":
        home = ways.taking(case.department_id) or case.department_id
        values |= {
            **_reopened(session, case, due_at(ways, home, group.label, now), now),
            "department_id": home,
        }
    if turned:
        values |= _turned(session, case, router(group.about), ways, now)
    await session.execute(update(Case).where(Case.id == case.id).values(**values))
    await session.refresh(case)


def _reopened(session: WriteSession, case: Case, due: datetime, now: datetime) -> dict[str, object]:
    record(session, "case.reopened", at=now, brand_id=case.brand_id, case_id=case.id, before=case.state)
    gone = (
        "owner_id",
        "claimed_at",
        "claim_ends_at",
        "answered_at",
        "answered_by",
        "closed_at",
        "late_told_at",
    )
    return {"state": "new", "due_at": due, **dict.fromkeys(gone)}


def _turned(session: WriteSession, case: Case, way: Route, ways: Routes, now: datetime) -> dict[str, object]:
    """A threat in a case that was none: it goes where threats go, or stays with the owner, who is told."""
    record(session, "case.turned", at=now, brand_id=case.brand_id, case_id=case.id, before=case.label)
    if way.department_id is None or case.owner_id is not None:
        return {"label": "threat"}
    due = min(case.due_at, due_at(ways, way.department_id, "threat", now, by_rule=way.answer_minutes))
    there = {"department_id": way.department_id, "reason": way.reason, "rule_id": way.rule_id}
    return {"label": "threat", **there, "due_at": due}


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
