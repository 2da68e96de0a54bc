"""Connecting, changing and switching sources: by admins only. Secrets are told once, when they are made."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions.counting import leaving
from mentions.source import Source, SourceCursor
from mentions.sources import lease
from mentions.sources.base import Kind
from mentions.sources.links import is_web
from mentions.sources.registry import KINDS
from people.permissions import Viewer, require_admin
from people.telling import tell

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
MAX_SETTING = 5_000  # characters
MAX_MINUTES = 60 * 24 * 60
MAX_DAYS = 36_500
KEEP = ("all", "matched")


@dataclass(frozen=True)
class Wanted:
    """What people say of a source; the settings are those of its kind, secrets among them."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    keep: str = "all"
    expected_minutes: int | None = None
    retention_days: int | None = None
    raw_days: int | None = None
    allowed_addresses: Sequence[str] = ()


@dataclass(frozen=True)
class Made:
    """A source, and what is told of it this once."""

    source: Source
    secret: str | None = None
    path_token: str | None = None


async def create(
    session: WriteSession, viewer: Viewer, kind_name: str, wanted: Wanted, now: datetime
) -> Made:
    """Connect a source. One that is pushed to gets a secret and a token; its sender uses one of them."""
    require_admin(viewer)
    kind = kind_of(kind_name)
    source = Source(name=wanted.name, kind=kind.name, enabled=True, enabled_at=now, field_map={}, settings={})
    await _check_name(session, source, wanted.name)
    _apply(source, kind, wanted)
    made = Made(source) if kind.receive is None else _renewed(source)
    session.add(source)
    await session.flush()
    _tell(session, viewer, source, "connected", now)
    return made


async def edit(
    session: WriteSession, viewer: Viewer, source_id: int, wanted: Wanted, now: datetime
) -> Source:
    """Change what a source is set to. A secret that is left empty stays (`kept_secret`), other settings not.

    It is asked anew at once, and from the beginning when what it is asked for changed. Asked for the same in
    another place or way, it goes on where it was (`Field.moves`).
    """
    require_admin(viewer)
    source = await _locked(session, source_id)
    kind, before = kind_of(source.kind), dict(source.settings)
    await _check_name(session, source, wanted.name)
    _apply(source, kind, wanted)
    known = (before.keys() | source.settings.keys()) - {one.name for one in kind.fields if one.moves}
    if any(before.get(name) != source.settings.get(name) for name in known):
        await session.execute(delete(SourceCursor).where(SourceCursor.source_id == source.id))
    await lease.put_off(session, source.id, None)
    _tell(session, viewer, source, "changed", now)
    return source


async def switch(
    session: WriteSession, viewer: Viewer, source_id: int, enabled: bool, now: datetime
) -> Source:
    """Switch a source off or on. Off, nothing is asked and nothing is taken; its mentions stay."""
    require_admin(viewer)
    source = await _locked(session, source_id)
    if enabled and not source.enabled:
        source.enabled_at = now
        await leaving.returned(session, source.id, now)
    elif source.enabled and not enabled:
        await leaving.ended(session, source.id, now)
    if source.enabled != enabled:
        _tell(session, viewer, source, "switched on" if enabled else "switched off", now)
    source.enabled = enabled
    await lease.put_off(session, source.id, None)
    return source


async def rotate(session: WriteSession, viewer: Viewer, source_id: int, now: datetime) -> Made:
    """A new secret and a new token for a source that is pushed to; the old ones end at once."""
    require_admin(viewer)
    source = await _locked(session, source_id)
    kind = KINDS.get(source.kind)
    if kind is None or kind.receive is None:
        raise Conflict("Nothing is sent to this source: its secret is set by hand.")
    made = _renewed(source)
    _tell(session, viewer, source, "given new secrets", now)
    return made


