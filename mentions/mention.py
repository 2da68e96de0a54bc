"""One public post, article, review or comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Index, Sequence, SmallInteger, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from mentions.figures import Said

ids = Sequence("mention_id_seq", metadata=Base.metadata)


class Mention(Base):
    """A mention as stored. Its identity is (source, native id), never its text.

    Partitioned by the week of its arrival, so that the past is dropped and not deleted. Nothing refers to
    it by a foreign key: a mention may be gone while what was decided about it stays.
    """

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_arrived_at", "arrived_at"),
        Index("ix_mention_source_id_arrived_at", "source_id", "arrived_at"),
        Index("ix_mention_story_id", "story_id"),
        Index("ix_mention_did", "author", postgresql_where="author LIKE 'did:%'"),
        {"postgresql_partition_by": "RANGE (arrived_at)"},
    )

    id: Mapped[int] = mapped_column(server_default=ids.next_value(), primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(primary_key=True)
    """The transport's time, by which roll-ups and detection go."""
    source_id: Mapped[int]
    native_id: Mapped[str]
    """The source's own id, always as text."""
    text: Mapped[str]
    author: Mapped[str | None]
    followers: Mapped[int | None]
    url: Mapped[str | None]
    lang: Mapped[str]
    """ISO 639-1, `und` when unknown."""
    sentiment: Mapped[str]
    """negative, neutral or positive."""
    score: Mapped[float]
    """-1 … 1: P(positive) - P(negative)."""
    confidence: Mapped[float] = mapped_column(server_default="0")
    """0 … 1: the probability of the label."""
    judged_by: Mapped[int | None]
    """The member who corrected the sentiment; None: the model's word stands."""
    triage: Mapped[str] = mapped_column(server_default="")
    """praise, complaint, question, media, lead, threat, spam; empty: none of them."""
    triaged_by: Mapped[int | None]
    """The member who corrected the label; None: the rules' word stands, or what was learned."""
    learned: Mapped[str | None]
    """Why the label is not the rules', where it was learned (`mentions.triage.learned.Change.reason`)."""
    published_at: Mapped[datetime]
    """When the author's side says it was published: shown, not trusted for detection."""
    title: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="post")
    """One of `mentions.drafts.draft.KINDS`."""
    domain: Mapped[str | None]
    thread: Mapped[str | None]
    reply_to: Mapped[str | None]
    reach: Mapped[int | None]
    country: Mapped[str | None]
    place: Mapped[str | None]
    story_id: Mapped[int | None]
    """The story that its text tells, together with the copies of it."""
    copy: Mapped[bool] = mapped_column(server_default="false")
    """Whether it repeats a text that was there before."""
    firsts: Mapped[int] = mapped_column(SmallInteger, server_default="31")
    """What it is the first of by its account within the hour (`mentions.figures`); never changes."""
    brought: Mapped[int] = mapped_column(server_default="1")
    """How many items of sources it stands for: those that came, and were not taken back."""
    repeated: Mapped[bool] = mapped_column(server_default="false")
    """Whether a source of old brought it, too, after a newcomer did (`mentions.intake.repeats`)."""
    revised_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """When its author took it back: text and author are wiped."""

    def said(self, *, harm: bool) -> Said:
        """What is counted of it; `harm`: whether its text speaks of harm to people."""
        audience = self.followers if self.reach is None else self.reach
        return Said(self.sentiment, harm, self.copy, self.firsts, audience)


WIPED: Mapping[str, str | None] = MappingProxyType(
    dict.fromkeys(
        ("title", "author", "url", "domain", "followers", "reach", "thread", "reply_to", "place", "learned"),
        None,
    )
    | {"text": ""}
)
"""What is taken out of a mention that must no longer say anything: all that its author said or is."""


class MentionKey(Base):
    """Who has been here: the identity of each mention, so that none is stored or counted twice.

    `key` is a digest of the native id within the source, or, under source 0, of the `uri` that an item has
    in every source: see `mentions.identity.keys`.
    """

    __tablename__ = "mention_key"
    __table_args__ = (
        Index("ix_mention_key_taken_at", "taken_at"),
        Index("ix_mention_key_taken_back", "taken_at", postgresql_where=text("mention_id = 0")),
    )

    source_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    mention_id: Mapped[int]
    """0: there is none; its source took it back before it came, or while others still say it."""
    arrived_at: Mapped[datetime]
    """The mention's: where it lies."""
    taken_at: Mapped[datetime]
    """When we stored it. The key outlives the mention, for a file of old mentions may be loaded again, and a
    feed tells for weeks what its source keeps for a day."""


class Match(Base):
    """This mention is one of this monitor's. Partitioned as mentions are."""

    __tablename__ = "mention_match"
    __table_args__ = (
        Index("ix_mention_match_monitor_id_arrived_at", "monitor_id", "arrived_at"),
        {"postgresql_partition_by": "RANGE (arrived_at)"},
    )

    mention_id: Mapped[int] = mapped_column(primary_key=True)
    monitor_id: Mapped[int] = mapped_column(primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(primary_key=True)
