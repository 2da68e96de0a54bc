"""What people say of a mention's sentiment: it counts at once, is kept, and holds for the same text later.

A correction is also a piece of training data, and, when the person agrees with the model, a confirmation: the
share of confirmations is how often people found the model right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from math import sqrt
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kit.bell import SIGNALS, ring_later
from kit.db import ReadSession, Row, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions import rollups
from mentions.harm import of_harm_in
from mentions.item import Enriched
from mentions.mention import Match, Mention
from mentions.notable import Weighing, weighing
from mentions.sentiment.model import LABELS, Label, Sentiment
from mentions.sentiment.tokens import EMOTICON
from people.permissions import Viewer, require_responder

_SAID = re.compile(
    r"https?://\S+|www\.\S+|[@＠]\w+|^rt\b"  # is nothing of one's own
    rf"|((?<!\d)(?:{EMOTICON})|(?<!\w)[+-](?=\d)|[^\W_]+|[#!?]|[^\x00-\x7f\w])"
)
_Z = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""


class Correction(Row):
    """The newest word of a person on a text. `said` is the model's label at that time."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("label IN ('negative', 'neutral', 'positive')", name="label"),
        Index("ix_correction_source_id_author", "source_id", "author"),
        Index("ix_correction_mention_id", "mention_id"),
    )

    text_key: Mapped[UUID] = mapped_column(Uuid(), unique=True)
    """See `text_key`."""
    text: Mapped[str]
    lang: Mapped[str]
    label: Mapped[str]
    said: Mapped[str]
    source_id: Mapped[int]
    author: Mapped[str | None]
    """Who wrote it, so that the text leaves with its author."""
    mention_id: Mapped[int]
    """No foreign key: the mention may be gone by then."""
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]


class Agreement(NamedTuple):
    """How often people who looked agreed with the model, for one language; the shares are 0 … 1."""

    lang: str
    judged: int
    agreed: int
    low: float
    high: float
    """The 95 % interval of the share."""


def text_key(text: str) -> UUID:
    """Return what two copies of a text share: 128 bits over its words and signs of feeling, emoji among them.

    Links, handles, "RT", spaces, other punctuation, skin tones and case make no difference. A text of nothing
    else is known by all of it. Whoever changes this has stored keys made anew, as migration 0016 does.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(part for part in _SAID.findall(plain) if _tells(part)) or plain
    return UUID(bytes=sha256(kept.encode("utf-8", "replace")).digest()[:16])


def _tells(part: str) -> bool:
    """Of what is no letter and beyond ASCII, emoji and other pictures tell something."""
    return part.isascii() or part.isalnum() or unicodedata.category(part) == "So"


async def correct(
    session: WriteSession, viewer: Viewer, mention_id: int, label: str, *, now: datetime
) -> Mention:
    """Set a mention's sentiment by hand; the counts of its minute follow, and the text is kept.

    The label that it has already is a confirmation. Forbidden unless the viewer may act; Invalid: no such
    label; NotFound: no such mention (any more); Conflict: its author took it back.
    """
    require_responder(viewer)
    if label not in LABELS:
        raise Invalid(f"sentiment must be one of {', '.join(LABELS)}.", field="sentiment")
    row = await session.scalar(select(Mention).where(Mention.id == mention_id).with_for_update())
    if row is None:
        raise NotFound("There is no such mention, or not any more.")
    if row.deleted_at is not None:
        raise Conflict("Its author has taken this mention back.")
    await _keep(session, row, viewer.member_id, label, now)
    await rollups.add(session, await moves(session, row, label, await weighing(session)))
    judged = by_hand(label)
    row.sentiment, row.score, row.confidence = judged.label, judged.score, judged.confidence
    row.judged_by = viewer.member_id
    ring_later(session, SIGNALS)
    return row


def by_hand(label: Label) -> Sentiment:
    """Return the judgement that a person's label stands for: certain."""
    return Sentiment(label, float(LABELS.index(label) - 1), 1.0)


async def apply(session: ReadSession, found: Sequence[Enriched]) -> list[Enriched]:
    """Give mentions whose text a person has judged before that person's label."""
    if not await session.scalar(select(exists(select(Correction.id)))):
        return list(found)
    keys = [text_key(each.item.draft.text) for each in found]
    labels = await known(session, keys)
    return [
        each._replace(sentiment=by_hand(labels[key])) if key in labels else each
        for each, key in zip(found, keys, strict=True)
    ]


async def known(session: ReadSession, keys: Collection[UUID]) -> Mapping[UUID, Label]:
    """Return the labels that people gave to the texts with these keys."""
    if not keys:
        return {}
    query = select(Correction.text_key, Correction.label).where(Correction.text_key.in_(set(keys)))
    return {key: cast(Label, label) for key, label in await session.execute(query)}


async def export(session: ReadSession) -> AsyncIterator[Correction]:
    """Yield all corrections, the oldest first."""
    async for row in await session.stream_scalars(select(Correction).order_by(Correction.id)):
        yield row


async def forget_author(session: WriteSession, author: str) -> int:
    """Drop what this author (any capitals, every source) wrote, even where the mention is gone; how many."""
    gone = delete(Correction).where(func.lower(Correction.author) == func.lower(author))
    return len((await session.scalars(gone.returning(Correction.id))).all())


async def forget_mentions(session: WriteSession, mention_ids: Collection[int]) -> int:
    """Drop the texts of these mentions, which their authors took back; returns how many."""
    gone = delete(Correction).where(Correction.mention_id.in_(set(mention_ids)))
    return len((await session.scalars(gone.returning(Correction.id))).all())


async def agreement(session: ReadSession) -> list[Agreement]:
    """Return how often people agreed with the model, by language, the most judged first."""
    agreed = func.count().filter(Correction.label == Correction.said)
    query = select(Correction.lang, func.count(), agreed).group_by(Correction.lang)
    rows = await session.execute(query.order_by(func.count().desc(), Correction.lang))
    return [Agreement(lang, judged, right, *wilson(right, judged)) for lang, judged, right in rows]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (E. B. Wilson, JASA 22, 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, z = hits / of, _Z * _Z
    middle = (share + z / (2 * of)) / (1 + z / of)
    reach = _Z * sqrt(share * (1 - share) / of + z / (4 * of * of)) / (1 + z / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


async def _keep(session: WriteSession, row: Mention, member_id: int, label: str, now: datetime) -> None:
    """Store the correction; of a text that was judged before, the newest word stands, `said` stays."""
    new = insert(Correction).values(
        text_key=text_key(row.text),
        text=row.text,
        lang=row.lang,
        label=label,
        said=row.sentiment,
        source_id=row.source_id,
        author=row.author,
        mention_id=row.id,
        member_id=member_id,
        made_at=now,
    )
    newest = {"label": new.excluded.label, "member_id": member_id, "made_at": now}
    await session.execute(new.on_conflict_do_update(index_elements=["text_key"], set_=newest))


async def moves(session: ReadSession, row: Mention, label: str, weigh: Weighing) -> list[rollups.Counted]:
    """What the label takes from one figure and gives to another, for each monitor that it belongs to."""
    before = row.said(harm=of_harm_in(row.title, row.text))
    query = select(Match.monitor_id).where(Match.mention_id == row.id, Match.arrived_at == row.arrived_at)
    monitors = (await session.scalars(query)).all()
    after = before._replace(sentiment=label)
    return rollups.moved(row, before, after, monitors, weigh)
