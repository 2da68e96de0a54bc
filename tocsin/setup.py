"""People, brands, monitors, rotas, policies and sources from a TOML file.

Applying a file twice changes nothing: every entry is found again by its name (people by their mail
address, brands by their slug) and brought to what the file says. Nothing is ever deleted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from alerts.page import EscalationPolicy
from kit.db import Row, WriteSession
from kit.errors import Invalid
from mentions import query
from mentions.monitor import Monitor
from mentions.source import Source
from people.directory import rotation_of
from people.members import Member
from people.organisations import Brand, Organisation
from people.schedules import Schedule
from people.signin import hash_password
from tocsin import setup_departments

T = TypeVar("T", bound=Row)
MAX_WAIT = 24 * 60  # minutes
SECTIONS = {
    "house",
    "partners",
    "members",
    "brands",
    "schedules",
    "policies",
    "sources",
    "departments",
    "routes",
}


def read(path: Path) -> dict[str, Any]:
    """The file's contents; Invalid names the file and the place of what cannot be read."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid(f"{path}: {error}") from error
    if unknown := set(data) - SECTIONS:
        raise Invalid(f"{path}: unknown section {sorted(unknown)[0]!r}; known: {', '.join(sorted(SECTIONS))}")
    return data


async def apply(session: WriteSession, data: Mapping[str, Any], *, now: datetime) -> None:
    """Bring the database to what the file says."""
    house = await _organisation(session, {**_part(data, "house"), "kind": "house"})
    partners = [
        await _organisation(session, {**entry, "kind": "partner"}) for entry in data.get("partners", [])
    ]
    organisations = {one.name: one.id for one in (house, *partners)}
    people = {
        entry["email"]: await _member(session, entry, organisations, house.id)
        for entry in data.get("members", [])
    }
    brands = {entry["slug"]: await _brand(session, entry, house.id, now) for entry in data.get("brands", [])}
    schedules = {
        entry["name"]: await _schedule(session, entry, people) for entry in data.get("schedules", [])
    }
    for entry in data.get("policies", []):
        await _policy(session, entry, brands, schedules, people)
    departments = {
        entry["slug"]: await setup_departments.department(session, entry, people, now=now)
        for entry in data.get("departments", [])
    }
    for entry in data.get("routes", []):
        await setup_departments.route(session, entry, brands, departments)
    for entry in data.get("members", []):
        await setup_departments.digests(session, people[entry["email"]], entry.get("digests", []), now=now)
    for entry in data.get("sources", []):
        await _put(session, Source, {"name": entry["name"]}, entry)


def _part(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name not in data:
        raise Invalid(f"the section [{name}] is missing")
    return dict(data[name])


def _known(names: Mapping[str, int], name: str, what: str) -> int:
    if name not in names:
        raise Invalid(f"{what} {name!r} is not in this file")
    return names[name]


async def _put(session: WriteSession, table: type[T], key: Mapping[str, Any], values: Mapping[str, Any]) -> T:
    """The row with this key, made or brought to these values."""
    for name in values:
        if name not in table.__table__.columns:
            raise Invalid(f"{table.__tablename__} {next(iter(key.values()))!r} has an unknown entry {name!r}")
    conditions = [getattr(table, column) == value for column, value in key.items()]
    row = (await session.execute(select(table).where(*conditions))).scalar_one_or_none()
    if row is None:
        row = table(**{**values, **key})
        session.add(row)
    else:
        for column, value in values.items():
            setattr(row, column, value)
    await session.flush()
    return row


async def _organisation(session: WriteSession, entry: dict[str, Any]) -> Organisation:
    return await _put(session, Organisation, {"name": entry["name"]}, entry)


async def _member(
    session: WriteSession, entry: Mapping[str, Any], organisations: Mapping[str, int], house_id: int
) -> int:
    """A member's password is set when the member is made, and never again from a file."""
    values = {
        key: value for key, value in entry.items() if key not in {"password", "organisation", "digests"}
    }
    name = entry.get("organisation")
    values["organisation_id"] = _known(organisations, name, "organisation") if name else house_id
    found = await session.execute(select(Member).where(func.lower(Member.email) == entry["email"].lower()))
    if found.scalar_one_or_none() is None and "password" in entry:
        values["password_hash"] = hash_password(entry["password"])
    return (await _put(session, Member, {"email": entry["email"]}, values)).id


async def _brand(session: WriteSession, entry: Mapping[str, Any], house_id: int, now: datetime) -> int:
    values = {"name": entry["name"], "organisation_id": house_id}
    brand = await _put(session, Brand, {"slug": entry["slug"]}, values)
    for monitor in entry.get("monitors", []):
        query.parse(monitor["query"])
        made = await session.scalar(select(Monitor.created_at).where(Monitor.name == monitor["name"]))
        wanted = {"brand_id": brand.id, "query": monitor["query"], "created_at": made or now}
        await _put(session, Monitor, {"name": monitor["name"]}, wanted)
    return brand.id


async def _schedule(session: WriteSession, entry: Mapping[str, Any], people: Mapping[str, int]) -> int:
    participants = [_known(people, mail, "member") for mail in entry["participants"]]
    values = {**entry, "participants": participants, "starts_on": str(entry["starts_on"])}
    if not isinstance(values["shift_days"], int) or values["shift_days"] < 1:
        raise Invalid(f"schedule {entry['name']!r}: shift_days must be a whole number from 1")
    schedule = await _put(session, Schedule, {"name": entry["name"]}, values)
    try:
        rotation_of(schedule)
    except (LookupError, ValueError, OSError) as error:
        raise Invalid(f"schedule {entry['name']!r} cannot be read: {error}") from error
    return schedule.id


async def _policy(
    session: WriteSession,
    entry: Mapping[str, Any],
    brands: Mapping[str, int],
    schedules: Mapping[str, int],
    people: Mapping[str, int],
) -> None:
    if not entry["levels"]:
        raise Invalid(f"policy {entry['name']!r} has no levels, so it would page nobody")
    if not isinstance(entry.get("repeats", 0), int) or entry.get("repeats", 0) < 0:
        raise Invalid(f"policy {entry['name']!r}: repeats must be a whole number from 0")
    levels = [
        {
            "wait_minutes": _minutes(entry["name"], level["wait_minutes"]),
            "targets": [_target(target, schedules, people) for target in level["targets"]],
        }
        for level in entry["levels"]
    ]
    brand_id = _known(brands, entry["brand"], "brand") if "brand" in entry else None
    values = {"name": entry["name"], "levels": levels, "repeats": entry.get("repeats", 2)}
    await _put(session, EscalationPolicy, {"brand_id": brand_id}, values)


def _minutes(policy: str, value: object) -> float:
    """Without a wait, every level would be paged at once, round after round."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_WAIT:
        raise Invalid(f"policy {policy!r}: wait_minutes must be a number above 0 and at most {MAX_WAIT}")
    return value


def _target(
    target: Mapping[str, str], schedules: Mapping[str, int], people: Mapping[str, int]
) -> dict[str, int]:
    if "schedule" in target:
        return {"schedule": _known(schedules, target["schedule"], "schedule")}
    if "member" in target:
        return {"member": _known(people, target["member"], "member")}
    raise Invalid(f"a target is a schedule or a member, not {dict(target)}")
