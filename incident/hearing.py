"""What an incident's people must know of the sources: that one which feeds the brand is out, and is back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from incident.incident import Incident
from kit.core import Core
from kit.db import ReadSession, WriteSession
from kit.events import Event, record
from mentions.monitor import Monitor
from mentions.source import Source
from mentions.sources.outage import SOME, SourceOutage

LOOK_BACK = timedelta(hours=1)  # outages that ended so long ago were told, or are not worth it any more


async def tell_outages(core: Core) -> int:
    """Write each outage of a brand's source into its open incidents, once; returns how many lines."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        told = 0
        for outage, source in await _lately(session, core):
            for incident in await _concerned(session, outage):
                if outage.ended_at is None:
                    told += await _tell(session, core, "incident.source_out", incident, outage, source)
                elif outage.ended_at >= max(incident.opened_at, now - LOOK_BACK):
                    told += await _tell(session, core, "incident.source_back", incident, outage, source)
        return told


async def _lately(session: ReadSession, core: Core) -> list[tuple[SourceOutage, str]]:
    row = SourceOutage
    since = core.clock.now() - LOOK_BACK
    query = select(row, Source.name).join(Source, Source.id == row.source_id)
    rows = await session.execute(query.where(or_(row.ended_at.is_(None), row.ended_at >= since)))
    return [(outage, name) for outage, name in rows]


async def _concerned(session: ReadSession, outage: SourceOutage) -> list[Incident]:
    """The open incidents of the brands that the source feeds."""
    fed = [int(monitor_id) for monitor_id, share in outage.carries.items() if share >= SOME]
    brands = select(Monitor.brand_id).where(Monitor.id.in_(fed))
    query = select(Incident).where(Incident.state == "open", Incident.brand_id.in_(brands))
    return list(await session.scalars(query))


async def _tell(
    session: WriteSession, core: Core, kind: str, incident: Incident, outage: SourceOutage, source: str
) -> bool:
    known = select(Event.seq).where(
        Event.incident_id == incident.id,
        Event.kind == kind,
        Event.data["outage_id"].as_integer() == outage.id,
    )
    if await session.scalar(known) is not None:
        return False
    record(
        session,
        kind,
        at=core.clock.now(),
        incident_id=incident.id,
        brand_id=incident.brand_id,
        outage_id=outage.id,
        source=source,
        state=outage.state,
    )
    return True
