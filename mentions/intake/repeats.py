"""What a newcomer brought first and a source of old brings, too: it is no beginning, and put aside no more.

Else the first to tell would decide whether a crisis is heard: a new feed that is faster than the old ones
would have all that they say put aside with what it says.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select

from kit.db import WriteSession
from mentions import lateness
from mentions.counting import rollups
from mentions.counting.counts import minute_of
from mentions.counting.newcomers import newcomers, unheard
from mentions.figures import Change
from mentions.identity.keys import Place
from mentions.intake.revise import monitors_of
from mentions.mention import Mention
from mentions.notable import weighing
from mentions.texts.harm import of_harm_in


async def repeated(session: WriteSession, by: Set[tuple[Place, int]], now: datetime) -> list[rollups.Counted]:
    """What is to be added to what is counted apart, because sources of old brought it, too.

    by: where a mention lies, which is locked, and a source whose item it was found to be. The detector is
    told of what that changes of the past, as of what comes late.
    """
    if not by:
        return []
    found = await newcomers(session, min(minute_of(arrived_at) for (_, arrived_at), _ in by))
    until = {one.source_id: one.until for one in found}
    if not until:
        return []
    begins = until.keys() | await unheard(session, {source_id for _, source_id in by})
    places = {place for place, source_id in by if source_id not in begins}
    if not places:
        return []
    row, ids, times = Mention, [number for number, _ in places], [arrived_at for _, arrived_at in places]
    query = select(row).where(row.id.in_(ids), row.arrived_at.in_(times), row.source_id.in_(until))
    rows = [
        one
        for one in await session.scalars(query.where(row.repeated.is_(False)).order_by(row.id))
        if minute_of(one.arrived_at) < until[one.source_id]
    ]
    weigh, had, changes = await weighing(session), await monitors_of(session, rows), []
    for one in rows:
        said = one.said(harm=of_harm_in(one.title, one.text))
        changes += rollups.moved(one, said, said, had[one.id], (), weigh)
        one.repeated = True
    await lateness.note(session, [(cell, Change() - taken, of) for cell, taken, of in changes], now)
    return changes
