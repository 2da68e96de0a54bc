"""An author's request to be forgotten: what they wrote is wiped wherever mentions are kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update

from kit.db import ReadSession, WriteSession
from kit.events import Event
from mentions.copies.sketch import sketch
from mentions.identity.keys import Place
from mentions.mention import WIPED, Mention
from mentions.sentiment.corrections import Correction
from mentions.sources.raw import RawPayload, names
from mentions.triage import learning
from mentions.triage.decisions import Decision

ERASED = "author.erased"
"""In the log; its data holds digests of the names."""


async def erase(session: WriteSession, author: str) -> Sequence[int]:
    """Wipe all that this author (any capitals, every source) wrote; returns the ids of those mentions.

    That something was said stays counted. The same items sent again are recognised and not stored anew.
    """
    await _drop_payloads(session, author)
    theirs = select(Mention.id).where(func.lower(Mention.author) == func.lower(author))
    # in the order in which a worker locks them, too: neither fails
    ids = (await session.scalars(theirs.order_by(Mention.id).with_for_update())).all()
    native_id = func.concat("erased:", Mention.id)
    wiped = update(Mention).where(Mention.id.in_(ids))
    await session.execute(wiped.values(**WIPED, native_id=native_id, deleted_at=func.now()))
    return ids


async def erase_copies(session: WriteSession, author: str, *, now: datetime) -> dict[int, str]:
    """Wipe what others repeat of this author word for word; returns what it was, by mention.

    Before `erase`: it compares.
    """
    copies = await copies_of(session, author, lock=True)
    await session.execute(update(Mention).where(Mention.id.in_(copies)).values(**WIPED, deleted_at=now))
    return copies


async def copies_of(session: ReadSession, author: str, *, lock: bool = False) -> dict[int, str]:
    """By mention the texts in which others repeat this author (any capitals) word for word; `lock`: to wipe.

    Only where the author was the first that we know to say it: who copied a text owns no other copy.
    """
    theirs = func.lower(Mention.author) == func.lower(author)
    said = select(Mention.story_id, Mention.text).where(
        theirs, Mention.story_id.is_not(None), Mention.copy.is_(False)
    )
    texts: dict[int | None, set[int]] = {}
    found = (await session.execute(said)).all()
    for (story, _), one in zip(found, await _in_order([row.text for row in found]), strict=True):
        texts.setdefault(story, set()).add(one)
    others = select(Mention.id, Mention.story_id, Mention.text).where(
        Mention.story_id.in_(texts), Mention.deleted_at.is_(None), theirs.is_not(True)
    )
    if lock:
        others = others.order_by(Mention.id).with_for_update()
    copies = (await session.execute(others)).all() if texts else []
    order = await _in_order([row.text for row in copies])
    return {row.id: row.text for row, one in zip(copies, order, strict=True) if one in texts[row.story_id]}


async def _in_order(texts: Sequence[str]) -> list[int]:
    """A number for the words of each text: the same where it is repeated, with or without "RT @x:"."""
    return [one.exact for one in await asyncio.to_thread(sketch, texts)] if texts else []


def digest(author: str) -> str:
    """How the log names who was erased: without the name."""
    return hashlib.sha256(author.casefold().encode()).hexdigest()


async def erased_since(session: ReadSession, moment: datetime) -> set[str]:
    """The digests of the names of those who were erased since then."""
    told = select(Event.data).where(Event.kind == ERASED, Event.at >= moment)
    found: set[str] = set()
    for data in await session.scalars(told):
        found |= {data["author_sha256"], *data.get("names_sha256", ())}
    return found


async def places_of_accounts(
    session: ReadSession, source_id: int, authors: Collection[str], until: datetime
) -> set[Place]:
    """Where what `forget_accounts` wipes lies."""
    theirs = select(Mention.id, Mention.arrived_at).where(_of_accounts(source_id, authors, until))
    return {(number, arrived_at) for number, arrived_at in await session.execute(theirs)}


async def forget_accounts(
    session: WriteSession,
    source_id: int,
    authors: Collection[str],
    *,
    until: datetime,
    spared: Collection[int],
    now: datetime,
) -> None:
    """Wipe what this source brought of these accounts, as if they had taken back each of it.

    Not what arrived after `until`, when it was told of them, and not the `spared` mentions: an account may
    come back.
    """
    theirs = select(Mention.id).where(_of_accounts(source_id, authors, until), Mention.id.not_in(spared))
    ids = (await session.scalars(theirs.order_by(Mention.id).with_for_update())).all()
    if ids:
        await session.execute(update(Mention).where(Mention.id.in_(ids)).values(**WIPED, deleted_at=now))
        await forget_taught(session, ids)


def _of_accounts(source_id: int, authors: Collection[str], until: datetime) -> ColumnElement[bool]:
    return and_(
        Mention.author.in_(set(authors)),
        text("mention.author LIKE 'did:%'"),  # as its index says: no network but Bluesky tells of accounts
        Mention.source_id == source_id,
        Mention.deleted_at.is_(None),
        Mention.arrived_at <= until,
    )


async def forget_taught(
    session: WriteSession, mention_ids: Collection[int], author: str | None = None
) -> int:
    """Drop what people of the house said of the texts of these mentions; returns of how many texts.

    `author`: also of all that this author (any capitals) wrote, even where the mention is gone.
    """
    gone = 0
    for table in (Correction, Decision):
        theirs: ColumnElement[bool] = table.mention_id.in_(set(mention_ids))
        if author is not None:
            theirs |= func.lower(table.author) == func.lower(author)
        found = (await session.scalars(delete(table).where(theirs).returning(table.id))).all()
        if found and table is Decision:
            await learning.forget(session)
        gone += len(found)
    return gone


async def spellings(session: ReadSession, author: str) -> dict[str, int]:
    """The names as which mentions have this author (any capitals), with how many; the most frequent first."""
    query = (
        select(Mention.author, func.count())
        .where(func.lower(Mention.author) == func.lower(author))
        .group_by(Mention.author)
        .order_by(func.count().desc(), Mention.author)
    )
    return {name: count for name, count in await session.execute(query) if name is not None}


async def said_by(session: ReadSession, author: str) -> Sequence[str]:
    """The texts of all that this author (any capitals, every source) wrote."""
    query = select(Mention.text).where(func.lower(Mention.author) == func.lower(author))
    return (await session.scalars(query)).all()


async def _drop_payloads(session: WriteSession, author: str) -> None:
    """Payloads as sent are whole or gone: one that names the author goes."""
    async for row in await session.stream(select(RawPayload.id, RawPayload.body)):
        if await asyncio.to_thread(names, row.body, author):
            await session.execute(delete(RawPayload).where(RawPayload.id == row.id))


def without(value: Any, author: str) -> Any:
    """What was made of mentions, such as evidence and figures, without what this author wrote in it. Pure.

    An object whose `author` it is loses its texts, links and that name; its numbers stay, for they are what
    was decided on. Elsewhere the same word is a term, a place or a brand; only in the labels of other tools
    it may be the author anywhere.
    """

    def theirs(one: dict[str, Any], in_labels: bool) -> bool:
        named = one.values() if in_labels else (one.get("author"),)
        return any(isinstance(item, str) and item.casefold() == author.casefold() for item in named)

    return _without(value, theirs)


def quoted(value: Any) -> set[int]:
    """The ids of the mentions whose author or words stand in what was made of them. Pure."""
    if isinstance(value, list):
        return {number for item in value for number in quoted(item)}
    if not isinstance(value, dict):
        return set()
    inside = {number for item in value.values() for number in quoted(item)}
    return inside | {number for number in (_quotes(value),) if number is not None}


def without_mentions(value: Any, gone: Collection[int]) -> Any:
    """The same without the words of these mentions: as `without`. Pure."""
    return _without(value, lambda one, _: _quotes(one) in gone)


def _without(value: Any, theirs: Callable[[dict[str, Any], bool], bool], *, in_labels: bool = False) -> Any:
    """The same with the objects emptied that are `theirs`, who is told whether they stand in `labels`."""
    if isinstance(value, list):
        return [_without(item, theirs, in_labels=in_labels) for item in value]
    if not isinstance(value, dict):
        return value
    if theirs(value, in_labels):
        return {key: _emptied(item) for key, item in value.items()}
    return {
        key: _without(item, theirs, in_labels=in_labels or key == "labels") for key, item in value.items()
    }


def _quotes(value: dict[str, Any]) -> int | None:
    """The mention that this object quotes, if it does: evidence calls it `mention`, of an example `id`."""
    says = value.get("author") is not None or (value.get("text") is not None and "author" in value)
    number = value.get("mention", value.get("id"))
    return number if says and isinstance(number, int) else None


def _emptied(value: Any) -> Any:
    return None if isinstance(value, str | dict | list) else value
