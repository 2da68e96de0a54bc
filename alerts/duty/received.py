"""How often each person was paged: a part of what being on call asks of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from alerts.page import Page
from kit.db import ReadSession


async def pages_received(session: ReadSession, since: datetime) -> dict[int, int]:
    """The number of pages that were sent since, by member id; several tries of one page are one."""
    query = (
        select(Page.member_id, func.count())
        .where(Page.state == "sent", Page.sent_at >= since)
        .group_by(Page.member_id)
    )
    return dict((await session.execute(query)).all())
