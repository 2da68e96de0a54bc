"""The house, its brands, and the partner organisations (agencies) that help it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row


class Organisation(Row):
    """The one company that runs this installation (`house`), or an agency (`partner`).

    A partner is let in only while its non-disclosure agreement is valid (`people.permissions`).
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("kind IN ('house', 'partner')", name="kind"),)

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    nda_signed_on: Mapped[date | None]
    nda_expires_on: Mapped[date | None]
    nda_document_sha256: Mapped[str | None]
    declared_clients: Mapped[list[Any]] = mapped_column(default=list)
    """Names of the other clients that a partner has told us of."""


class Brand(Row):
    """A name the public talks about, with monitors, alerts and incidents of its own."""

    __tablename__ = "brand"

    name: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    time_zone: Mapped[str] = mapped_column(default="UTC", server_default="UTC")
    """IANA name: by whose clocks its public lives, whose days a campaign without times means."""
    holidays: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """The regions whose public holidays its public has, such as `ES-CT`; a monitor may have others."""
