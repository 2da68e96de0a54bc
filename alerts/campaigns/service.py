"""Campaigns: announced, changed and taken back by responders, never without a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from alerts.campaigns.campaign import CAMPAIGN, HOLIDAY, Campaign
from alerts.campaigns.lift import FADES
from alerts.campaigns.public import checked_regions
from alerts.campaigns.wish import Wish
from kit.db import ReadSession, WriteSession
from kit.errors import Conflict, Invalid, NotFound
from kit.zones import known_zone
from mentions.monitor import Monitor
from people.directory import members
from people.organisations import Brand
from people.permissions import (
    Viewer,
    can_read_incidents,
    require_admin,
    require_house,
    require_responder,
)
from people.telling import tell as note

MOST_LISTED = 500
MOST_BESIDE = 10
BRIEFING = ("brief", "link", "contact", "contact_id")
"""What of a campaign is for people alone."""
LISTED = timedelta(days=30)  # how long one that is over is still listed


async def list_campaigns(
    session: ReadSession, viewer: Viewer, *, brand_id: int | None = None, now: datetime
) -> Sequence[Campaign]:
    """Those that run, come, or ended within a month, the earliest first. Forbidden to partners."""
    require_house(viewer)
    query = select(Campaign).where(Campaign.ends_at > now - LISTED)
    if brand_id is not None:
        query = query.where(Campaign.brand_id == brand_id)
    query = query.order_by(Campaign.starts_at, Campaign.id).limit(MOST_LISTED)
    return (await session.scalars(query)).all()


async def get_campaign(session: ReadSession, viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign; NotFound when there is none. Forbidden to partners."""
    require_house(viewer)
    found = await session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


async def announce(
    session: WriteSession,
    viewer: Viewer,
    brand_id: int,
    wish: Wish,
    *,
    monitor_id: int | None = None,
    now: datetime,
) -> Campaign:
    """A new window, of one monitor or of all of the brand's."""
    require_responder(viewer)
    await checked_place(session, brand_id, monitor_id)
    values = wish.checked()
    await _known_contact(session, values["contact_id"])
    campaign = Campaign(brand_id=brand_id, monitor_id=monitor_id, version=1, **values)
    session.add(campaign)
    await session.flush()
    tell(session, "campaign.announced", viewer, campaign, now)
    return campaign


async def change(
    session: WriteSession,
    viewer: Viewer,
    campaign_id: int,
    wish: Wish,
    *,
    monitor_id: int | None = None,
    version: int,
    now: datetime,
) -> Campaign:
    """Other times, another title, lift or brief; Conflict when somebody changed it meanwhile."""
    campaign = await _to_edit(session, viewer, campaign_id, version)
    await checked_place(session, campaign.brand_id, monitor_id)
    values = {**wish.checked(), "monitor_id": monitor_id}
    await _known_contact(session, values["contact_id"])
    put(session, viewer, campaign, values, now)
    return campaign


async def _known_contact(session: ReadSession, member_id: int | None) -> None:
    """Invalid for who is no member of the house."""
    house = {one.id for one in await members(session) if one.role != "partner"}
    if member_id is not None and member_id not in house:
        raise Invalid("This is nobody of the house.", field="contactId")


def put(
    session: WriteSession,
    viewer: Viewer | None,
    campaign: Campaign,
    values: Mapping[str, Any],
    now: datetime,
    **more: Any,
) -> bool:
    """Give it these values, and write down what it was before; whether anything of it is another now.

    Of its brief and whom to ask only that they changed is written down: what is said of people must not stay.
    """
    before = told(campaign)
    rewritten = [name for name in BRIEFING if name in values and getattr(campaign, name) != values[name]]
    for name, value in values.items():
        setattr(campaign, name, value)
    if told(campaign) == before and not rewritten:
        return False
    campaign.version += 1
    tell(session, "campaign.changed", viewer, campaign, now, before=before, rewritten=rewritten, **more)
    return True


async def campaigns_beside(
    session: ReadSession,
    viewer: Viewer,
    brand_id: int,
    monitor_ids: Set[int | None],
    since: datetime,
    until: datetime,
) -> Sequence[Campaign]:
    """The campaigns of these monitors that ran, or had just ended, between two moments; none for a partner.

    Where another tool spoke (None) those of all of the brand's monitors.
    """
    if not can_read_incidents(viewer):
        return ()
    row, own = Campaign, {key for key in monitor_ids if key is not None}
    query = (
        _between(since, until)
        .where(row.brand_id == brand_id, or_(row.monitor_id.is_(None), row.monitor_id.in_(own)))
        .limit(MOST_BESIDE)
    )
    return (await session.scalars(query)).all()


