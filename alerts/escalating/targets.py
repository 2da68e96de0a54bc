"""Whom a level's targets mean right now, and who of them can be reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import select

from alerts.escalating.groups import awake, department, participants
from kit.db import ReadSession, Row
from kit.errors import NotFound
from people.departments import admins
from people.members import Member
from people.on_call.duty import people_on_call
from people.on_call.plans import overrides_of
from people.schedules import Schedule

log = structlog.get_logger(__name__)

T = TypeVar("T")
INSTANT = timedelta(seconds=1)


@dataclass(frozen=True)
class Target:
    """Somebody to page, and why: the schedule or policy level, in words."""

    member: Member
    reason: str
    rule: str = "member"
    """schedule, override, department, admins, awake or member: what named them."""
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
    relieved: list[Missed] = field(default_factory=list)
    """Whose duty somebody else has by an override: nothing is wrong with that."""

    @property
    def unreachable(self) -> list[str]:
        """A sentence for each target that cannot be paged."""
        return [one.sentence for one in self.missed]


class Known:
    """What was looked up in this unit of work: alerts of a storm name the same few schedules and people."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], Any] = {}

    def keep(self, kind: str, rows: Iterable[Row]) -> None:
        """What was looked up for several at once."""
        self._found |= {(kind, row.id): row for row in rows}

    async def once(self, kind: str, key: int, look: Callable[[], Awaitable[T]]) -> T:
        if (kind, key) not in self._found:
            self._found[kind, key] = await look()
        found: T = self._found[kind, key]
        return found


async def reach(
    session: ReadSession, targets: Sequence[Mapping[str, Any]], now: datetime, known: Known | None = None
) -> Reach:
    """Resolve the targets, each person once. A target that cannot be read hides no other."""
    found, known = Reach(), known or Known()
    for target in targets:
        try:
            await _add(session, found, target, now, known)
        except (NotFound, LookupError, TypeError, ValueError):
            log.exception("target.unreadable", target=dict(target))
            told = f"A target cannot be read: choose it again in the escalation policy ({dict(target)})."
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


async def _add(
    session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime, known: Known
) -> None:
    if "schedule" in target:
        await _add_schedule(session, found, target, now, known)
    elif "department" in target:
        key = int(target["department"])
        name, people = await known.once("department", key, lambda: department(session, key))
        if target.get("awake"):
            _add_awake(found, people, name, now)
            return
        _add_all(found, people, f"Belongs to {name}", "department", name)
    elif target.get("admins"):
        people = await known.once("admins", 0, lambda: admins(session))
        _add_all(found, people, "An admin: the last level of every policy", "admins", "")
    else:
        await _add_named(session, found, target, now, known)


async def _add_schedule(
    session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime, known: Known
) -> None:
    key = int(target["schedule"])
    schedule = await known.once("schedule", key, lambda: session.get(Schedule, key))
    if schedule is None:
        raise LookupError("there is no such schedule")
    if target.get("awake"):
        people = await known.once("participants", key, lambda: participants(session, schedule))
        _add_awake(found, people, schedule.name, now)
        return
    on_call, away = await known.once("on_call", key, lambda: people_on_call(session, schedule, now))
    overrides = await known.once("overrides", key, lambda: overrides_of(session, key, now, now + INSTANT))
    put = {row.member_id for row in overrides}
    for one in on_call:
        rule = "override" if one.id in put else "schedule"
        _add_member(found, one, f"On call on {schedule.name}", rule, schedule.name)
    present = {one.id for one in (*on_call, *away)}
    relieved = {row.instead_of for row in overrides if row.kind == "instead"} - present - {None}
    for member in await session.scalars(select(Member).where(Member.id.in_(relieved)).order_by(Member.id)):
        told = f"{member.name} has given the duty to somebody else."
        found.relieved.append(Missed("relieved", member.name, told, member.id))
    if not on_call:
        by_override = any(row.kind == "nobody" for row in overrides)
        found.missed += _nobody(schedule, away, by_override=by_override)


async def _add_named(
    session: ReadSession, found: Reach, target: Mapping[str, Any], now: datetime, known: Known
) -> None:
    key = int(target["member"])
    member = await known.once("member", key, lambda: session.get(Member, key))
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


def _nobody(schedule: Schedule, away: Sequence[Member], *, by_override: bool) -> list[Missed]:
    """Why the next level is paged: whose duty it would be, or that it is nobody's."""
    absent = [missed(one) or Missed("away", one.name, f"{one.name} is away.", one.id) for one in away]
    kind = "nobody_by_override" if by_override else "nobody_on_call"
    return absent or [Missed(kind, schedule.name, f"Nobody is on call on {schedule.name}.")]


def _add_member(found: Reach, member: Member, reason: str, rule: str, name: str) -> None:
    problem = missed(member)
    if problem:
        found.missed.append(problem)
    elif all(member.id != target.member.id for target in found.targets):
        found.targets.append(Target(member, reason, rule, name))
