"""Departments, routing rules and digests of a set-up file (`tocsin.setup`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from incident.digest import subscriptions
from incident.digest.digest import DigestSubscription
from kit.db import WriteSession
from kit.errors import Invalid
from kit.zones import known_zone
from mentions.triage.routing import RoutingRule
from mentions.triage.ruling import Draft, checked, last_change
from people.departments import DEFAULT_ANSWER_MINUTES, Department, set_members
from people.reading import known_language
from tocsin.setup_entries import check, number_of

DEPARTMENT = {
    "name",
    "slug",
    "email",
    "language",
    "time_zone",
    "answer_minutes",
    "watches_sources",
    "takes_opportunities",
    "members",
    "digests",
}
ROUTE = {
    "position", "label", "brand", "monitor", "lang", "terms", "department", "reason", "hint", "owner",
    "answer_minutes",
}  # fmt: skip
REFERENCES = {"brand": "brand", "monitor": "monitor", "department": "department", "owner": "member"}
"""What a route names, and what that is."""


async def department(
    session: WriteSession,
    entry: Mapping[str, Any],
    people: Mapping[str, int],
    left: list[str],
    *,
    now: datetime,
) -> int:
    """Make a department, or bring it to what the file says: its people and digests too.

    One that somebody has changed on its page stays as it is, and is named in `left`.
    """
    check(entry, DEPARTMENT, f"department {entry.get('slug', '')!r}")
    check_reader(entry, f"department {entry['slug']!r}")
    row = await session.scalar(select(Department).where(Department.slug == entry["slug"]))
    if row is None:
        row = Department(slug=entry["slug"], name=entry["name"])
        session.add(row)
    elif row.by_hand:
        left.append(f"department {entry['slug']!r}")
        return row.id
    row.name, row.email = entry["name"], entry.get("email")
    row.language, row.time_zone = entry.get("language", "en"), entry.get("time_zone", "UTC")
    row.answer_minutes = entry.get("answer_minutes", DEFAULT_ANSWER_MINUTES)
    if not isinstance(row.answer_minutes, int) or row.answer_minutes < 1:
        raise Invalid(f"department {entry['slug']!r}: answer_minutes must be a whole number from 1")
    for flag in ("watches_sources", "takes_opportunities"):
        value = entry.get(flag, False)
        if not isinstance(value, bool):
            raise Invalid(f"department {entry['slug']!r}: {flag} must be true or false")
        setattr(row, flag, value)
    await session.flush()
    members = [number_of(people, mail, "member") for mail in entry.get("members", [])]
    await set_members(session, row.id, members, now=now)
    for cadence in entry.get("digests", []):
        await subscriptions.put(session, cadence, department_id=row.id, now=now)
    return row.id


async def routes(
    session: WriteSession,
    entries: Sequence[Mapping[str, Any]],
    named: Mapping[str, Mapping[str, int]],
    left: list[str],
) -> None:
    """Make the routing rules at these positions, or bring them to what the file says.

    Once somebody has changed rules on their page all of them stay as they are, and `left` says so.
    """
    if entries and await last_change(session) is not None:
        left.append("routes")
        return
    for entry in entries:
        await _route(session, entry, named)


async def _route(
    session: WriteSession, entry: Mapping[str, Any], named: Mapping[str, Mapping[str, int]]
) -> None:
    check(entry, ROUTE, f"route {entry.get('position', '')!r}")
    draft = Draft(
        label=entry.get("label", ""),
        lang=entry.get("lang", ""),
        terms=entry.get("terms", ""),
        reason=entry.get("reason", ""),
        hint=entry.get("hint", ""),
        answer_minutes=entry.get("answer_minutes"),
        **{
            f"{what}_id": number_of(named[kind], entry[what], what) if what in entry else None
            for what, kind in REFERENCES.items()
        },
    )
    try:
        values = await checked(session, draft)
    except (Invalid, AttributeError, TypeError) as error:
        raise Invalid(f"route {entry['position']}: {error}") from error
    row = await session.scalar(select(RoutingRule).where(RoutingRule.position == entry["position"]))
    if row is None:
        row = RoutingRule(position=entry["position"])
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    await session.flush()


def check_reader(entry: Mapping[str, Any], what: str) -> None:
    """Invalid for a time zone or a language that nobody can be written in."""
    try:
        known_language(str(entry.get("language", "en")))
        known_zone(str(entry.get("time_zone", "UTC")))
    except Invalid as error:
        raise Invalid(f"{what}: {error}") from error


async def digests(session: WriteSession, member_id: int, cadences: list[str], *, now: datetime) -> None:
    """The digests that a person begins with; what they chose for themselves since then stays."""
    there = {one.cadence for one in await _chosen(session, member_id)}
    for cadence in cadences:
        if cadence not in there:
            await subscriptions.put(session, cadence, member_id=member_id, now=now)


async def _chosen(session: WriteSession, member_id: int) -> list[Any]:
    mine = DigestSubscription.member_id == member_id
    return list(await session.scalars(select(DigestSubscription).where(mine)))
