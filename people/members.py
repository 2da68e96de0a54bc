"""People with a seat here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from people.organisations import Agreement, Organisation


class Member(Agreement, Row):
    """A person. `partner` members belong to a partner organisation, all others to the house."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'responder', 'executive', 'observer', 'partner')", name="role"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    job: Mapped[str] = mapped_column(default="")
    """What the person is called at work: shown, never decided upon."""
    language: Mapped[str] = mapped_column(default="en")
    """Language for pages and mails: en, es, ca or fr."""
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """IANA name."""
    password_hash: Mapped[str | None]
    """argon2id; None: cannot sign in with a password."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change by an admin, so that of two who edit at once the second is told."""
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Somebody added or changed it on the page: a set-up file leaves it as it is."""
    signed_in_at: Mapped[datetime | None]
    """The last time; None: never."""


Index("uq_member_email", func.lower(Member.email), unique=True)


class SignIn(Row):
    """One signed-in browser. The cookie holds the token, the row only its SHA-256."""

    __tablename__ = "sign_in"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Invitation(Row):
    """A link by which a person sets their password, once. The link is signed and names this row."""

    __tablename__ = "invitation"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was used, or a newer one or a deactivation took its place."""


class SignInFailure(Row):
    """One try to sign in that did not succeed (or is still being checked): the basis of throttling."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_email_sha256_at", "email_sha256", "at"),
        Index("ix_sign_in_failure_client_mac_at", "client_mac", "at"),
    )

    email_sha256: Mapped[str]
    """Of the address in lower case: what was typed may be a password, and is not kept."""
    client_mac: Mapped[str] = mapped_column(server_default="")
    """HMAC of the address that it came from."""
    at: Mapped[datetime] = mapped_column(index=True)


class KnownClient(Base):
    """An address from which somebody has signed in."""

    __tablename__ = "known_client"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    client_mac: Mapped[str] = mapped_column(primary_key=True)
    """As of failures."""
    used_at: Mapped[datetime] = mapped_column(index=True)
