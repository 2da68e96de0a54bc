"""The signed link of a page: what it holds, and its row."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from alerts.page import AcknowledgeLink, Page
from kit.db import WriteSession
from kit.signing import sign, unsign

VALID_FOR = timedelta(hours=24)
PURPOSE = "acknowledge"


async def make_link(session: WriteSession, page: Page, now: datetime) -> AcknowledgeLink:
    """The page's link: the one it has, valid anew when the page is sent again unused, or a new one."""
    link = await session.scalar(select(AcknowledgeLink).where(AcknowledgeLink.page_id == page.id))
    if link is None:
        link = AcknowledgeLink(page_id=page.id, expires_at=now + VALID_FOR)
        session.add(link)
    else:
        link.expires_at = now + VALID_FOR
    await session.flush()
    return link


def token_of(key: str, link: AcknowledgeLink) -> str:
    """What stands behind `/ack/`."""
    return sign(key, PURPOSE, {"link": link.id, "page": link.page_id})


def read_token(key: str, token: str) -> tuple[int, int]:
    """The ids of the link and its page; kit.errors.Expired when the token is not one of ours."""
    payload = unsign(key, PURPOSE, token)
    return int(payload["link"]), int(payload["page"])
