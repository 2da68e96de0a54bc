"""One step of the chain that led to a page, or to none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import Row, WriteSession
from people.members import Member


class PagingDecision(Row):
    """What was decided about paging one person, or all, for one alert. Never changed afterwards."""

    __tablename__ = "paging_decision"
    __table_args__ = (Index("ix_paging_decision_alert_id", "alert_id", "id"),)

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id))
    member_id: Mapped[int | None] = mapped_column(ForeignKey(Member.id))
    """Whom it is about; None: the alert as a whole."""
    at: Mapped[datetime]
    step: Mapped[int]
    """How many levels had been paged by then, this one included."""
    kind: Mapped[str]
    """A sentence of `alerts.chain.words`."""
    facts: Mapped[dict[str, Any]]
    """What the sentence's braces are filled in with."""


def decide(
    session: WriteSession,
    kind: str,
    *,
    alert_id: int,
    at: datetime,
    step: int = 0,
    member_id: int | None = None,
    **facts: Any,
) -> None:
    """Record a step of the chain in the transaction that takes it."""
    session.add(
        PagingDecision(alert_id=alert_id, member_id=member_id, at=at, step=step, kind=kind, facts=facts)
    )
