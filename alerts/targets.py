"""Whom a level's targets mean right now, and who of them can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from kit.db import ReadSession
from kit.errors import NotFound
from people.members import Member
from people.on_call.duty import people_on_call
from people.schedules import Schedule

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Target:
    """Somebody to page, and why: the schedule or policy level, in words."""

    member: Member
    reason: str


@dataclass
class Reach:
    """Who can be paged, and a sentence for each target that cannot."""

    targets: list[Target] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)


async def reach(session: ReadSession, targets: Sequence[Mapping[str, Any]], now: datetime) -> Reach:
    """Resolve the targets, each person once. A target that cannot be read hides no other."""
    found = Reach()
    for target in targets:
        try:
            await _add(session, found, target, now)
        except (NotFound, LookupError, TypeError, ValueError) as error:
            log.exception("target.unreadable", target=dict(target))
            found.unreachable.append(f"The target {dict(target)} cannot be read: {error}")
    return found


def unreachable(member: Member) -> str | None:
    """Why this person cannot be paged; None: they can."""
    if not member.active:
        return f"{member.name} has no active seat."
    if member.role == "partner":
        return f"{member.name} is a partner: alerts stay in the house."
    if member.role == "observer":
        return f"{member.name} is an observer: they read, nobody pages them."
    if "@" not in member.email.strip():
        return f"{member.name} has no mail address."
    return None


async def _add(session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime) -> None:
    if "schedule" in target:
        schedule = await session.get(Schedule, int(target["schedule"]))
        if schedule is None:
            raise LookupError("there is no such schedule")
        on_call, away = await people_on_call(session, schedule, now)
        for one in on_call:
            _add_member(found, one, f"On call on {schedule.name}")
        if not on_call:
            found.unreachable += _nobody(schedule, away)
        return
    member = await session.get(Member, int(target["member"]))
    if member is None:
        raise LookupError("there is no such member")
    _add_member(found, member, "Named in the escalation policy")


def _nobody(schedule: Schedule, away: Sequence[Member]) -> list[str]:
    """Why the next level is paged: whose duty it would be, or that it is nobody's."""
    absent = [unreachable(member) or f"{member.name} is away." for member in away]
    return absent or [f"Nobody is on call on {schedule.name}."]


def _add_member(found: Reach, member: Member, reason: str) -> None:
    problem = unreachable(member)
    if problem:
        found.unreachable.append(problem)
    elif all(member.id != target.member.id for target in found.targets):
        found.targets.append(Target(member, reason))
