"""Which conversation an answer belongs to, where its source names only what it answers (Mastodon does)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs
from sqlalchemy import select

from kit.db import ReadSession
from mentions.drafts.draft import MentionDraft
from mentions.identity import keys
from mentions.identity.keys import Key
from mentions.item import Enriched, digest
from mentions.mention import Mention


async def told(session: ReadSession, new: Sequence[Enriched]) -> list[Enriched]:
    """The same, in the thread of what they answer where that is here or comes with them."""
    coming = {found.item.key: found.item.draft for found in new}
    answered = {
        key: (key[0], digest(draft.reply_to))
        for key, draft in coming.items()
        if draft.reply_to is not None and draft.thread is None
    }
    there = await _stored(session, {parent for parent in answered.values() if parent not in coming})
    return [
        _in_thread(found, _thread(found.item.key, coming, answered, there))
        if found.item.key in answered
        else found
        for found in new
    ]


def _thread(
    key: Key, coming: dict[Key, MentionDraft], answered: dict[Key, Key], there: dict[Key, str | None]
) -> str | None:
    """The thread of the first in the chain of answers that has one."""
    seen = {key}
    while key in answered and (parent := answered[key]) in coming and parent not in seen:
        seen.add(key := parent)
    return there.get(answered.get(key, key)) or coming[key].thread


async def _stored(session: ReadSession, parents: Iterable[Key]) -> dict[Key, str | None]:
    places = await keys.known(session, sorted(parents))
    if not places:
        return {}
    arrived = [arrived_at for _, arrived_at in places.values()]
    query = select(Mention.id, Mention.thread).where(
        Mention.id.in_([number for number, _ in places.values()]),
        Mention.arrived_at.between(min(arrived), max(arrived)),
    )
    threads = dict((await session.execute(query)).all())
    return {key: threads.get(number) for key, (number, _) in places.items()}


def _in_thread(found: Enriched, thread: str | None) -> Enriched:
    draft = structs.replace(found.item.draft, thread=thread)
    return found._replace(item=replace(found.item, draft=draft))
