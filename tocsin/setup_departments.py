"""Departments, routing rules and digests of a set-up file (`tocsin.setup`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from incident.digest import subscriptions
from incident.digest.digest import DigestSubscription
from kit.db import WriteSession
from kit.errors import Invalid
from kit.languages import LANGUAGES
from kit.zones import known_zone
from mentions.triage.routing import RoutingRule, known_label
from people.departments import DEFAULT_ANSWER_MINUTES, Department, set_members

DEPARTMENT = {
    "name",
    "slug",
    "email",
    "language",
    "time_zone",
    "answer_minutes",
    "watches_sources",
    "members",
    "digests",
}
ROUTE = {"position", "label", "brand", "lang", "terms", "department", "reason"}


async def department(
    session: WriteSession, entry: Mapping[str, Any], people: Mapping[str, int], *, now: datetime
) -> int:
    """Make a department, or bring it to what the file says: its people and digests too."""
    _check(entry, DEPARTMENT, f"department {entry.get('slug', '')!r}")
    check_reader(entry, f"department {entry['slug']!r}")
    row = await session.scalar(select(Department).where(Department.slug == entry["slug"]))
    if row is None:
        row = Department(slug=entry["slug"], name=entry["name"])
        session.add(row)
    row.name, row.email = entry["name"], entry.get("email")
    row.language, row.time_zone = entry.get("language", "en"), entry.get("time_zone", "UTC")
    row.answer_minutes = entry.get("answer_minutes", DEFAULT_ANSWER_MINUTES)
    if not isinstance(row.answer_minutes, int) or row.answer_minutes < 1:
        raise Invalid(f"department {entry['slug']!r}: answer_minutes must be a whole number from 1")
    row.watches_sources = entry.get("watches_sources", False)
    if not isinstance(row.watches_sources, bool):
        raise Invalid(f"department {entry['slug']!r}: watches_sources must be true or false")
    await session.flush()
    members = [_known(people, mail, "member") for mail in entry.get("members", [])]
    await set_members(session, row.id, members, now=now)
    for cadence in entry.get("digests", []):
        await subscriptions.put(session, cadence, department_id=row.id, now=now)
    return row.id


async def route(
    session: WriteSession,
    entry: Mapping[str, Any],
    brands: Mapping[str, int],
    departments: Mapping[str, int],
) -> None:
    """Make the routing rule at this position, or bring it to what the file says."""
    _check(entry, ROUTE, f"route {entry.get('position', '')!r}")
    label = entry.get("label", "")
    if label and not known_label(label):
        raise Invalid(f"route {entry['position']}: {label!r} is no label")
    row = await session.scalar(select(RoutingRule).where(RoutingRule.position == entry["position"]))
    if row is None:
        row = RoutingRule(position=entry["position"])
        session.add(row)
    row.label, row.lang, row.terms = label, entry.get("lang", ""), entry.get("terms", "")
    row.brand_id = _known(brands, entry["brand"], "brand") if "brand" in entry else None
    row.department_id = (
        _known(departments, entry["department"], "department") if "department" in entry else None
    )
    row.reason = entry.get("reason", "")
    await session.flush()


def check_reader(entry: Mapping[str, Any], what: str) -> None:
    """Invalid for a time zone or a language that nobody can be written in."""
    if (language := entry.get("language", "en")) not in LANGUAGES:
        raise Invalid(f"{what}: language must be one of {', '.join(LANGUAGES)}, and not {language!r}")
    try:
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


def _check(entry: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := set(entry) - known:
        raise Invalid(f"{what} has an unknown entry {sorted(unknown)[0]!r}")


def _known(names: Mapping[str, int], name: str, what: str) -> int:
    if name not in names:
        raise Invalid(f"{what} {name!r} is not in this file")
    return names[name]
