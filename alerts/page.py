"""Escalations and pages: rows with due times, worked off by a sweep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from alerts.contacts.contact import Contact
from kit.db import Base, Row
from people.members import Member
from people.organisations import Brand


class EscalationPolicy(Row):
    """Whom to page and how long to wait, level by level."""

    __tablename__ = "escalation_policy"

    brand_id: Mapped[int | None] = mapped_column(ForeignKey(Brand.id), unique=True)
    """None: the policy of every brand without one of its own."""
    name: Mapped[str]
    levels: Mapped[list[Any]]
    """`[{"targets": [{"schedule": 1}, {"member": 2}], "wait_minutes": 5}, …]`; what else a level may say:
    `everyone` (all who are paged must acknowledge), `awake_first`, `severities` (see alerts.escalation)."""
    repeats: Mapped[int] = mapped_column(default=2)
    """How often to begin again at the first level after the last."""
    quiet_minutes: Mapped[int | None] = mapped_column(default=30)
    """After how long without anything done an acknowledgement counts as quiet; None: never."""
    version: Mapped[int] = mapped_column(default=0)
    """Who edits an older one is refused."""


class Escalation(Row):
    """One alert on its way up. The policy is a copy: editing the original touches the next one.

    `reminding`: it was acknowledged, nothing has happened since, and whoever has it was reminded.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint(
            "state IN ('running', 'acknowledged', 'reminding', 'exhausted', 'stopped')", name="state"
        ),
        Index("ix_escalation_due_at", "due_at", postgresql_where="state = 'running'"),
        Index("ix_escalation_quiet_at", "quiet_at", postgresql_where="quiet_at IS NOT NULL"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id), unique=True)
    policy: Mapped[dict[str, Any]]
    """Levels and repeats as they stood when the alert opened."""
    step: Mapped[int] = mapped_column(default=0)
    """How many levels have been paged so far, over all repeats."""
    due_at: Mapped[datetime]
    """When the next level is paged unless somebody acknowledges."""
    state: Mapped[str] = mapped_column(default="running")
    trouble: Mapped[str | None]
    """Why nobody could be paged, where that is so: shown loudly."""
    quiet_at: Mapped[datetime | None]
    """When to look whether its acknowledgement has gone quiet; None: nobody need look."""
    reminded_at: Mapped[datetime | None]
    """When whoever has it was reminded that nothing happens."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row it could not be worked off by an error of ours."""


class PersonalAcknowledgement(Base):
    """One person's part in an acknowledgement that takes everybody of a level."""

    __tablename__ = "personal_acknowledgement"

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    at: Mapped[datetime]


STANDING = ("due", "sending", "sent", "bundled")
"""States of a page that has reached somebody, or still may."""


class Page(Row):
    """One try to reach one person about one alert by one of their contacts.

    `due` may lie ahead: a rule's delay, quiet hours, the next try. `bundled` waits in the message of another
    page (`bundle_id`), and becomes what that one becomes.
    """

    __tablename__ = "page"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'sending', 'sent', 'failed', 'dropped', 'bundled')", name="state"),
        Index("ix_page_due_at", "due_at", postgresql_where="state IN ('due', 'sending')"),
        Index("ix_page_contact_id_claimed_at", "contact_id", "claimed_at"),
        Index("ix_page_bundle_id", "bundle_id", postgresql_where="bundle_id IS NOT NULL"),
    )

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id))
    channel: Mapped[str]
    """A name of `alerts.channels.wiring.KINDS`."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id))
    """Where to. None: a page from before there were contacts, which goes to the account's mail."""
    step: Mapped[int]
    reason: Mapped[str]
    """Why this person: the schedule or policy level, in words."""
    key: Mapped[str] = mapped_column(unique=True)
    """Idempotency: (alert, member, contact, step)."""
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[datetime]
    """When to send; while `sending`, the deadline after which the attempt counts as lost."""
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    """When its last attempt began: what limits count by."""
    claimed_by: Mapped[int | None]
    """The number of the process whose attempt it is (see alerts.claimants)."""
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    held_until: Mapped[datetime | None]
    """The end of the quiet hours that hold it."""
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    """The page whose message this one went with."""
    provider_id: Mapped[str] = mapped_column(default="")
    """What the provider calls the message that it took."""
    receipt: Mapped[str] = mapped_column(default="")
    """What the provider said of it later, such as `delivered`."""
    receipt_at: Mapped[datetime | None]


class AcknowledgeLink(Row):
    """A signed link that was sent out. Used once; the row says when and by the page it was for."""

    __tablename__ = "acknowledge_link"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
