"""What people may do with escalation policies. What is under way keeps the copy that it began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from alerts.levels import RULED
from alerts.page import EscalationPolicy
from kit import locks
from kit.db import Base, ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.numbers import natural
from people.departments import Department
from people.members import Member
from people.organisations import Brand
from people.permissions import READERS, Viewer, require_admin, require_house
from people.schedules import Schedule
from people.telling import tell

MOST_LEVELS = 20
MOST_TARGETS = 20
MOST_REPEATS = 20
LONGEST_WAIT = 24 * 60  # minutes
LONGEST_QUIET = 24 * 60  # minutes
TARGETS: Mapping[str, type[Base]] = {"schedule": Schedule, "department": Department, "member": Member}


@dataclass(frozen=True)
class LevelDraft:
    """One level as it was filled in."""

    targets: Sequence[str]
    """`schedule:1`, `department:2`, `member:3`."""
    wait_minutes: float
    everyone: bool = False
    awake_first: bool = False
    severities: Sequence[str] = ()
    """Empty: for alerts of every severity."""


async def list_policies(session: ReadSession, viewer: Viewer) -> Sequence[EscalationPolicy]:
    """Everybody's first, then those of brands. Forbidden to partners."""
    require_house(viewer)
    order = (EscalationPolicy.brand_id.nulls_first(), EscalationPolicy.name)
    return (await session.scalars(select(EscalationPolicy).order_by(*order))).all()


async def create_policy(
    session: WriteSession, viewer: Viewer, *, name: str, brand_id: int | None, now: datetime
) -> EscalationPolicy:
    """A policy for a brand, or for every brand without one; until it has levels the admins are paged."""
    require_admin(viewer)
    if brand_id is not None and await session.get(Brand, brand_id) is None:
        raise Invalid("There is no such brand.", field="brand")
    # of two for every brand only one would ever page, whichever is edited
    await locks.take_turn(session, locks.MAKING_POLICIES)
    owner = EscalationPolicy.brand_id == brand_id if brand_id else EscalationPolicy.brand_id.is_(None)
    if await session.scalar(select(EscalationPolicy.id).where(owner)) is not None:
        raise Conflict("There is a policy for this already: edit that one.")
    policy = EscalationPolicy(name=_name(name), brand_id=brand_id, levels=[], repeats=2, version=1)
    session.add(policy)
    await session.flush()
    _tell(session, viewer, policy, now)
    return policy


async def edit_policy(
    session: WriteSession,
    viewer: Viewer,
    policy_id: int,
    *,
    version: int,
    name: str,
    repeats: int,
    quiet_minutes: int | None,
    now: datetime,
) -> EscalationPolicy:
    """What holds for all levels. `quiet_minutes` None: an acknowledgement is never asked about."""
    policy = await _to_edit(session, viewer, policy_id, version)
    if not 0 <= repeats <= MOST_REPEATS:
        raise Invalid("It may begin again 0 to {} times.", MOST_REPEATS, field="repeats")
    if quiet_minutes is not None and not 1 <= quiet_minutes <= LONGEST_QUIET:
        raise Invalid("Quiet for 1 to {} minutes, or empty for never.", LONGEST_QUIET, field="quietMinutes")
    policy.name, policy.repeats, policy.quiet_minutes = _name(name), repeats, quiet_minutes
    return _saved(session, viewer, policy, now)


async def save_level(
    session: WriteSession,
    viewer: Viewer,
    policy_id: int,
    *,
    version: int,
    position: int,
    draft: LevelDraft,
    now: datetime,
) -> EscalationPolicy:
    """The level at this place (from 1); one place behind the last makes a new one."""
    policy = await _to_edit(session, viewer, policy_id, version)
    if not 1 <= position <= min(len(policy.levels) + 1, MOST_LEVELS):
        raise Invalid("There is no level at this place.", field="position")
    levels = list(policy.levels)
    levels[position - 1 : position] = [await _level(session, draft)]
    policy.levels = levels
    return _saved(session, viewer, policy, now)


async def remove_level(
    session: WriteSession, viewer: Viewer, policy_id: int, *, version: int, position: int, now: datetime
) -> EscalationPolicy:
    policy = await _to_edit(session, viewer, policy_id, version)
    if not 1 <= position <= len(policy.levels):
        raise Invalid("There is no level at this place.", field="position")
    policy.levels = [*policy.levels[: position - 1], *policy.levels[position:]]
    return _saved(session, viewer, policy, now)


async def _to_edit(session: WriteSession, viewer: Viewer, policy_id: int, version: int) -> EscalationPolicy:
    require_admin(viewer)
    policy = await session.get(EscalationPolicy, policy_id, with_for_update=True)
    if policy is None:
        raise NotFound("There is no such policy.")
    if policy.version != version:
        raise Conflict("Somebody has changed this policy meanwhile. Look at it again, then decide.")
    return policy


def _saved(
    session: WriteSession, viewer: Viewer, policy: EscalationPolicy, now: datetime
) -> EscalationPolicy:
    policy.version += 1
    _tell(session, viewer, policy, now)
    return policy


def _tell(session: WriteSession, viewer: Viewer, policy: EscalationPolicy, now: datetime) -> None:
    tell(
        session,
        viewer,
        "policy.changed",
        now=now,
        brand_id=policy.brand_id,
        policy=policy.name,
        levels=policy.levels,
        repeats=policy.repeats,
        quiet_minutes=policy.quiet_minutes,
    )


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 100:
        raise Invalid("Give the policy a name of at most 100 characters.", field="name")
    return name.strip()


async def _level(session: ReadSession, draft: LevelDraft) -> dict[str, Any]:
    if not 0 < draft.wait_minutes <= LONGEST_WAIT:
        raise Invalid("Wait more than 0 and at most {} minutes.", LONGEST_WAIT, field="waitMinutes")
    if unknown := set(draft.severities) - set(RULED):
        raise Invalid("{!r} is not amber or red.", sorted(unknown)[0], field="severities")
    if not 0 < len(draft.targets) <= MOST_TARGETS:
        raise Invalid("A level pages 1 to {} targets.", MOST_TARGETS, field="targets")
    level: dict[str, Any] = {
        "targets": [await _target(session, target) for target in dict.fromkeys(draft.targets)],
        "wait_minutes": draft.wait_minutes,
    }
    if draft.everyone:
        level["everyone"] = True
    if draft.awake_first:
        level["awake_first"] = True
    if draft.severities and set(draft.severities) != set(RULED):
        level["severities"] = sorted(set(draft.severities))
    return level


async def _target(session: ReadSession, target: str) -> dict[str, int]:
    kind, _, number = target.partition(":")
    known = TARGETS.get(kind)
    key = natural(number) or 0
    row = await session.get(known, key) if known else None
    if row is None:
        raise Invalid("{!r} is no schedule, department or person here.", target[:40], field="targets")
    if isinstance(row, Member) and row.role in READERS:
        raise Invalid("{} cannot be paged.", row.name, field="targets")
    return {kind: key}


async def naming(session: ReadSession, member_id: int) -> list[str]:
    """The names of the policies that page this person by name."""
    rows = await session.scalars(select(EscalationPolicy).order_by(EscalationPolicy.name))
    return [
        row.name
        for row in rows
        if any({"member": member_id} in level.get("targets", ()) for level in row.levels)
    ]
