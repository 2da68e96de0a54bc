"""Other tools that send alerts, and what they have sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import Row
from people.organisations import Brand


class AlertSource(Row):
    """One tool that may send alerts to `POST /alerts/{name}`."""

    __tablename__ = "alert_source"
    __table_args__ = (CheckConstraint("format IN ('own', 'alertmanager', 'generic')", name="format"),)

    name: Mapped[str] = mapped_column(unique=True)
    format: Mapped[str]
    """own: our JSON; alertmanager: its webhook, version 4; generic: any JSON, by `field_map`."""
    secret: Mapped[str | None]
    """Shared secret for signed requests; None: nothing signed is taken."""
    path_token: Mapped[str | None]
    """The unguessable last part of the address for tools that cannot sign; None: they must."""
    field_map: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Our field to theirs, as in `mentions.drafts.field_map`."""
    severities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Their word for a severity, in lower case, to amber, red or `inform`; `*` is for every other word."""
    brand_id: Mapped[int | None] = mapped_column(ForeignKey(Brand.id))
    """Whose alerts they are where the alert does not name a brand of ours."""
    enabled: Mapped[bool] = mapped_column(default=True)


class IncomingAlert(Row):
    """What a tool says about one thing, by its deduplication key: at most one is unended."""

    __tablename__ = "incoming_alert"
    __table_args__ = (
        CheckConstraint("severity IN ('inform', 'amber', 'red')", name="severity"),
        Index(
            "uq_incoming_alert_unended",
            "source_id",
            "key",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index("ix_incoming_alert_due_at", "due_at", postgresql_where="due_at IS NOT NULL"),
    )

    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id"))
    key: Mapped[str]
    severity: Mapped[str]
    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id))
    title: Mapped[str]
    text: Mapped[str]
    url: Mapped[str]
    labels: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    """When it began, as the tool says."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When we heard of it first, and last."""
    count: Mapped[int]
    """How often it was sent."""
    ended_at: Mapped[datetime | None]
    """When the tool said that it is resolved."""
    alert_id: Mapped[int | None] = mapped_column(ForeignKey(Alert.id), index=True)
    """The alert that it became."""
    due_at: Mapped[datetime | None]
    """When the sweep is to look at it; None: nothing is new."""
    failures: Mapped[int] = mapped_column(default=0)
