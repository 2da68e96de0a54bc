"""How much may go to one contact and through one provider, and what goes first.

Counted in the rows that the claims write, so that all workers keep one limit together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ColumnElement, Select, case, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from alerts.alert import Alert
from alerts.channels.base import Kind
from alerts.contacts.contact import ChannelPause
from alerts.page import Page
from kit import locks
from kit.db import Moment, ReadSession, WriteSession

WINDOW = timedelta(minutes=10)
"""In which one contact gets at most `Kind.most` messages."""


def waiting_channels(now: Moment) -> Select[str]:
    """The channels by which a page is due."""
    return select(Page.channel).where(Page.state.in_(("due", "sending")), Page.due_at <= now).distinct()


def due_pages(channel: str | None, now: datetime, limit: int) -> Select[int]:
    """The ids of pages that are due: the first page of an alert first, then a page of each monitor in turn.

    So neither a storm on one monitor nor a second channel of an alert that people know of holds up another.
    """
    earlier = aliased(Page)
    known = exists().where(earlier.alert_id == Page.alert_id, earlier.state == "sent")
    apart = func.coalesce(Alert.monitor_id, -Alert.brand_id)
    turn = func.row_number().over(partition_by=apart, order_by=(_red(), Page.due_at, Page.id))
    query = (
        select(Page.id)
        .join(Alert, Alert.id == Page.alert_id)
        .where(Page.state.in_(("due", "sending")), Page.due_at <= now)
        .order_by(case((known, 1), else_=0), turn, Page.due_at, Page.id)
        .limit(limit)
    )
    return query if channel is None else query.where(Page.channel == channel)


def _red() -> ColumnElement[int]:
    return case((Alert.level == "red", 0), else_=1)


class Room:
    """How much room there is at some contacts and their providers, in one unit of work that claims there."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._recent: dict[int, list[tuple[int, datetime, str]]] = {}
        self._paused: dict[str, datetime] = {}

    @classmethod
    async def at(cls, session: ReadSession, pages: Sequence[Page], now: datetime) -> Self:
        """What went to these pages' contacts of late, and which of their providers want to be left alone."""
        room = cls(now)
        query = (
            select(Page.contact_id, Page.id, Page.claimed_at, Alert.level)
            .join(Alert, Alert.id == Page.alert_id)
            .where(Page.contact_id.in_({page.contact_id for page in pages}))
            .where(Page.claimed_at > now - WINDOW, Page.bundle_id.is_(None))
            .order_by(Page.claimed_at.desc())
        )
        for contact_id, page_id, claimed_at, level in await session.execute(query):
            if contact_id is not None and claimed_at is not None:
                room._recent.setdefault(contact_id, []).append((page_id, claimed_at, level))
        names = {page.channel for page in pages}
        pauses = select(ChannelPause.channel, ChannelPause.until).where(ChannelPause.channel.in_(names))
        room._paused = dict((await session.execute(pauses)).all())
        return room

    def at_contact(self, page: Page, kind: Kind, level: str) -> datetime | None:
        """When the contact may be written to again; None: now. A first red message is never made to wait."""
        before = self._recent.get(page.contact_id or 0, ())
        recent = [(claimed, worth) for page_id, claimed, worth in before if page_id != page.id][: kind.most]
        if len(recent) < kind.most or (level == "red" and all(worth != "red" for _, worth in recent)):
            return None
        return max(self._now, min(claimed for claimed, _ in recent) + WINDOW)

    async def at_provider(self, session: WriteSession, kind: Kind) -> datetime | None:
        """When the provider may be asked again; None: now. Claims of a channel with a rate take turns."""
        paused = self._paused.get(kind.name)
        if paused is not None and paused > self._now:
            return paused
        if kind.rate is None:
            return None
        await session.execute(
            text("SELECT pg_advisory_xact_lock(:lock, hashtext(:channel))"),
            {"lock": locks.CHANNEL, "channel": kind.name},
        )
        second = timedelta(seconds=1)
        count = select(func.count()).where(Page.channel == kind.name, Page.claimed_at > self._now - second)
        count = count.where(Page.claimed_at <= self._now, Page.bundle_id.is_(None))
        return self._now + second if (await session.scalar(count) or 0) >= kind.rate else None


async def pause(session: WriteSession, channel: str, *, until: datetime, reason: str) -> None:
    """Leave the provider alone until then; a longer pause that is known stays."""
    row = insert(ChannelPause).values(channel=channel, until=until, reason=reason)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[ChannelPause.channel],
            set_={"until": func.greatest(ChannelPause.until, row.excluded.until), "reason": reason},
        )
    )
