"""Register what was heard: on record first, then into the stream like everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions.by_hand.registration import Registration
from mentions.drafts.draft import KINDS, MentionDraft, parse
from mentions.mention import Mention
from mentions.monitor import Monitor, own_monitors
from mentions.source import Source
from mentions.sources.columns import MAX_AHEAD
from mentions.sources.ingest import send
from mentions.waiting.batch import Batch
from people.organisations import Brand
from people.permissions import Viewer, require_house, require_participant
from people.telling import tell

SOURCE, SOURCE_KIND = "by-hand", "by_hand"
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Heard:
    """What the form says. `heard_at` None: just now."""

    text: str
    kind: str
    author: str | None = None
    place: str | None = None
    url: str | None = None
    lang: str | None = None
    heard_at: datetime | None = None


async def register(core: Core, viewer: Viewer, brand_id: int, heard: Heard, *, key: str) -> Registration:
    """Put it on record and into the stream; the same key again registers nothing new.

    Raises Forbidden (a partner, an observer), NotFound (no such brand), Invalid (a field), Conflict (the key
    stands for another brand), Unavailable (the broker: the same form again will do).
    """
    require_participant(viewer)
    now = core.clock.now()
    draft = _draft(heard, key, now)
    async with core.database.unit_of_work() as session:
        monitor_id = await _monitor(session, brand_id)
        source_id = await _source(session)
        registration = await _on_record(session, viewer, brand_id, draft, now)
    # after the commit, and again for a form that is sent again: the first try may not have got so far
    await send(core, Batch(source_id, now, (draft,), monitor_ids=(monitor_id,)))
    return registration


async def registered(
    session: ReadSession, viewer: Viewer, key: str
) -> tuple[Registration, Mention | None] | None:
    """A registration of the viewer's own, and its mention as soon as it is stored."""
    require_house(viewer)
    found = await session.get(Registration, key)
    if found is None or found.member_id != viewer.member_id:
        return None
    query = (
        select(Mention)
        .join(Source, Source.id == Mention.source_id)
        .where(Source.kind == SOURCE_KIND, Mention.native_id == key)
        .where(Mention.arrived_at >= found.registered_at)
    )
    return found, (await session.scalars(query.limit(1))).first()


def _draft(heard: Heard, key: str, now: datetime) -> MentionDraft:
    if not _KEY.fullmatch(key):
        raise Invalid("This form cannot be recognised. Reload the page and send it again.", field="key")
    if heard.kind not in KINDS:
        raise Invalid("kind must be one of {}.", ", ".join(KINDS), field="kind")
    if heard.heard_at is not None and heard.heard_at.tzinfo is None:
        raise Invalid("The time needs an offset, such as 2026-03-01T08:00:00Z.", field="heardAt")
    if heard.heard_at is not None and heard.heard_at > now + MAX_AHEAD:
        raise Invalid("It cannot have been heard in the future.", field="heardAt")
    given: Mapping[str, object] = {
        "id": key,
        "text": heard.text,
        "published_at": heard.heard_at.isoformat() if heard.heard_at else None,
        "author": heard.author,
        "url": heard.url,
        "lang": heard.lang,
        "kind": heard.kind,
        "place": heard.place,
    }
    # what was heard hours ago is news when somebody says it, and is looked for from then on
    return structs.replace(parse(given, now=now), arrived_at=now)


async def _monitor(session: ReadSession, brand_id: int) -> int:
    """The brand's first monitor, to which it belongs whatever its words."""
    if await session.get(Brand, brand_id) is None:
        raise NotFound("There is no such brand.")
    query = own_monitors(brand_id).where(Monitor.enabled).order_by(Monitor.id)
    found = await session.scalar(query.limit(1))
    if found is None:
        raise Invalid("This brand has no monitor that listens, so nothing would be counted.", field="brandId")
    return found


async def _source(session: WriteSession) -> int:
    """The source of all that is registered by hand, made when there is none."""
    row = insert(Source).values(name=SOURCE, kind=SOURCE_KIND, secret=None, field_map={}, enabled=True)
    row = row.values(settings={}, allowed_addresses=[], keep="all")
    await session.execute(row.on_conflict_do_nothing(index_elements=[Source.name]))
    return (await session.scalars(select(Source.id).where(Source.name == SOURCE))).one()


async def _on_record(
    session: WriteSession, viewer: Viewer, brand_id: int, draft: MentionDraft, now: datetime
) -> Registration:
    """Who registered it and when; one that is on record already stays as it is."""
    values = {
        "key": draft.native_id,
        "brand_id": brand_id,
        "member_id": viewer.member_id,
        "kind": draft.kind,
        "registered_at": now,
    }
    new = insert(Registration).values(values).on_conflict_do_nothing().returning(Registration.key)
    if await session.scalar(new) is not None:
        tell(
            session,
            viewer,
            "mention.registered",
            now=now,
            brand_id=brand_id,
            key=draft.native_id,
            mention_kind=draft.kind,
        )
    found = await session.get(Registration, draft.native_id)
    assert found is not None
    if (found.member_id, found.brand_id) != (viewer.member_id, brand_id):
        raise Conflict("This form was sent before, for another brand or by somebody else. Open a new one.")
    return found
