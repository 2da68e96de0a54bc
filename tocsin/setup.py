"""People, brands, monitors, rotas, policies, sources, alert sources and runbooks from a TOML file.

Applying a file twice changes nothing: every entry is found again by its name (people by their mail
address, brands by their slug) and brought to what the file says. Nothing is ever deleted. People, departments
and routes that somebody changed on their pages stay as they are, and so do steps that a lesson changed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from alerts.contacts.trouble import no_admin_any_more
from alerts.escalation import QUIET_MINUTES
from alerts.incoming import setting_up
from alerts.incoming.source import AlertSource
from alerts.page import EscalationPolicy
from kit.bell import SEATS, ring_later
from kit.db import Row, WriteSession
from kit.errors import Invalid
from kit.signing import check_secret
from kit.zones import known_zone
from mentions import query
from mentions.drafts.field_map import compiled
from mentions.monitor import TYPES, Monitor
from mentions.source import Source
from mentions.sources.connecting import KEEP, read_settings
from mentions.sources.registry import KINDS
from people.departments import admins
from people.members import Member
from people.on_call.editing import LayerDraft, add_layer, change_layer, same
from people.on_call.moving import moving
from people.on_call.plans import layers_of
from people.organisations import Brand, Organisation
from people.rota.windows import windows_of
from people.schedules import Schedule
from people.seats import shut_out
from people.signin import hash_password
from tocsin import setup_departments, setup_holidays, setup_people, setup_runbooks
from tocsin.setup_entries import check, number_of

T = TypeVar("T", bound=Row)
MAX_WAIT = 24 * 60  # minutes
BRAND = {"name", "slug", "time_zone", "language", "monitors", "holidays", "days"}
MONITOR = {"name", "query", "type", "holidays"}
POLICY = {"name", "brand", "repeats", "quiet_minutes", "levels"}
LEVEL = {"wait_minutes", "targets", "everyone", "awake_first", "severities"}
SECTIONS = {
    "house",
    "partners",
    "members",
    "brands",
    "schedules",
    "policies",
    "sources",
    "alert_sources",
    "departments",
    "routes",
    "runbooks",
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


async def apply(session: WriteSession, data: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Bring the database to what the file says; returns what was left as people have changed it."""
    left: list[str] = []
    # in turn with pages that change people
    await session.execute(select(Member.id).order_by(Member.id).with_for_update(key_share=True))
    had_admins = bool(await admins(session))
    house = await _house(session, _part(data, "house"))
    zone = await _only_zone(session, data)
    brands = {
        entry["slug"]: await _brand(session, entry, house.id, left, now, zone)
        for entry in data.get("brands", [])
    }
    partners = {
        entry["name"]: await setup_people.partner(session, entry, brands, left, now=now)
        for entry in data.get("partners", [])
    }
    organisations = {house.name: house.id, **partners}
    people = {
        entry["email"]: await _member(session, entry, organisations, house.id, left, now)
        for entry in data.get("members", [])
    }
    if had_admins and not await admins(session):
        raise Invalid("after this file there would be no admin with an active seat")
    schedules = {
        entry["name"]: await _schedule(session, entry, people, now) for entry in data.get("schedules", [])
    }
    departments = {
        entry["slug"]: await setup_departments.department(session, entry, people, left, now=now)
        for entry in data.get("departments", [])
    }
    named = {"schedule": schedules, "department": departments, "member": people}
    for entry in data.get("policies", []):
        await _policy(session, entry, brands, named)
    for entry in data.get("alert_sources", []):
        await _alert_source(session, entry, brands)
    monitors = dict((await session.execute(select(Monitor.name, Monitor.id))).all())
    references = {**named, "brand": brands, "monitor": monitors}
    await setup_departments.routes(session, data.get("routes", []), references, left)
    for entry in data.get("members", []):
        await setup_departments.digests(session, people[entry["email"]], entry.get("digests", []), now=now)
    for entry in data.get("sources", []):
        await _source(session, entry, now)
    await setup_runbooks.runbooks(session, data.get("runbooks", []), people, left, now=now)
    return left


