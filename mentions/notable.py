"""Authors who weigh for a brand: accounts and domains on its list, and any with a large enough audience."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, WriteSession
from kit.errors import Invalid, NotFound
from mentions.drafts.draft import MAX_FOLLOWERS, storable
from mentions.monitor import Monitor
from mentions.texts.text import fold
from people.organisations import Brand
from people.permissions import Viewer, require_house, require_responder
from people.telling import tell

FOLLOWERS = 1_000_000
"""The audience from which an account weighs where nobody has said anything else."""
MOST_NAMES = 500
MAX_NAME = 200
NEWS_WITHIN = timedelta(hours=6)
"""What is found later than this after it was published is history and wakes nobody."""


class Notable(Base):
    """A brand's own list; without a row the default holds."""

    __tablename__ = "notable"

    brand_id: Mapped[int] = mapped_column(ForeignKey(Brand.id), primary_key=True)
    names: Mapped[list[Any]]
    """Handles and domains as people wrote them, each once."""
    followers: Mapped[int | None]
    """None: no audience makes an account notable by itself."""


@dataclass(frozen=True)
class Watchlist:
    """Who weighs, prepared for asking often."""

    names: frozenset[str] = frozenset()
    """Folded; handles without their @."""
    followers: int | None = FOLLOWERS

    def has(self, author: str | None, followers: int | None, domain: str | None) -> bool:
        """Whether the author, or the medium it stands in, weighs. A domain stands for those below it, too."""
        if self.followers is not None and followers is not None and followers >= self.followers:
            return True
        if not self.names:
            return False
        if author is not None and plain(author) in self.names:
            return True
        return any(part in self.names for part in _domains(domain))


DEFAULT = Watchlist()


def plain(name: str) -> str:
    """A handle or domain as it is compared: folded, without @, scheme and `www.`."""
    found = fold(name.strip()).removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return found.lstrip("@").rstrip("/")


def _domains(domain: str | None) -> Iterable[str]:
    """`news.elpais.com`, `elpais.com`."""
    parts = (domain or "").split(".")
    return (".".join(parts[start:]) for start in range(max(0, len(parts) - 1)))


def is_news(published_at: datetime, arrived_at: datetime) -> bool:
    """Whether it came in time to wake somebody for one voice alone."""
    return arrived_at - published_at <= NEWS_WITHIN


@dataclass(frozen=True)
class Weighing:
    """Who weighs for each monitor: as its brand says."""

    brands: Mapping[int, int]
    """By monitor."""
    lists: Mapping[int, Watchlist]
    """By brand; only those that have one of their own."""

    def of(self, monitor_id: int) -> Watchlist:
        """The list of a monitor's brand."""
        return self.lists.get(self.brands.get(monitor_id, 0), DEFAULT)


async def weighing(session: ReadSession) -> Weighing:
    """Who weighs for whom, now."""
    lists = {row.brand_id: _watchlist(row) for row in await session.scalars(select(Notable))}
    if not lists:
        return Weighing({}, {})
    rows = await session.execute(select(Monitor.id, Monitor.brand_id).where(Monitor.brand_id.in_(lists)))
    return Weighing(dict(row for row in rows), lists)


async def get(session: ReadSession, viewer: Viewer, brand_id: int) -> Notable:
    """What people see of it; NotFound: no such brand. Forbidden to partners."""
    require_house(viewer)
    if await session.get(Brand, brand_id) is None:
        raise NotFound("There is no such brand.")
    found = await session.get(Notable, brand_id)
    return found or Notable(brand_id=brand_id, names=[], followers=FOLLOWERS)


async def put(
    session: WriteSession,
    viewer: Viewer,
    brand_id: int,
    names: Iterable[str],
    followers: int | None,
    *,
    now: datetime,
) -> Notable:
    """Replace a brand's list. What was counted before stays as it was; Invalid says what is wrong."""
    require_responder(viewer)
    await session.get(Brand, brand_id, with_for_update={"key_share": True})  # two may make the first list
    before = await get(session, viewer, brand_id)
    checked = _checked(names)
    old = {"names": list(before.names), "followers": before.followers}
    new = {"names": checked, "followers": followers}
    if followers is not None and not 1 <= followers <= MAX_FOLLOWERS:
        raise Invalid("The audience must be at least 1 person.", field="followers")
    if new == old:
        return before
    row = await session.get(Notable, brand_id)
    if row is None:
        row = Notable(brand_id=brand_id)
        session.add(row)
    row.names, row.followers = checked, followers
    await session.flush()
    tell(session, viewer, "notable.changed", now=now, brand_id=brand_id, before=old, after=new)
    return row


def _checked(names: Iterable[str]) -> list[str]:
    """Each once, in the order given; Invalid: too many, or too long."""
    found: dict[str, str] = {}
    for name in names:
        written = " ".join(storable(name).split())
        if plain(written):
            found.setdefault(plain(written), written)
    if len(found) > MOST_NAMES:
        raise Invalid("At most {} names.", MOST_NAMES, field="names")
    if any(len(name) > MAX_NAME for name in found):
        raise Invalid("A name has at most {} characters.", MAX_NAME, field="names")
    return list(found.values())


def _watchlist(row: Notable) -> Watchlist:
    return Watchlist(frozenset(plain(str(name)) for name in row.names), row.followers)
