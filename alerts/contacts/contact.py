"""Contacts of people, their rules and quiet hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from people.members import Member
from people.organisations import Brand


class Contact(Row):
    """One way to reach one person. Used for pages once it is verified, and until it is disabled or removed.

    Everybody has the mail address of their account as a contact (`values` is empty then); the others are
    added. A contact may have one note under way, a few words about itself: a code, a test, bad news.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("note_state IN ('', 'due', 'sending', 'sent', 'failed')", name="note_state"),
        CheckConstraint("note_kind IN ('', 'code', 'test', 'told')", name="note_kind"),
        Index("ix_contact_note_due_at", "note_due_at", postgresql_where="note_state IN ('due', 'sending')"),
        Index("uq_contact_own", "member_id", unique=True, postgresql_where="own"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    channel: Mapped[str]
    """A name of `alerts.channels.wiring.KINDS`."""
    own: Mapped[bool] = mapped_column(default=False)
    """The mail address of the account."""
    values: Mapped[dict[str, Any]]
    """What the channel's fields were filled in with; wiped when the contact is removed."""
    may_be_inside: Mapped[bool] = mapped_column(default=False)
    """Made by an admin, who may name machines of the inner network."""
    made_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    """Wrong codes since the last one was sent."""
    note_kind: Mapped[str] = mapped_column(default="")
    note_text: Mapped[str] = mapped_column(default="")
    """What is told of another contact."""
    note_number: Mapped[int] = mapped_column(default=0)
    """How many notes there were: only the newest counts, and its code."""
    note_state: Mapped[str] = mapped_column(default="")
    note_due_at: Mapped[datetime | None]
    """When to send; while `sending`, the moment after which the attempt counts as lost."""
    note_attempts: Mapped[int] = mapped_column(default=0)
    note_error: Mapped[str | None]

    @property
    def led_inside(self) -> bool:
        """Whether it may have led to a machine of the inner network, which only an admin's may."""
        return self.may_be_inside and "url" in self.values

    @property
    def works(self) -> bool:
        return self.verified_at is not None and self.disabled_at is None and self.removed_at is None


class ContactRule(Row):
    """Use this contact for pages of this level, so long after the page was decided on."""

    __tablename__ = "contact_rule"
    __table_args__ = (
        CheckConstraint("level IN ('amber', 'red')", name="level"),
        CheckConstraint("after_minutes BETWEEN 0 AND 120", name="after_minutes"),
        Index("uq_contact_rule", "contact_id", "level", unique=True),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    level: Mapped[str]
    """amber (which green counts as) or red."""
    after_minutes: Mapped[int]


class QuietHours(Base):
    """From when until when, by the person's own clock, nothing but red may reach them."""

    __tablename__ = "quiet_hours"

    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    starts: Mapped[str]
    """`22:00`"""
    ends: Mapped[str]


class ChannelPause(Base):
    """A provider asked to be left alone for a while: nobody writes to it before."""

    __tablename__ = "channel_pause"

    channel: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str]


class Hush(Base):
    """A confidential incident of a brand is open: pages about the brand carry no text, only the link."""

    __tablename__ = "hush"

    incident_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id), index=True)
    since: Mapped[datetime]
