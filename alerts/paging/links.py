"""The signed link of a page: what it holds, its row, and its one use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update

from alerts.alert import Alert
from alerts.page import AcknowledgeLink, Escalation, Page
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Expired, Forbidden
from kit.signing import sign, unsign
from people.members import Member
from people.permissions import READERS

VALID_FOR = timedelta(hours=24)
PURPOSE = "acknowledge"


@dataclass(frozen=True)
class Found:
    """A link with all that hangs on it."""

    link: AcknowledgeLink
    page: Page
    alert: Alert
    member: Member

    @property
    def seated(self) -> bool:
        """Whether the person may still answer a page."""
        return self.member.active and self.member.role not in READERS

    def stands(self, now: datetime) -> bool:
        """Whether the link is in time, and its person may still answer a page."""
        return self.link.expires_at > now and self.seated


async def make_links(
    session: WriteSession, pages: Sequence[Page], now: datetime
) -> dict[int, AcknowledgeLink]:
    """Each page's link: the one it has, valid anew when the page is sent again unused, or a new one."""
    query = select(AcknowledgeLink).where(AcknowledgeLink.page_id.in_([page.id for page in pages]))
    links = {link.page_id: link for link in await session.scalars(query)}
    for page in pages:
        if page.id in links:
            links[page.id].expires_at = now + VALID_FOR
        else:
            links[page.id] = AcknowledgeLink(page_id=page.id, expires_at=now + VALID_FOR)
            session.add(links[page.id])
    await session.flush()
    return links


def token_of(key: str, link: AcknowledgeLink) -> str:
    """What stands behind `/ack/`."""
    return sign(key, PURPOSE, {"link": link.id, "page": link.page_id})


def read_token(key: str, token: str) -> tuple[int, int]:
    """The ids of the link and its page; kit.errors.Expired when the token is not one of ours."""
    payload = unsign(key, PURPOSE, token)
    return int(payload["link"]), int(payload["page"])


async def find(session: ReadSession, key: str, token: str) -> Found | None:
    """What the token leads to; None when it is not one of ours."""
    try:
        link_id, page_id = read_token(key, token)
    except (Expired, KeyError, TypeError, ValueError):
        return None
    query = (
        select(AcknowledgeLink, Page, Alert, Member)
        .join(Page, Page.id == AcknowledgeLink.page_id)
        .join(Alert, Alert.id == Page.alert_id)
        .join(Member, Member.id == Page.member_id)
        .where(AcknowledgeLink.id == link_id, Page.id == page_id)
    )
    row = (await session.execute(query)).one_or_none()
    return Found(*row) if row else None


async def spend(session: WriteSession, key: str, token: str, *, now: datetime) -> Found:
    """Use the link, for whatever it is used: the first one to do so goes on, every other one is told.

    Expired: it is not ours, or too old. Forbidden: the person has left. Conflict: it was used.
    """
    found = await find(session, key, token)
    if found is None:
        raise Expired("This link is not one of ours, or it was cut off. Open it from the message again.")
    if not found.seated:
        raise Forbidden("{} has no seat any more that is paged.", found.member.name)
    if found.link.expires_at <= now and found.link.used_at is None:
        raise Expired("This link is older than a day. Sign in to acknowledge the alert.")
    used = await session.execute(
        update(AcknowledgeLink)
        .where(AcknowledgeLink.id == found.link.id, AcknowledgeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(AcknowledgeLink.id)
        .execution_options(synchronize_session=False)
    )
    if used.scalar_one_or_none() is None:
        raise Conflict("This link was used already.")
    return found


async def bundled_with(session: ReadSession, page: Page) -> Sequence[Alert]:
    """The other alerts that the page's message stood for: open ones, and those that it reminded of."""
    reminded = exists().where(Escalation.alert_id == Alert.id, Escalation.state == "reminding")
    query = (
        select(Alert)
        .join(Page, Page.alert_id == Alert.id)
        .where(Page.bundle_id == page.id, Page.state.in_(("bundled", "sent")))
        .where(Alert.id != page.alert_id, (Alert.state == "open") | reminded)
        .distinct()
    )
    return (await session.scalars(query)).all()
