"""How much may go to one contact and through one provider, and what goes first.

Counted in the rows that the claims write, so that all workers keep one limit together.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from alerts.alert import Alert
from alerts.channels.base import Kind
from alerts.contacts.contact import ChannelPause
from alerts.page import Page
from kit.db import Moment, ReadSession, WriteSession

WINDOW = timedelta(minutes=10)
"""In which one contact gets at most `Kind.most` messages."""
LOCK = 0x70C60  # the advisory locks of channels with a rate, one behind the other


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


async def wait_for_contact(
    session: ReadSession, page: Page, kind: Kind, level: str, now: datetime
) -> datetime | None:
    """When the contact may be written to again; None: now. A first red message is never made to wait."""
    since = now - WINDOW
    query = (
        select(Page.claimed_at, Alert.level)
        .join(Alert, Alert.id == Page.alert_id)
        .where(Page.contact_id == page.contact_id, Page.id != page.id)
        .where(Page.claimed_at > since, Page.bundle_id.is_(None))
        .order_by(Page.claimed_at.desc())
        .limit(kind.most)
    )
    recent = (await session.execute(query)).all()
    if len(recent) < kind.most or (level == "red" and all(before != "red" for _, before in recent)):
        return None
    return max(now, min(claimed for claimed, _ in recent if claimed is not None) + WINDOW)


async def wait_for_provider(session: WriteSession, kind: Kind, now: datetime) -> datetime | None:
    """When the provider may be asked again; None: now. Claims of a channel with a rate take turns here."""
    paused: ChannelPause | None = await session.get(ChannelPause, kind.name)
    if paused is not None and paused.until > now:
        return paused.until
    if kind.rate is None:
        return None
    await session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, hashtext(:channel))"), {"lock": LOCK, "channel": kind.name}
    )
    second = timedelta(seconds=1)
    count = select(func.count()).where(Page.channel == kind.name, Page.claimed_at > now - second)
    count = count.where(Page.claimed_at <= now, Page.bundle_id.is_(None))
    return now + second if (await session.scalar(count) or 0) >= kind.rate else None


async def pause(session: WriteSession, channel: str, *, until: datetime, reason: str) -> None:
    """Leave the provider alone until then; a longer pause that is known stays."""
    row = insert(ChannelPause).values(channel=channel, until=until, reason=reason)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[ChannelPause.channel],
            set_={"until": func.greatest(ChannelPause.until, row.excluded.until), "reason": reason},
        )
    )
