"""What a routing rule would have sent where over the last week: counts and examples, before it is saved.

Looked at is what asks something by itself: labelled, found by a monitor of our own, no copy. What people pass
on by hand is not in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from kit.db import ReadSession
from mentions.mention import Match, Mention
from mentions.monitor import OWN, Monitor
from mentions.triage.routing import MAY_BE, About, Routes, RoutingRule, routes
from mentions.triage.ruling import Draft, checked

BACK = timedelta(days=7)
LIMIT = 10_000
EXAMPLES = 5
_DRAFT = 0  # the id of the rule that is tried: no stored one has it


@dataclass
class Taken:
    """Mentions that one version of the rules sends by the rule and the other does not."""

    count: int = 0
    places: Counter[int | None] = field(default_factory=Counter)
    """Where the other version sends them, by department; None: they become no case."""
    examples: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Rehearsal:
    looked_at: int
    since: datetime
    """The mentions that arrived since then were looked at,"""
    complete: bool
    """and those are all of the week's."""
    taken: int
    """What the rule would have sent."""
    fresh: Taken
    """Of these, what goes elsewhere by the rules as they are, or nowhere, or is there for another reason."""
    lost: Taken
    """What the rule as it is has sent, and would not."""


async def rehearse(session: ReadSession, draft: Draft, rule_id: int | None, *, now: datetime) -> Rehearsal:
    """Try a rule beside those that are there, in the place of its own former self or as the last."""
    ways = await routes(session)
    tried = RoutingRule(id=_DRAFT, **await checked(session, draft))
    rules = [tried if rule.id == rule_id else rule for rule in ways.rules]
    if tried not in rules:
        rules.append(tried)
    tried.position = next((rule.position for rule in ways.rules if rule.id == rule_id), len(rules))
    rows = await _asking(session, now)
    # in a thread: others' requests are answered meanwhile
    taken, fresh, lost = await asyncio.to_thread(
        _compared, rows, ways, Routes(rules, ways.departments), rule_id
    )
    complete = len(rows) < LIMIT
    since = now - BACK if complete else rows[-1].arrived_at
    return Rehearsal(len(rows), since, complete, taken, fresh, lost)


async def _asking(session: ReadSession, now: datetime) -> Sequence[Row[Any]]:
    """The week's mentions that may become cases by themselves, one row for each brand, the newest first."""
    wanted = (
        "id", "arrived_at", "published_at", "text", "title", "author", "url", "lang", "sentiment", "triage",
    )  # fmt: skip
    columns = [getattr(Mention, name) for name in wanted]
    found = (Match.mention_id == Mention.id) & (Match.arrived_at == Mention.arrived_at)
    query: Select[Any] = (
        select(*columns, Monitor.brand_id, func.array_agg(Monitor.id).label("monitor_ids"))
        .join(Match, found)
        .join(Monitor, Monitor.id == Match.monitor_id)
        .where(Mention.arrived_at > now - BACK, Mention.arrived_at <= now, Mention.deleted_at.is_(None))
        .where(Match.arrived_at > now - BACK, Mention.triage.in_(MAY_BE), ~Mention.copy)
        .where(Monitor.type.in_(OWN))
        .group_by(*columns, Monitor.brand_id)
        .order_by(Mention.arrived_at.desc(), Mention.id.desc())
        .limit(LIMIT)
    )
    return list((await session.execute(query)).all())


def _compared(
    rows: Sequence[Row[Any]], before: Routes, after: Routes, rule_id: int | None
) -> tuple[int, Taken, Taken]:
    """How many the tried rule sends; of them what its former self did not; and what only that one did."""
    taken, fresh, lost = 0, Taken(), Taken()
    for row in rows:
        said = f"{row.title}\n{row.text}" if row.title else row.text
        about = About(row.triage, row.brand_id, row.lang, said, frozenset(row.monitor_ids))
        was, will = before.by_itself(about), after.by_itself(about)
        did, does = rule_id is not None and was.rule_id == rule_id, will.rule_id == _DRAFT
        taken += does
        if does and not did:
            _take(fresh, row, was.department_id)
        elif did and not does:
            _take(lost, row, will.department_id)
    return taken, fresh, lost


def _take(side: Taken, row: Row[Any], elsewhere: int | None) -> None:
    side.count += 1
    side.places[elsewhere] += 1
    if len(side.examples) < EXAMPLES:
        side.examples.append(row)
