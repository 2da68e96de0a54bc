"""The chain of one alert, or of one person and one alert, from what was recorded when it was decided.

Decisions are rows of their own; what became of each page is on the page's row, and told from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from alerts.access import get_alert
from alerts.chain.decision import PagingDecision
from alerts.chain.words import told
from alerts.page import Page
from kit.db import ReadSession
from kit.zones import zone_of
from people.members import Member
from people.permissions import Viewer

MOST = 500
"""Decisions of one alert that are told, the newest."""


@dataclass(frozen=True)
class Link:
    """One sentence of the chain."""

    at: datetime
    step: int
    kind: str
    member_id: int | None
    text: str
    """In the viewer's language; times by their clock."""


async def chain(
    session: ReadSession, viewer: Viewer, alert_id: int, member_id: int | None = None
) -> list[Link]:
    """In the order of time. Of one person: what was decided about them, and about the alert as a whole."""
    alert = await get_alert(session, viewer, alert_id)
    decisions = select(PagingDecision).where(PagingDecision.alert_id == alert.id)
    pages = (
        select(Page, Member.name).join(Member, Member.id == Page.member_id).where(Page.alert_id == alert.id)
    )
    if member_id is not None:
        decisions = decisions.where(
            (PagingDecision.member_id == member_id) | PagingDecision.member_id.is_(None)
        )
        pages = pages.where(Page.member_id == member_id)
    rows = (await session.scalars(decisions.order_by(PagingDecision.id.desc()).limit(MOST))).all()
    sent = (await session.execute(pages.order_by(Page.id.desc()).limit(MOST))).all()
    carriers = await _carriers(session, [page for page, _ in sent])
    zone = zone_of(viewer.time_zone)
    links = [_of_decision(row, viewer.language, zone) for row in reversed(rows)]
    for page, name in reversed(sent):
        links += _of_page(page, name, carriers, viewer.language, zone)
    if member_id is not None and all(link.member_id != member_id for link in links):
        links += await _never_named(session, alert.opened_at, member_id, viewer.language)
    return sorted(links, key=lambda link: (link.at, link.step))


def _of_decision(row: PagingDecision, language: str, zone: ZoneInfo) -> Link:
    facts = dict(row.facts)
    if "time" in facts:
        facts["time"] = _clock(datetime.fromisoformat(facts["time"]), zone)
    return Link(row.at, row.step, row.kind, row.member_id, told(row.kind, facts, language))


def _of_page(
    page: Page, name: str, carriers: dict[int, int], language: str, zone: ZoneInfo
) -> Iterator[Link]:
    """What became of one page: with what it went, and how it ended."""
    facts: dict[str, Any] = {"person": name, "channel": page.channel, "reason": page.error or ""}

    def link(kind: str, at: datetime, **more: Any) -> Link:
        return Link(at, page.step, kind, page.member_id, told(kind, {**facts, **more}, language))

    if page.bundle_id is not None:
        yield link("page_bundled", page.claimed_at or page.created_at, other=carriers.get(page.bundle_id, ""))
    if page.state == "sent" and page.sent_at is not None:
        yield link("page_sent", page.sent_at, time=_clock(page.sent_at, zone))
    elif page.state in ("failed", "dropped"):
        yield link(f"page_{page.state}", page.claimed_at or page.due_at)
    elif page.error:
        yield link("page_delayed", page.claimed_at or page.created_at)
    if page.receipt and page.receipt_at is not None:
        yield link("page_receipt", page.receipt_at, receipt=page.receipt)


async def _carriers(session: ReadSession, pages: Sequence[Page]) -> dict[int, int]:
    """The alerts of the pages that others went with, by page."""
    ids = {page.bundle_id for page in pages if page.bundle_id is not None}
    rows = await session.execute(select(Page.id, Page.alert_id).where(Page.id.in_(ids)))
    return {row.id: row.alert_id for row in rows}


async def _never_named(session: ReadSession, at: datetime, member_id: int, language: str) -> list[Link]:
    member = await session.get(Member, member_id)
    if member is None:
        return []
    return [Link(at, 0, "never_named", member_id, told("never_named", {"person": member.name}, language))]


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M:%S}"
