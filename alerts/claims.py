"""What an alert claimed, each time: first, and whenever it rose.

The newest claim is the alert's own; those before it are kept here as they were made, and change no more,
but that a quote goes where it must.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from kit.db import ReadSession, Row, WriteSession


class EarlierClaim(Row):
    """A claim in whose place a graver one came."""

    __tablename__ = "alert_claim"
    __table_args__ = (UniqueConstraint("alert_id", "number"),)

    alert_id: Mapped[int] = mapped_column(ForeignKey(Alert.id, ondelete="CASCADE"))
    number: Mapped[int]
    """1: the alert's first."""
    at: Mapped[datetime]
    """When it was made,"""
    until: Mapped[datetime]
    """and when the graver one was."""
    level: Mapped[str]
    signal: Mapped[str]
    title: Mapped[str]
    evidence: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class Made:
    """One claim of an alert."""

    alert: Alert
    number: int
    """1: the first; the last one is what the alert says now."""
    at: datetime
    level: str
    signal: str
    title: str
    evidence: dict[str, Any]


async def put_by(session: WriteSession, alert: Alert, now: datetime) -> None:
    """Keep the claim that the alert makes, for a graver one comes in its place now."""
    before = (await earlier_of(session, [alert.id])).get(alert.id, [])
    kept = made(alert, before)[-1]
    values = {name: value for name, value in vars(kept).items() if name != "alert"}
    session.add(EarlierClaim(alert_id=alert.id, until=now, **values))


async def claims_of(session: ReadSession, alert: Alert) -> list[Made]:
    """All that the alert claimed, the newest last."""
    return made(alert, (await earlier_of(session, [alert.id])).get(alert.id, []))


def made(alert: Alert, before: Sequence[EarlierClaim]) -> list[Made]:
    """The earlier ones, then what the alert says now. Pure."""
    then = [Made(alert, one.number, one.at, one.level, one.signal, one.title, one.evidence) for one in before]
    number, at = (before[-1].number + 1, before[-1].until) if before else (1, alert.opened_at)
    return [*then, Made(alert, number, at, alert.level, alert.signal, alert.title, alert.evidence)]


async def earlier_of(session: ReadSession, alert_ids: Sequence[int]) -> dict[int, list[EarlierClaim]]:
    """By alert its earlier claims, in order; none of those that have but one."""
    query = select(EarlierClaim).where(EarlierClaim.alert_id.in_(alert_ids)).order_by(EarlierClaim.id)
    found: dict[int, list[EarlierClaim]] = {}
    for one in await session.scalars(query):
        found.setdefault(one.alert_id, []).append(one)
    return found
