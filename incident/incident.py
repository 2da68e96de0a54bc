"""The organised response to one or more alerts of one brand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import Base, Row
from people.members import Member
from people.organisations import Brand, Organisation


class Incident(Row):
    """Its id is the number people say aloud. At most one per brand is open, drills apart."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("severity IN ('green', 'amber', 'red')", name="severity"),
        CheckConstraint("state IN ('open', 'resolved', 'closed')", name="state"),
        Index("uq_incident_open", "brand_id", unique=True, postgresql_where="state = 'open' AND NOT drill"),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id))
    title: Mapped[str]
    type: Mapped[str]
    """Key of a crisis type (`incident.types`); picks the runbook."""
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    briefing: Mapped[str] = mapped_column(default="")
    """What a partner with an assigned step is told; written by the house."""
    drill: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    """Pages about its brand carry no text while it is open, only the link."""
    detected_at: Mapped[datetime]
    """T+0 of every deadline: when the first alert was opened, or the incident declared."""
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class IncidentAlert(Base):
    """An alert belongs to exactly one incident. The row's absence is what intake works off."""

    __tablename__ = "incident_alert"

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    level: Mapped[str] = mapped_column(default="green")
    """The alert's level that the incident's severity has taken in."""
    joined_at: Mapped[datetime]


class Participant(Base):
    """Somebody of the house who is on the incident."""

    __tablename__ = "incident_participant"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey(Member.id), primary_key=True)
    role: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime]


class PartnerSeat(Base):
    """A partner organisation that was given something to do in this incident, and may see just that."""

    __tablename__ = "incident_partner"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), primary_key=True)
    assigned_at: Mapped[datetime]
