"""What people say of a mention's sentiment: it counts at once, is kept, and holds for the same text later.

A correction is also a piece of training data, and, when the person agrees with the model, a confirmation: the
share of confirmations is how often people found the model right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from math import sqrt
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, exists, func, select
from sqlalchemy.orm import declared_attr

from kit.bell import SIGNALS, ring_later
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from mentions.counting import rollups
from mentions.item import Enriched
from mentions.mention import Match, Mention
from mentions.notable import Weighing, weighing
from mentions.sentiment.model import LABELS, Label, Sentiment
from mentions.sentiment.tokens import EMOTICON
from mentions.taught import Taught, keep
from mentions.texts.harm import of_harm_in
from people.permissions import Viewer, require_responder

_SAID = re.compile(
    r"https?://\S+|www\.\S+|[@＠]\w+|^rt\b"  # is nothing of one's own
    rf"|((?<!\d)(?:{EMOTICON})|(?<!\w)[+-](?=\d)|[^\W_]+|[#!?]|[^\x00-\x7f\w])"
)
_Z = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""


class Correction(Taught):
    """The newest word of a person on a text's sentiment. `said` is the model's label at that time."""

    __tablename__ = "correction"

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        named = CheckConstraint("label IN ('negative', 'neutral', 'positive')", name="label")
        return (named, *super().__table_args__)


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
        raise Invalid("sentiment must be one of {}.", ", ".join(LABELS), field="sentiment")
    row = await session.scalar(select(Mention).where(Mention.id == mention_id).with_for_update())
    if row is None:
        raise NotFound("There is no such mention, or not any more.")
    if row.deleted_at is not None:
        raise Conflict("Its author has taken this mention back.")
    await keep(
        session,
        Correction,
        row,
        text_key=text_key(row.text),
        text=row.text,
        label=label,
        said=row.sentiment,
        member_id=viewer.member_id,
        made_at=now,
    )
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


async def moves(session: ReadSession, row: Mention, label: str, weigh: Weighing) -> list[rollups.Counted]:
    """What the label takes from one figure and gives to another, for each monitor that it belongs to."""
    before = row.said(harm=of_harm_in(row.title, row.text))
    query = select(Match.monitor_id).where(Match.mention_id == row.id, Match.arrived_at == row.arrived_at)
    monitors = (await session.scalars(query)).all()
    after = before._replace(sentiment=label)
    return rollups.moved(row, before, after, monitors, monitors, weigh)