async def running(session: ReadSession, viewer: Viewer, *, now: datetime) -> Sequence[Campaign]:
    """The campaigns of all brands that run, or have just ended. Forbidden to partners."""
    require_house(viewer)
    return (await session.scalars(_between(now, now).limit(MOST_LISTED))).all()


def _between(since: datetime, until: datetime) -> Select[Campaign]:
    """Those that ran, or had just ended, the earliest first."""
    ran = Campaign.ends_at > since - timedelta(minutes=FADES), Campaign.starts_at <= until
    return select(Campaign).where(Campaign.kind == CAMPAIGN, *ran).order_by(Campaign.starts_at, Campaign.id)


async def take_back(
    session: WriteSession, viewer: Viewer, campaign_id: int, *, version: int, now: datetime
) -> Campaign:
    """It does not take place: what comes all the same is judged as on any other day."""
    campaign = await _to_edit(session, viewer, campaign_id, version)
    tell(session, "campaign.taken_back", viewer, campaign, now)
    await session.delete(campaign)
    await session.flush()
    return campaign


async def set_clock(
    session: WriteSession,
    viewer: Viewer,
    brand_id: int,
    zone: str,
    *,
    holidays: Sequence[str] | None = None,
    now: datetime,
) -> Brand:
    """The zone whose days are meant by days without a time; by its IANA name. Admins only.

    holidays: the regions whose public holidays its public has (`public.checked_regions`); None: as they are.
    """
    require_admin(viewer)
    brand = await session.get(Brand, brand_id, with_for_update=True)
    if brand is None:
        raise NotFound("There is no such brand.")
    known = known_zone(zone, field="timeZone")
    if brand.time_zone != known:
        _note(session, "brand.clock", viewer, brand, now, brand.time_zone, known)
        brand.time_zone = known
    if holidays is not None:
        put_holidays(session, viewer, brand, holidays, now=now)
    return brand


def put_holidays(
    session: WriteSession, viewer: Viewer | None, brand: Brand, given: Sequence[str], *, now: datetime
) -> None:
    """The regions whose public holidays a brand's public has; Invalid for one that there is not."""
    regions = checked_regions(given)
    if brand.holidays != regions:
        _note(session, "brand.holidays", viewer, brand, now, _listed(brand.holidays), _listed(regions))
        brand.holidays = regions


def _note(
    session: WriteSession,
    kind: str,
    viewer: Viewer | None,
    brand: Brand,
    now: datetime,
    before: str,
    after: str,
) -> None:
    note(session, viewer, kind, now=now, brand_id=brand.id, before=before, after=after)


def _listed(regions: Sequence[str]) -> str:
    return ", ".join(regions) or "–"


async def clocks(session: ReadSession) -> Sequence[Brand]:
    """The brands, each with its zone and its holidays."""
    return (await session.scalars(select(Brand).order_by(Brand.id))).all()


async def checked_place(session: ReadSession, brand_id: int, monitor_id: int | None) -> Brand:
    """The brand; Invalid or NotFound when there is none, or the monitor is another brand's."""
    brand = await session.get(Brand, brand_id)
    if brand is None:
        raise NotFound("There is no such brand.")
    monitor = await session.get(Monitor, monitor_id) if monitor_id is not None else None
    if monitor_id is not None and (monitor is None or monitor.brand_id != brand_id):
        raise Invalid("This monitor is not one of the brand's.", field="monitorId")
    return brand


async def _to_edit(session: WriteSession, viewer: Viewer, campaign_id: int, version: int) -> Campaign:
    require_responder(viewer)
    campaign = await session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise NotFound("There is no such campaign.")
    if campaign.version != version:
        raise Conflict("Somebody has changed this campaign meanwhile. Look at it again, then decide.")
    return campaign


def told(campaign: Campaign) -> dict[str, Any]:
    """A campaign as an event remembers it."""
    return {
        "title": campaign.title,
        "holiday": campaign.kind == HOLIDAY,
        "starts_at": campaign.starts_at.isoformat(),
        "ends_at": campaign.ends_at.isoformat(),
        "lift": campaign.lift,
        "monitor_id": campaign.monitor_id,
    }


def tell(
    session: WriteSession, kind: str, viewer: Viewer | None, campaign: Campaign, now: datetime, **more: Any
) -> None:
    """Write down who did what to it."""
    of = {"brand_id": campaign.brand_id, "campaign_id": campaign.id}
    note(session, viewer, kind, now=now, **of, **told(campaign), **more)
