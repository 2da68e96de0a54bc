"""A saved query over mentions, and the counts per minute that come of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row


class Monitor(Row):
    """What to listen for, for one brand."""

    __tablename__ = "monitor"

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str]
    """Terms as `mentions.query` reads them."""
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class MinuteCount(Base):
    """How many mentions of a monitor arrived in one minute, by sentiment and by what they speak of."""

    __tablename__ = "minute_count"
    __table_args__ = (Index("ix_minute_count_minute", "minute"),)

    monitor_id: Mapped[int] = mapped_column(ForeignKey("monitor.id"), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True)
    """Minutes since 1970-01-01 UTC."""
    volume: Mapped[int] = mapped_column(default=0)
    negative: Mapped[int] = mapped_column(default=0)
    positive: Mapped[int] = mapped_column(default=0)
    harm: Mapped[int] = mapped_column(default=0)
    """Mentions that speak of harm to people (`mentions.harm`)."""
    copies: Mapped[int] = mapped_column(default=0)
    """How many of `volume` repeat a text that was there before."""