def _part(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name not in data:
        raise Invalid(f"the section [{name}] is missing")
    return dict(data[name])


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


async def _house(session: WriteSession, entry: Mapping[str, Any]) -> Organisation:
    check(entry, {"name"}, f"house {entry['name']!r}")
    return await _put(session, Organisation, {"name": entry["name"]}, {"kind": "house"})


async def _member(
    session: WriteSession,
    entry: Mapping[str, Any],
    organisations: Mapping[str, int],
    house_id: int,
    left: list[str],
    now: datetime,
) -> int:
    """A member's password, language and zone are set when the member is made, and never again from a file.

    One that an admin has added or changed on the page stays so; `left` names what the file has otherwise. Who
    loses the seat, or goes to another organisation, is shut out as on the page.
    """
    check(entry, setup_people.MEMBER, f"member {entry['email']!r}")
    setup_departments.check_reader(entry, f"member {entry['email']!r}")
    values = {
        key: value for key, value in entry.items() if key not in {"password", "organisation", "digests"}
    }
    name = entry.get("organisation")
    values["organisation_id"] = number_of(organisations, name, "organisation") if name else house_id
    found = await session.scalar(select(Member).where(func.lower(Member.email) == entry["email"].lower()))
    role = entry["role"] if found is None else entry.get("role", found.role)
    setup_people.check_member(entry, role, of_house=values["organisation_id"] == house_id)
    if found is not None:
        kept = {"language", "time_zone", *({"email"} if found.by_hand else ())}
        values = {key: value for key, value in values.items() if key not in kept}
        if found.by_hand:
            others = [key for key, value in values.items() if getattr(found, key) != value]
            if others:
                said = ", ".join(one.removesuffix("_id") for one in others)
                left.append(f"member {entry['email']!r} ({said})")
            return found.id
        if values.get("active") is False or values["organisation_id"] != found.organisation_id:
            await shut_out(session, None, found.id, now)
        ring_later(session, SEATS)
    elif "password" in entry:
        values["password_hash"] = hash_password(setup_people.password(entry))
    was_admin = found is not None and found.role == "admin"
    values = {key: value for key, value in values.items() if key not in setup_people.NDA}
    row = await _put(session, Member, {"email": entry["email"]}, values)
    setup_people.agree(row, entry, now=now)
    if was_admin and row.role != "admin":
        await no_admin_any_more(session, row, now)
    return row.id


async def _only_zone(session: WriteSession, data: Mapping[str, Any]) -> str:
    """Of which zone all schedules are, the stored ones and the file's; UTC where they are of several."""
    zones = {str(entry.get("time_zone", "UTC")) for entry in data.get("schedules", [])}
    zones |= set(await session.scalars(select(Schedule.time_zone)))
    return zones.pop() if len(zones) == 1 else "UTC"


async def _brand(
    session: WriteSession,
    entry: Mapping[str, Any],
    house_id: int,
    left: list[str],
    now: datetime,
    zone: str,
) -> int:
    """`zone`: of a new brand for which the file names none. What people set later stays.

    The name of one that an admin named on the page stays, too; `left` names it.
    """
    check(entry, BRAND, f"brand {entry['slug']!r}")
    setup_departments.check_reader(entry, f"brand {entry['slug']!r}")
    values = {"name": entry["name"], "organisation_id": house_id}
    if "time_zone" in entry:
        values["time_zone"] = entry["time_zone"]
    found = await session.scalar(select(Brand).where(Brand.slug == entry["slug"]))
    if found is None:
        values = {"time_zone": zone, **values}
    elif found.by_hand and found.name != entry["name"]:
        values["name"] = found.name
        left.append(f"brand {entry['slug']!r} (name)")
    named = select(Brand.slug).where(func.lower(Brand.name) == values["name"].lower())
    other = await session.scalar(named.where(Brand.slug != entry["slug"]))
    if other is not None:
        raise Invalid(f"brand {entry['slug']!r}: {values['name']!r} is the name of the brand {other!r}")
    brand = await _put(session, Brand, {"slug": entry["slug"]}, values)
    for monitor in entry.get("monitors", []):
        check(monitor, MONITOR, f"monitor {monitor['name']!r}")
        query.parse(monitor["query"])
        made = await session.scalar(select(Monitor.created_at).where(Monitor.name == monitor["name"]))
        wanted = {"brand_id": brand.id, "query": monitor["query"], "created_at": made or now}
        if "type" in monitor:
            wanted |= {"type": monitor["type"], "pages": _pages(monitor["name"], monitor["type"])}
        row = await _put(session, Monitor, {"name": monitor["name"]}, wanted)
        await setup_holidays.of_monitor(session, row, monitor, now)
    await setup_holidays.of_brand(session, brand, entry, now)
    return brand.id


def _pages(monitor: str, type_: str) -> bool:
    """Whether alerts of this type wake people, as long as nobody decides otherwise on the monitor's page."""
    if type_ not in TYPES:
        raise Invalid(f"monitor {monitor!r}: type must be one of {', '.join(TYPES)}")
    return TYPES[type_].pages


async def _source(session: WriteSession, entry: Mapping[str, Any], now: datetime) -> None:
    """A source with the settings of its kind; a secret among them is kept apart as the secret."""
    name, kind = entry["name"], KINDS.get(entry["kind"])
    if kind is None:
        raise Invalid(f"source {name!r}: {entry['kind']!r} is no kind of source: {', '.join(KINDS)}")
    given = {one: str(value) for one, value in entry.get("settings", {}).items()}
    try:
        settings, secret = read_settings(kind, given, has_secret="secret" in entry)
        compiled(entry.get("field_map", {}))
    except Invalid as error:
        raise Invalid(f"source {name!r}: {error}") from error
    values = {"keep": kind.keep, **({"secret": secret} if secret else {}), **entry, "settings": settings}
    if values["keep"] not in KEEP:
        raise Invalid(f"source {name!r}: keep must be one of {', '.join(KEEP)}")
    if kind.receive is not None:
        _check_secrets(entry, f"source {name!r}")
    on = select(Source.enabled_at).where(Source.name == entry["name"], Source.enabled)
    values["enabled_at"] = await session.scalar(on) or now
    await _put(session, Source, {"name": entry["name"]}, values)


SCHEDULE = {"name", "time_zone"}
LAYER = {"name", "time_zone", "handover", "starts_on", "ends_on", "every", "unit", "participants", "windows"}
WHOLE = {"handover", "starts_on", "shift_days", "participants"}
"""Of a schedule without `layers`: its only layer, whose turns are `shift_days` long."""


async def _schedule(
    session: WriteSession, entry: Mapping[str, Any], people: Mapping[str, int], now: datetime
) -> int:
    """The schedule with its layers, the uppermost first; layers are found again by their names."""
    name = entry["name"]
    known = SCHEDULE | ({"layers"} if "layers" in entry else WHOLE)
    check(entry, known, f"schedule {name!r}")
    schedule = await _put(
        session, Schedule, {"name": name}, {key: entry[key] for key in SCHEDULE if key in entry}
    )
    try:
        known_zone(schedule.time_zone)
        layers = entry["layers"] if "layers" in entry else [_only_layer(entry)]
        drafts = [_layer(layer, people) for layer in layers]
        there = list(await layers_of(session, schedule.id))
        if len(there) >= len(drafts) and all(map(same, there, count(), drafts)):
            return schedule.id
        # whom a new schedule names learns of it by the notice before the first shift
        async with moving(session, [schedule.id], actor_id=None, now=now, tell=bool(there)):
            await _put_layers(session, schedule, drafts)
    except (Invalid, LookupError, TypeError, ValueError, OSError) as error:
        raise Invalid(f"schedule {name!r} cannot be read: {error}") from error
    return schedule.id


async def _put_layers(session: WriteSession, schedule: Schedule, drafts: list[LayerDraft]) -> None:
    """What the file does not name stays, below."""
    there = {row.name: row for row in await layers_of(session, schedule.id)}
    for position, draft in enumerate(drafts):
        row = there.pop(draft.name, None)
        if row is None:
            await add_layer(session, schedule, draft, position=position)
        else:
            row.position = position
            await change_layer(session, schedule, row, draft)
    for position, row in enumerate(there.values(), start=len(drafts)):
        row.position = position


def _only_layer(entry: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(entry["shift_days"], int) or entry["shift_days"] < 1:
        raise Invalid("shift_days must be a whole number from 1")
    layer = {key: entry[key] for key in WHOLE - {"shift_days"}}
    return {**layer, "name": entry["name"], "every": entry["shift_days"], "unit": "days"}


def _layer(entry: Mapping[str, Any], people: Mapping[str, int]) -> LayerDraft:
    check(entry, LAYER, "a layer")
    return LayerDraft(
        name=entry["name"],
        time_zone=entry.get("time_zone"),
        handover=entry["handover"],
        starts_on=_date(entry["starts_on"]),
        ends_on=_date(entry["ends_on"]) if "ends_on" in entry else None,
        every=entry.get("every", 1),
        unit=entry.get("unit", "weeks"),
        participants=[number_of(people, mail, "member") for mail in entry["participants"]],
        windows=windows_of("\n".join(entry.get("windows", []))),
    )


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


async def _policy(
    session: WriteSession,
    entry: Mapping[str, Any],
    brands: Mapping[str, int],
    named: Mapping[str, Mapping[str, int]],
) -> None:
    name = entry["name"]
    if not entry["levels"]:
        raise Invalid(f"policy {name!r} has no levels, so it would page nobody but the admins")
    check(entry, POLICY, f"policy {name!r}")
    if not isinstance(entry.get("repeats", 0), int) or entry.get("repeats", 0) < 0:
        raise Invalid(f"policy {name!r}: repeats must be a whole number from 0")
    quiet = entry.get("quiet_minutes", QUIET_MINUTES)
    if isinstance(quiet, bool) or not isinstance(quiet, int) or quiet < 0:
        raise Invalid(f"policy {name!r}: quiet_minutes must be a whole number, 0 for never")
    levels = [_level(name, level, named) for level in entry["levels"]]
    brand_id = number_of(brands, entry["brand"], "brand") if "brand" in entry else None
    values = {
        "name": name, "levels": levels, "repeats": entry.get("repeats", 2), "quiet_minutes": quiet or None,
    }  # fmt: skip
    await _put(session, EscalationPolicy, {"brand_id": brand_id}, values)


def _level(policy: str, level: Mapping[str, Any], named: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """A level as the policy keeps it; what is not said is left out."""
    check(level, LEVEL, f"policy {policy!r}: a level")
    if wrong := set(level.get("severities", ())) - {"amber", "red"}:
        raise Invalid(f"policy {policy!r}: {sorted(wrong)[0]!r} is no severity: amber or red")
    found: dict[str, Any] = {
        "wait_minutes": _minutes(policy, level["wait_minutes"]),
        "targets": [_target(target, named) for target in level["targets"]],
    }
    return found | {key: level[key] for key in ("everyone", "awake_first", "severities") if level.get(key)}


def _minutes(policy: str, value: object) -> float:
    """Without a wait, every level would be paged at once, round after round."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_WAIT:
        raise Invalid(f"policy {policy!r}: wait_minutes must be a number above 0 and at most {MAX_WAIT}")
    return value


def _target(target: Mapping[str, str], named: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    for kind, ids in named.items():
        if kind in target:
            return {kind: number_of(ids, target[kind], kind)}
    raise Invalid(f"a target is a schedule, a department or a member, not {dict(target)}")


async def _alert_source(session: WriteSession, entry: Mapping[str, Any], brands: Mapping[str, int]) -> None:
    """Another tool that sends alerts."""
    name, values = entry["name"], {key: value for key, value in entry.items() if key != "brand"}
    try:
        setting_up.check(values.get("format", "own"), entry.get("field_map", {}), entry.get("severities", {}))
    except Invalid as error:
        raise Invalid(f"alert source {name!r}: {error.message}") from error
    _check_secrets(entry, f"alert source {name!r}")
    values["brand_id"] = number_of(brands, entry["brand"], "brand") if "brand" in entry else None
    await _put(session, AlertSource, {"name": name}, {"format": "own", **values})


def _check_secrets(entry: Mapping[str, Any], where: str) -> None:
    """What lets somebody send here. A key that opens somebody else's server is as that server made it."""
    for key in ("secret", "path_token"):
        if key in entry:
            try:
                check_secret(entry[key])
            except Invalid as error:
                raise Invalid(f"{where}: its {key} {error.message}") from error
