"""What a source would bring, were it set up so: asked once, or listened to for a moment.

By the code that a worker runs, within its limits, and less patiently. Nothing of it is stored, nothing
begun; that it was asked is on the record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from kit.db import ReadSession, WriteSession
from kit.errors import Invalid, NotFound
from mentions.drafts.draft import MentionDraft
from mentions.source import Source
from mentions.sources import web
from mentions.sources.base import Connection, Fault, Items, Kind, Trouble
from mentions.sources.connecting import kept_secret, kind_of, read_settings
from mentions.sources.step import stumbled
from people.permissions import Viewer, require_admin
from people.telling import tell

log = structlog.get_logger(__name__)

PATIENCE = 15.0  # seconds
NEWEST = 3
LONGEST_SAMPLE = 100_000  # characters
_SERVERS = ("url", "server", "address")  # settings that say whom we ask


@dataclass(frozen=True)
class Wanted:
    """A source as it would be set up."""

    kind: Kind
    settings: Mapping[str, str]
    secret: str | None


@dataclass(frozen=True)
class Trial:
    """What came of a try."""

    drafts: Sequence[MentionDraft] = ()
    rejected: int = 0
    faults: Sequence[Fault] = ()
    trouble: str | None = None
    """Why nothing came, in English as `mentions.sources.troubles` has it."""
    note: str | None = None
    """What people should know though it works, in the same way."""

    @property
    def newest(self) -> list[MentionDraft]:
        """A few, the newest first."""
        return sorted(self.drafts, key=lambda one: one.published_at, reverse=True)[:NEWEST]


async def wanted(
    session: ReadSession, viewer: Viewer, kind: str, source_id: int | None, given: Mapping[str, str]
) -> Wanted:
    """What an admin typed: of a source that is there (`source_id`), or of a kind. Invalid, NotFound.

    The secret that a source has is used where none was typed, and only where it already goes.
    """
    require_admin(viewer)
    source = None
    if source_id is not None:
        source = await session.get(Source, source_id)
        if source is None:
            raise NotFound("There is no such source.")
    found = kind_of(kind if source is None else source.kind)
    settings, secret = read_settings(found, given, has_secret=source is not None and bool(source.secret))
    if found.check is not None:
        found.check(settings)
    if source is not None and secret is None and found.receive is None:
        secret = kept_secret(source, found, settings)
    return Wanted(found, settings, secret)


def note(session: WriteSession, viewer: Viewer, given: Wanted, now: datetime) -> None:
    """Put on the record who has which server asked, perhaps with a secret; not the rest of its address."""
    name = next((one.name for one in given.kind.fields if one.name in _SERVERS), "")
    try:
        server = urlsplit(given.settings.get(name, "")).hostname
    except ValueError:
        server = None
    told = f"{given.kind.title}, {server}" if server else given.kind.title
    tell(session, viewer, "source.tried", now=now, source=told)


async def tried(given: Wanted, now: Callable[[], datetime]) -> Trial:
    """Ask the source once. Never raises but when it is cancelled."""
    try:
        async with asyncio.timeout(PATIENCE), web.client() as http:
            items = await _look(given.kind, given.kind.connection(given.settings, given.secret, http, now))
    except TimeoutError:
        return Trial(trouble=_nothing(given.kind))
    except Exception as error:
        if not isinstance(error, Trouble):
            log.error("source.trial_broken", kind=given.kind.name, exc_info=error)
            error = stumbled(error)
        return Trial(trouble=error.message)
    return _trial(items)


def read(given: Wanted, sample: str, now: datetime) -> Trial:
    """What a payload would become. Invalid: it is too long. Pure."""
    body = body_of(sample)
    if given.kind.receive is None:
        raise Invalid("Nothing is sent to this source: it is asked.", field="sample")
    try:
        return _trial(given.kind.receive(body, {}, given.settings, now))
    except Invalid as error:
        return Trial(trouble=error.message)


def body_of(sample: str) -> bytes:
    """A pasted payload as a sender would send it. Invalid: it is too long."""
    if len(sample) > LONGEST_SAMPLE:
        raise Invalid("A sample has at most {:,} characters.", LONGEST_SAMPLE, field="sample")
    return sample.encode(errors="replace")


async def _look(kind: Kind, connection: Connection) -> Items:
    if kind.glance is not None:
        return await kind.glance(connection)
    if kind.poll is not None:
        return await kind.poll(connection, {})
    assert kind.stream is not None
    rejected = 0
    steps: Any = kind.stream(connection, {})
    async with aclosing(steps):
        async for items in steps:
            rejected += items.rejected
            if items.drafts:
                return Items(items.drafts, rejected=rejected)
    raise Trouble("The connection ended before anything came.")


def _nothing(kind: Kind) -> str:
    if kind.stream is not None and kind.glance is None:
        return (
            f"Nothing came within {PATIENCE:g} seconds, and no error either: the stream is quiet, or the "
            "server slow."
        )
    return f"It did not answer within {PATIENCE:g} seconds."


def _trial(items: Items) -> Trial:
    said = [one for one in items.drafts if not one.deleted]
    return Trial(said, items.rejected, items.faults, note=items.note)
