"""Which case a mention belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from kit.db import ReadSession
from mentions.mention import Mention
from mentions.triage.case import Case, CaseMention
from mentions.triage.grouping import SAME_MATTER, key_of, place_of

Said = tuple[int, Mention]
"""A mention of a brand."""


async def case_keys(session: ReadSession, said: Sequence[Said], now: datetime) -> list[str]:
    """The key of the case of each.

    An answer to something that is not here, most often to one of ours that no monitor asked for, belongs to
    the case in which its author last spoke to the brand.
    """
    last = await _last(session, [(brand_id, mention) for brand_id, mention in said if _is_lost(mention)], now)
    return [
        (last.get(_voice(brand_id, mention)) if _is_lost(mention) else None) or _key(mention)
        for brand_id, mention in said
    ]


def _is_lost(mention: Mention) -> bool:
    """Whether it answers something, and nobody knows in which thread."""
    return bool(mention.author and mention.reply_to and not mention.thread)


def _key(mention: Mention, place: str | None = None) -> str:
    return key_of(
        place or place_of(mention.source_id, mention.domain),
        mention.author,
        mention.thread,
        story_id=mention.story_id,
        mention_id=mention.id,
    )


def former_keys(key: str, said: Sequence[Mention]) -> set[str]:
    """Under which other keys the case with this key may have been opened: by the source, not the host.

    Versions up to that of migration 0022 did so. Needed while one of them runs, and as long after as a case
    of theirs is open or was closed less than SAME_MATTER ago: can go in the second release after it.
    """
    return {_key(mention, str(mention.source_id)) for mention in said if _key(mention) == key} - {key}


async def _last(session: ReadSession, said: Sequence[Said], now: datetime) -> dict[tuple[int, str, str], str]:
    """The key of the newest case of each voice, of those who said something lately."""
    if not said:
        return {}
    query = (
        select(Case.brand_id, Mention, Case.key)
        .join(CaseMention, CaseMention.case_id == Case.id)
        .join(
            Mention,
            (Mention.id == CaseMention.mention_id) & (Mention.arrived_at == CaseMention.arrived_at),
        )
        .where(
            Case.brand_id.in_({brand_id for brand_id, _ in said}),
            Case.last_said_at > now - SAME_MATTER,
            Mention.author.in_({mention.author for _, mention in said}),
            Mention.arrived_at > now - SAME_MATTER,
        )
        .order_by(Mention.arrived_at, Mention.id)
    )
    rows = await session.execute(query)
    return {_voice(brand_id, mention): key for brand_id, mention, key in rows}


def _voice(brand_id: int, mention: Mention) -> tuple[int, str, str]:
    return brand_id, place_of(mention.source_id, mention.domain), (mention.author or "").lower()
