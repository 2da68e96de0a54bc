"""Whom a level's targets mean right now, and who of them can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from alerts.groups import admins, awake, department, participants
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
    rule: str = "member"
    """schedule, department, admins, awake or member: what named them."""
    name: str = ""
    """Of the schedule or department."""


@dataclass(frozen=True)
class Missed:
    """Somebody, or some group, that a level names and that cannot be paged."""

    kind: str
    """A sentence of `alerts.chain.words`."""
    name: str
    sentence: str
    """The same in English."""
    member_id: int | None = None


@dataclass
class Reach:
    """Who can be paged, and what became of each target that cannot."""

    targets: list[Target] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)

    @property
    def unreachable(self) -> list[str]:
        """A sentence for each target that cannot be paged."""
        return [one.sentence for one in self.missed]


async def reach(session: ReadSession, targets: Sequence[Mapping[str, Any]], now: datetime) -> Reach:
    """Resolve the targets, each person once. A target that cannot be read hides no other."""
    found = Reach()
    for target in targets:
        try:
            await _add(session, found, target, now)
        except (NotFound, LookupError, TypeError, ValueError) as error:
            log.exception("target.unreadable", target=dict(target))
            told = f"The target {dict(target)} cannot be read: {error}"
            found.missed.append(Missed("unreadable", str(dict(target)), told))
    return found


def unreachable(member: Member) -> str | None:
    """Why this person cannot be paged; None: they can."""
    found = missed(member)
    return None if found is None else found.sentence


def missed(member: Member) -> Missed | None:
    """The same with its kind."""
    name = member.name
    if not member.active:
        return Missed("no_seat", name, f"{name} has no active seat.", member.id)
    if member.role == "partner":
        return Missed("partner", name, f"{name} is a partner: alerts stay in the house.", member.id)
    if member.role == "observer":
        return Missed("observer", name, f"{name} is an observer: they read, nobody pages them.", member.id)
    if "@" not in member.email.strip():
        return Missed("no_mail", name, f"{name} has no mail address.", member.id)
    return None


async def _add(session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime) -> None:
    if "schedule" in target:
        schedule = await session.get(Schedule, int(target["schedule"]))
        if schedule is None:
            raise LookupError("there is no such schedule")
        if target.get("awake"):
            _add_awake(found, await participants(session, schedule), schedule.name, now)
            return
        on_call, away = await people_on_call(session, schedule, now)
        for one in on_call:
            _add_member(found, one, f"On call on {schedule.name}", "schedule", schedule.name)
        if not on_call:
            found.missed += _nobody(schedule, away)
    elif "department" in target:
        name, people = await department(session, int(target["department"]))
        if target.get("awake"):
            _add_awake(found, people, name, now)
            return
        _add_all(found, people, f"Belongs to {name}", "department", name)
    elif target.get("admins"):
        _add_all(found, await admins(session), "An admin: the last level of every policy", "admins", "")
    else:
        await _add_named(session, found, target, now)


async def _add_named(session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime) -> None:
    member = await session.get(Member, int(target["member"]))
    if member is None:
        raise LookupError("there is no such member")
    if target.get("awake"):
        _add_awake(found, [member], member.name, now)
        return
    _add_member(found, member, "Named in the escalation policy", "member", "")


def _add_all(found: Reach, people: Sequence[Member], reason: str, rule: str, name: str) -> None:
    """Those of a group who can be reached; who cannot is only worth a word when nobody can."""
    able = [member for member in people if missed(member) is None]
    for member in able:
        _add_member(found, member, reason, rule, name)
    if not able:
        nobody = f"{name} has nobody who can be paged." if name else "No admin can be paged."
        group = Missed("nobody_there" if name else "no_admin", name, nobody)
        found.missed += [one for member in people if (one := missed(member))] or [group]


def _add_awake(found: Reach, people: Sequence[Member], name: str, now: datetime) -> None:
    """Those for whom it is day; nobody is told off for sleeping."""
    able = [member for member in awake(people, now) if missed(member) is None]
    for member in able:
        _add_member(found, member, f"Awake, and belongs to {name}", "awake", name)
    if not able:
        found.missed.append(Missed("none_awake", name, f"Of {name} nobody is awake."))


def _nobody(schedule: Schedule, away: Sequence[Member]) -> list[Missed]:
    """Why the next level is paged: whose duty it would be, or that it is nobody's."""
    absent = [missed(one) or Missed("away", one.name, f"{one.name} is away.", one.id) for one in away]
    return absent or [Missed("nobody_on_call", schedule.name, f"Nobody is on call on {schedule.name}.")]


def _add_member(found: Reach, member: Member, reason: str, rule: str, name: str) -> None:
    problem = missed(member)
    if problem:
        found.missed.append(problem)
    elif all(member.id != target.member.id for target in found.targets):
        found.targets.append(Target(member, reason, rule, name))