def kind_of(name: str) -> Kind:
    """The kind by its name; NotFound where there is none, or none that people connect."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound("There is no such kind of source.")
    return kind


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def _renewed(source: Source) -> Made:
    made = Made(source, new_secret(), new_secret())
    source.secret, source.path_token = made.secret, made.path_token
    return made


async def _locked(session: WriteSession, source_id: int) -> Source:
    """Held against other changes, not against rows that name it: who writes those may hold its health."""
    query = select(Source).where(Source.id == source_id).with_for_update(key_share=True)
    found: Source | None = await session.scalar(query)
    if found is None:
        raise NotFound("There is no such source.")
    return found


async def _check_name(session: ReadSession, source: Source, name: str) -> None:
    if name == source.name and source.id is not None:
        return  # as it was, even if an older set-up was freer
    await check_free(session, Source.name, name)


async def check_free(session: ReadSession, names: InstrumentedAttribute[str], name: str) -> None:
    """Invalid unless a source may be called so, Conflict where one is. `names`: the column of those known."""
    if NAME.fullmatch(name) is None:
        raise Invalid("A name has small letters, digits, dots, hyphens and underscores.", field="name")
    if await session.scalar(select(names).where(names == name)) is not None:
        raise Conflict("There is a source of this name.", field="name")


def _apply(source: Source, kind: Kind, wanted: Wanted) -> None:
    source.name = wanted.name
    settings, secret = read_settings(kind, wanted.settings, has_secret=bool(source.secret))
    source.secret = secret or kept_secret(source, kind, settings)
    source.settings = settings
    if kind.check is not None:
        kind.check(source.settings)
    if wanted.keep not in KEEP:
        raise Invalid("keep is one of {}.", ", ".join(KEEP), field="keep")
    source.keep = wanted.keep
    source.expected_minutes = _within(wanted.expected_minutes, MAX_MINUTES, "expectedMinutes")
    source.retention_days = _within(wanted.retention_days, MAX_DAYS, "retentionDays")
    source.raw_days = _within(wanted.raw_days, MAX_DAYS, "rawDays")
    source.allowed_addresses = [_network(one) for one in wanted.allowed_addresses if one.strip()]


def read_settings(
    kind: Kind, given: Mapping[str, str], *, has_secret: bool = False
) -> tuple[dict[str, str], str | None]:
    """The kind's settings without blanks, and the secret among them, if one was given. Invalid. Pure."""
    known = {one.name: one for one in kind.fields}
    if unknown := sorted(set(given) - set(known)):
        raise Invalid("{} has no setting {!r}.", kind.title, unknown[0][:50], field="settings")
    values, secret = {}, None
    for name, one in known.items():
        value = given.get(name, "").strip()
        if len(value) > MAX_SETTING or "\0" in value:
            raise Invalid("{} is longer than {:,} characters.", one.label, MAX_SETTING, field=name)
        if one.required and not value and not one.default and not (one.secret and has_secret):
            raise Invalid("{} is needed.", one.label, field=name)
        if one.choices and value and value not in one.choices:
            raise Invalid("{} is one of {}.", one.label, ", ".join(one.choices), field=name)
        if one.web and value and not is_web(value):
            raise Invalid("“{}” is no web address. One looks like this: {}", value[:80], one.web, field=name)
        if one.secret:
            secret = value or None
        elif value:
            values[name] = value
    return values, secret


def kept_secret(source: Source, kind: Kind, settings: Mapping[str, str]) -> str | None:
    """The secret that a source has, to be used with these settings. Pure.

    Invalid where they would send it elsewhere: nobody learns it by that.
    """
    aims = [one for one in kind.fields if one.aims]
    if source.secret and any(
        settings.get(one.name, one.default) != source.settings.get(one.name, one.default) for one in aims
    ):
        field = next((one.name for one in kind.fields if one.secret), None)
        raise Invalid("Type the secret again: it would go to another place.", field=field)
    return source.secret


def _within(value: int | None, most: int, name: str) -> int | None:
    if value is not None and not 1 <= value <= most:
        raise Invalid("This goes from 1 to {:,}.", most, field=name)
    return value


def _network(given: str) -> str:
    try:
        return str(ip_network(given.strip(), strict=False))
    except ValueError as error:
        raise Invalid("{!r} is no address or network.", given[:50], field="allowedAddresses") from error


def _tell(session: WriteSession, viewer: Viewer, source: Source, what: str, now: datetime) -> None:
    tell(session, viewer, "source.changed", now=now, source=source.name, what=what)
