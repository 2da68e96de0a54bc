"""Reading the figures of a digest from the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, text

from alerts.alert import Alert
from incident.digest.figures import BrandFigures, Figures, Outage, StoryCount, Told
from incident.incident import Incident
from kit.db import ReadSession
from mentions.drivers import drivers
from mentions.monitor import Monitor, own_monitors
from mentions.source import Source, SourceHealth
from mentions.sources.listening import listened_to
from mentions.triage.case import OPEN, Case
from people.organisations import Brand

WEEKS_BEFORE = 4
TERMS, STORIES, TOLD = 5, 3, 5


async def collect(
    session: ReadSession,
    brand_ids: Sequence[int],
    since: datetime,
    until: datetime,
    *,
    department_id: int | None = None,
) -> Figures:
    """The figures of these brands, none given: of all, from `since` until before `until`.

    With a department, the cases are its own.
    """
    query = select(Brand).order_by(Brand.name)
    if brand_ids:
        query = query.where(Brand.id.in_(brand_ids))
    brands = (await session.scalars(query)).all()
    return Figures(
        [await _brand(session, brand, since, until, department_id) for brand in brands],
        (await session.scalars(_SILENT)).all(),
        await _outages(session, since, until),
        [brand.name for brand in brands if not await listened_to(session, brand.id)],
    )


_SILENT = (
    select(Source.name)
    .join(SourceHealth, SourceHealth.source_id == Source.id)
    .where(Source.enabled, SourceHealth.silent_since.is_not(None))
    .order_by(Source.name)
)


async def _outages(session: ReadSession, since: datetime, until: datetime) -> list[Outage]:
    """What is over by now, one for each source."""
    rows = await session.execute(_OVER, {"since": since, "until": until})
    return [Outage(name, times, first.isoformat(), last.isoformat()) for name, times, first, last in rows]


_OVER = text("""
    SELECT source.name, count(*), min(began_at), max(ended_at)
    FROM source_outage JOIN source ON source.id = source_id
    WHERE began_at < :until AND ended_at >= :since
    GROUP BY source.name ORDER BY source.name""")


async def _brand(
    session: ReadSession, brand: Brand, since: datetime, until: datetime, department_id: int | None
) -> BrandFigures:
    query = own_monitors(brand.id).where(Monitor.enabled).order_by(Monitor.id)
    monitors = (await session.scalars(query)).all()
    counted = {"monitors": monitors, "since": since, "until": until}
    volume, negative, positive = (await session.execute(_VOLUME, counted)).one()
    found = await drivers(session, monitors[0], since, until) if monitors and volume else {"terms": []}
    stories = [StoryCount(*row) for row in (await session.execute(_STORIES, {**counted, "limit": STORIES}))]
    opened, answered, late = await _cases(session, brand.id, since, until, department_id)
    return BrandFigures(
        brand_id=brand.id,
        name=brand.name,
        volume=volume,
        usual=await _usual(session, monitors, since, until),
        negative=negative,
        positive=positive,
        terms=[term["term"] for term in found["terms"][:TERMS]],
        stories=stories,
        opened=opened,
        answered=answered,
        late=late,
        incidents=await _incidents(session, brand.id, since, until),
        alerts=await _alerts(session, brand.id, since, until),
    )


_VOLUME = text("""
    SELECT count(*), count(*) FILTER (WHERE sentiment = 'negative'),
           count(*) FILTER (WHERE sentiment = 'positive')
    FROM mention
    WHERE arrived_at >= :since AND arrived_at < :until
      AND id IN (SELECT mention_id FROM mention_match
                 WHERE monitor_id = ANY(:monitors) AND arrived_at >= :since AND arrived_at < :until)""")

_STORIES = text("""
    SELECT min(id), count(*) FROM mention
    WHERE arrived_at >= :since AND arrived_at < :until AND story_id IS NOT NULL AND deleted_at IS NULL
      AND id IN (SELECT mention_id FROM mention_match
                 WHERE monitor_id = ANY(:monitors) AND arrived_at >= :since AND arrived_at < :until)
    GROUP BY story_id HAVING count(*) > 2 ORDER BY count(*) DESC, min(id) LIMIT :limit""")

_PAST = text("""
    SELECT count(DISTINCT mention_id) FROM mention_match
    WHERE monitor_id = ANY(:monitors) AND arrived_at >= :since AND arrived_at < :until""")


async def _usual(
    session: ReadSession, monitors: Sequence[int], since: datetime, until: datetime
) -> float | None:
    """Mean of the same stretch in the four weeks before, of as many as there is a past for; None: of none."""
    oldest = await session.scalar(
        text("SELECT min(minute) FROM minute_count WHERE monitor_id = ANY(:monitors)"), {"monitors": monitors}
    )
    shifts = [timedelta(weeks=week) * max(1, -(-(until - since) // timedelta(weeks=1)))
              for week in range(1, WEEKS_BEFORE + 1)]  # fmt: skip
    counts = []
    for shift in shifts:
        if oldest is not None and (since - shift).timestamp() // 60 >= oldest:
            past = {"monitors": monitors, "since": since - shift, "until": until - shift}
            counts.append(int((await session.scalar(_PAST, past)) or 0))
    return round(sum(counts) / len(counts), 1) if counts else None


async def _cases(
    session: ReadSession, brand_id: int, since: datetime, until: datetime, department_id: int | None
) -> tuple[int, int, int]:
    opened = and_(Case.opened_at >= since, Case.opened_at < until)
    answered = and_(Case.answered_at >= since, Case.answered_at < until)
    late = and_(Case.state.in_(OPEN), Case.due_at < until)
    query = select(*(func.count().filter(one) for one in (opened, answered, late)))
    query = query.where(Case.brand_id == brand_id, or_(opened, answered, late))
    if department_id is not None:
        query = query.where(Case.department_id == department_id)
    row = (await session.execute(query)).one()
    return row[0], row[1], row[2]


async def _incidents(session: ReadSession, brand_id: int, since: datetime, until: datetime) -> list[Told]:
    touched = or_(
        Incident.state == "open",
        and_(Incident.opened_at >= since, Incident.opened_at < until),
        and_(Incident.resolved_at >= since, Incident.resolved_at < until),
    )
    query = select(Incident).where(Incident.brand_id == brand_id, Incident.drill.is_(False), touched)
    query = query.where(Incident.opened_at < until).order_by(Incident.id.desc()).limit(TOLD)
    return [Told(row.id, row.title, row.severity, row.state) for row in await session.scalars(query)]


async def _alerts(session: ReadSession, brand_id: int, since: datetime, until: datetime) -> list[Told]:
    query = select(Alert).where(Alert.brand_id == brand_id, Alert.opened_at >= since, Alert.opened_at < until)
    rows = await session.scalars(query.order_by(Alert.id.desc()).limit(TOLD))
    return [Told(row.id, row.title, row.level, row.state) for row in rows]
