"""The door to mentions for people of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, and_, any_, exists, func, literal, select, tuple_

from kit.db import ReadSession
from kit.errors import Invalid, NotFound
from mentions.identity.handles import names_of
from mentions.mention import Match, Mention
from mentions.monitor import own_monitors
from mentions.monitors import get_monitor
from people.organisations import Brand
from people.permissions import Viewer, require_house

MAX_LIMIT = 100
AUTHORS_LOOK_BACK = timedelta(days=14)  # no index has authors: this bounds what is read
SENTIMENTS = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Filter:
    """What mentions have to be; None: whatever they are."""

    sentiment: str | None = None
    label: str | None = None
    """One of `mentions.triage.labels`, or empty for mentions that have none."""
    lang: str | None = None
    source_id: int | None = None
    monitor_id: int | None = None
    """One of the brand's monitors, of any type; None: all that speak of the brand itself."""
    author: str | None = None
    """Exactly this name in any capitals, or any name of the account of Bluesky that had it last."""
    story_id: int | None = None
    since: datetime | None = None
    """What arrived before is not looked at."""


ALL = Filter()


async def recent(
    session: ReadSession,
    viewer: Viewer,
    brand_id: int,
    only: Filter = ALL,
    *,
    limit: int = 50,
    before: tuple[datetime, int] | None = None,
) -> Sequence[Mention]:
    """The brand's newest mentions, newest arrival first, at most 100, narrowed down as asked.

    `before`, when the last one of a list arrived and its id, continues that list; with 0 as the id it goes on
    with what arrived earlier, and a whole batch arrives at once. Forbidden to partners; NotFound: no such
    brand, or it has no such monitor.
    """
    require_house(viewer)
    if only.sentiment is not None and only.sentiment not in SENTIMENTS:
        raise Invalid("sentiment must be one of {}.", ", ".join(SENTIMENTS), field="sentiment")
    if await session.get(Brand, brand_id) is None:
        raise NotFound("There is no such brand.")
    if only.monitor_id is not None:
        monitor = await get_monitor(session, viewer, only.monitor_id)
        if monitor.brand_id != brand_id:
            raise NotFound("There is no such monitor.")
    # by the time of arrival one week's table has it, and no other is searched
    same = and_(Match.mention_id == Mention.id, Match.arrived_at == Mention.arrived_at)
    if only.author is not None:
        said = literal(await _said_by(session, only.author, only.since), ARRAY(BigInteger))
        same = and_(same, Mention.id == any_(said), Match.mention_id == any_(said))
    query = select(Mention).where(Mention.deleted_at.is_(None))
    if only.monitor_id is None:
        query = query.where(exists().where(same, Match.monitor_id.in_(own_monitors(brand_id))))
    else:  # a join, for then what a monitor seldom finds is found by its own index
        query = query.join(Match, same).where(Match.monitor_id == only.monitor_id)
    wanted = {
        Mention.sentiment: only.sentiment,
        Mention.triage: only.label,
        Mention.lang: only.lang,
        Mention.source_id: only.source_id,
        Mention.story_id: only.story_id,
    }
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if only.since is not None:
        query = query.where(Mention.arrived_at >= only.since)
    if before is not None:
        place = tuple_(Mention.arrived_at, Mention.id) < tuple_(*before)
        # by the time of arrival, later weeks are not searched
        query = query.where(Mention.arrived_at <= before[0], place)
    query = query.order_by(Mention.arrived_at.desc(), Mention.id.desc())
    return (await session.scalars(query.limit(max(1, min(limit, MAX_LIMIT))))).all()


async def _said_by(session: ReadSession, author: str, since: datetime | None) -> Sequence[int]:
    """The ids of what this author said since then.

    By themselves they are found in one scan; joined with the matches in one statement the planner, who cannot
    know how few they are, looks at every match first.
    """
    names = [func.lower(name) for name in await names_of(session, author)]
    query = select(Mention.id).where(func.lower(Mention.author).in_(names))
    return (await session.scalars(query if since is None else query.where(Mention.arrived_at >= since))).all()
