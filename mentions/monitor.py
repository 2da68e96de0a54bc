"""A saved query over mentions, and the counts per minute that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, select, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Row
from people.organisations import Brand


@dataclass(frozen=True)
class Type:
    """What a monitor's mentions are to its brand."""

    own: bool
    """They speak of the brand itself: its figures, its mentions and its cases are made of them."""
    pages: bool
    """Whether their alerts wake people and open incidents, unless its people decide otherwise."""


TYPES = {
    "brand": Type(own=True, pages=True),
    "product": Type(own=True, pages=True),
    "competitor": Type(own=False, pages=False),
    "industry": Type(own=False, pages=False),
    "topic": Type(own=False, pages=False),
}

OWN = tuple(name for name, type_ in TYPES.items() if type_.own)


class Monitor(Row):
    """What to listen for, for one brand."""

    __tablename__ = "monitor"

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str]
    """Terms as `mentions.query` reads them."""
    enabled: Mapped[bool] = mapped_column(default=True)
    type: Mapped[str] = mapped_column(default="brand")
    """One of TYPES."""
    pages: Mapped[bool] = mapped_column(default=True)
    """Whether its alerts page the rota and open incidents; otherwise they only inform."""
    created_at: Mapped[datetime]

    def about(self, brand: str) -> str:
        """Whom its mentions are about: its brand, by this name, or what else is listened to for it."""
        return brand if TYPES[self.type].own else self.name


class Recount(Base):
    """A monitor whose past is being matched anew, from the newest mention back; it goes when that is done."""

    __tablename__ = "monitor_recount"

    monitor_id: Mapped[int] = mapped_column(ForeignKey("monitor.id"), primary_key=True)
    since: Mapped[datetime]
    """How far back it goes."""
    reached: Mapped[datetime]
    """Mentions that arrived later have been dealt with,"""
    reached_id: Mapped[int]
    """and of those that arrived just then the ones with this id or a higher one."""
    before: Mapped[list[Any]]
    """The queries that were in force in that past: what they found and the new one does not is taken out."""
    due_at: Mapped[datetime]
    """Not before: batches that are on their way are still matched by the query of before."""


def own_monitors(brand_id: int) -> Select[int]:
    """The ids of the monitors whose mentions speak of the brand itself, switched off or not."""
    return select(Monitor.id).where(Monitor.brand_id == brand_id, Monitor.type.in_(OWN))


class Figures:
    """What is counted of mentions, by sentiment and by what they speak of: the fields of `figures.Change`."""

    volume: Mapped[int] = mapped_column(default=0)
    negative: Mapped[int] = mapped_column(default=0)
    positive: Mapped[int] = mapped_column(default=0)
    harm: Mapped[int] = mapped_column(default=0)
    """Accounts that speak of harm to people (`mentions.texts.harm`), each once an hour."""
    copies: Mapped[int] = mapped_column(default=0)
    """How many of `volume` repeat a text that was there before."""
    voices: Mapped[int] = mapped_column(default=0, server_default="0")
    """Accounts heard, each once an hour, with words of their own or of others."""
    independent: Mapped[int] = mapped_column(default=0, server_default="0")
    """Accounts heard in words of their own, each once an hour; so are the next two."""
    independent_negative: Mapped[int] = mapped_column(default=0, server_default="0")
    independent_positive: Mapped[int] = mapped_column(default=0, server_default="0")
    reach: Mapped[int] = mapped_column(default=0, server_default="0")
    """Weight of the audiences of `voices`, in hundredths (`mentions.figures.reach_weight`)."""
    notable: Mapped[int] = mapped_column(default=0, server_default="0")
    """Negative or harmful mentions by authors who weigh for the brand (`mentions.notable`)."""


class MinuteCount(Figures, Base):
    """How many mentions of a monitor arrived in one minute."""

    __tablename__ = "minute_count"
    __table_args__ = (
        Index("ix_minute_count_minute", "minute"),
        Index("ix_minute_count_notable", "minute", postgresql_where=text("notable > 0")),
    )

    monitor_id: Mapped[int] = mapped_column(ForeignKey("monitor.id"), primary_key=True, sort_order=-2)
    minute: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    """Minutes since 1970-01-01 UTC."""
