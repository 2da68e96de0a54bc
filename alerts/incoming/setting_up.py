"""Setting up the tools that may send alerts: by admins only. Secrets are told once, when they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from alerts.incoming.accept import brand_names, brand_of
from alerts.incoming.reading import FIELDS, Fault, Incoming, compiled, read
from alerts.incoming.source import AlertSource, IncomingAlert
from alerts.incoming.writer import RANK
from kit.db import ReadSession, WriteSession
from kit.errors import Invalid, NotFound
from mentions.sources.connecting import check_free, new_secret
from mentions.sources.trial import body_of
from people.organisations import Brand
from people.permissions import Viewer, require_admin
from people.telling import tell

FORMATS = ("own", "alertmanager", "generic")
MAPPED = ("items", *FIELDS)
"""What a field map of ours may name."""
MOST_WORDS = 50


@dataclass(frozen=True)
class Wanted:
    """What people say of a source; see AlertSource."""

    name: str
    format: str = "own"
    brand_id: int | None = None
    field_map: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A source, and what is told of it this once."""

    source: AlertSource
    secret: str
    path_token: str


@dataclass(frozen=True)
class Trial:
    """What a payload would be read as: each alert with the brand that it would be of, and the faults."""

    alerts: Sequence[tuple[Incoming, str | None]]
    faults: Sequence[Fault]


async def list_sources(session: ReadSession, viewer: Viewer) -> list[tuple[AlertSource, datetime | None]]:
    """All by name, and when each was heard last."""
    require_admin(viewer)
    heard = select(IncomingAlert.source_id, func.max(IncomingAlert.last_at)).group_by(IncomingAlert.source_id)
    last = dict((await session.execute(heard)).all())
    rows = await session.scalars(select(AlertSource).order_by(AlertSource.name))
    return [(row, last.get(row.id)) for row in rows]


async def create(session: WriteSession, viewer: Viewer, wanted: Wanted, now: datetime) -> Made:
    """A source with a secret and a token; its sender uses one of them."""
    require_admin(viewer)
    source = AlertSource(name=wanted.name, enabled=True)
    await check_free(session, AlertSource.name, wanted.name)
    await _apply(session, source, wanted)
    made = _renewed(source)
    session.add(source)
    await session.flush()
    _tell(session, viewer, source, "connected", now)
    return made


async def edit(
    session: WriteSession, viewer: Viewer, source_id: int, wanted: Wanted, now: datetime
) -> AlertSource:
    """Change all but its secrets. Another name is another address to send to."""
    require_admin(viewer)
    source = await _locked(session, source_id)
    if wanted.name != source.name:
        await check_free(session, AlertSource.name, wanted.name)
    source.name = wanted.name
    await _apply(session, source, wanted)
    _tell(session, viewer, source, "changed", now)
    return source


async def switch(
    session: WriteSession, viewer: Viewer, source_id: int, enabled: bool, now: datetime
) -> AlertSource:
    """Off, nothing is taken from it; what it has sent stays."""
    require_admin(viewer)
    source = await _locked(session, source_id)
    source.enabled = enabled
    _tell(session, viewer, source, "switched on" if enabled else "switched off", now)
    return source


async def rotate(session: WriteSession, viewer: Viewer, source_id: int, now: datetime) -> Made:
    """A new secret and a new token; the old ones end within two seconds."""
    require_admin(viewer)
    made = _renewed(await _locked(session, source_id))
    _tell(session, viewer, made.source, "given new secrets", now)
    return made


async def trial(session: ReadSession, viewer: Viewer, wanted: Wanted, sample: str) -> Trial:
    """What a payload would become, were the source set up so. Nothing is stored."""
    require_admin(viewer)
    body = body_of(sample)
    check(wanted.format, wanted.field_map, wanted.severities)
    good, faults = read(
        wanted.format,
        body,
        field_map=wanted.field_map,
        severities=wanted.severities,
    )
    known = await brand_names(session)
    names = {row.id: row.name for row in (await session.execute(select(Brand.id, Brand.name))).all()}
    return Trial([(one, names.get(brand_of(one, wanted.brand_id, known) or 0)) for _, one in good], faults)


def check(format: str, field_map: Mapping[str, str], severities: Mapping[str, str]) -> None:
    """Invalid unless alerts can be read so. Pure."""
    if format not in FORMATS:
        raise Invalid("The format is one of {}.", ", ".join(FORMATS), field="format")
    if wrong := sorted(set(severities.values()) - set(RANK)):
        raise Invalid("{!r} is none of {}.", wrong[0][:50], ", ".join(RANK), field="severities")
    if len(severities) > MOST_WORDS:
        raise Invalid("At most {} words can be explained.", MOST_WORDS, field="severities")
    if format == "generic":
        compiled(field_map)


async def _apply(session: ReadSession, source: AlertSource, wanted: Wanted) -> None:
    check(wanted.format, wanted.field_map, wanted.severities)
    if wanted.brand_id is not None and await session.get(Brand, wanted.brand_id) is None:
        raise NotFound("There is no such brand.", field="brand")
    source.format, source.brand_id = wanted.format, wanted.brand_id
    source.field_map = {name: spec for name, spec in wanted.field_map.items() if spec}
    source.severities = dict(wanted.severities)


def _renewed(source: AlertSource) -> Made:
    made = Made(source, new_secret(), new_secret())
    source.secret, source.path_token = made.secret, made.path_token
    return made


async def _locked(session: WriteSession, source_id: int) -> AlertSource:
    query = select(AlertSource).where(AlertSource.id == source_id).with_for_update()
    found: AlertSource | None = await session.scalar(query)
    if found is None:
        raise NotFound("There is no such source.")
    return found


def _tell(session: WriteSession, viewer: Viewer, source: AlertSource, what: str, now: datetime) -> None:
    tell(session, viewer, "source.changed", now=now, source=source.name, what=what)
