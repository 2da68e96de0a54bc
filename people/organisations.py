"""The house, its brands, and the partner organisations (agencies) that help it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Row


class Agreement:
    """The non-disclosure agreement of an organisation, or of one of its people. The document is not kept."""

    nda_signed_on: Mapped[date | None]
    nda_expires_on: Mapped[date | None]
    """Its last day; None: it has none."""
    nda_document_sha256: Mapped[str | None]
    """Of the signed document, in small hexadecimal letters; None: not recorded."""
    nda_remind_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the next letter says that it ends (`people.reminding`); None: no more."""


class Organisation(Agreement, Row):
    """The one company that runs this installation (`house`), or an agency (`partner`).

    Who of a partner is let in, and where it may work, is decided in `people.permissions`.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("kind IN ('house', 'partner')", name="kind"),)

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    declared_clients: Mapped[list[Any]] = mapped_column(default=list)
    """Names of the other clients that a partner has told us of."""
    each_signs: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Nobody of the partner is let in without an agreement of their own."""
    brand_ids: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The brands that a partner may work on; None: every one."""
    ended_at: Mapped[datetime | None]
    """Since when the partnership is over; None: it goes on."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change by page, so that of two who edit at once the second is told."""
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Somebody added or changed it on its page: a set-up file leaves it as it is."""


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
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each new name, so that of two who give one at once the second is told."""
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Somebody named it on a page: a set-up file leaves its name as it is."""
