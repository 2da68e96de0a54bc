"""The rest of what an acknowledgement covers: a brand may have thousands of open alerts in a storm."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from alerts.alert import Alert, rank_of
from alerts.answering.acknowledge import AT_ONCE, take
from alerts.page import Escalation
from kit.core import Core
from kit.db import Moment, Questions
from people.members import Member
from people.signin import viewer_from


def due(_: Moment) -> Questions:
    """What the sweep has to do."""
    return (_covered(),)


def _covered() -> Select[int, Member]:
    """Open alerts, and who has acknowledged one of the same brand that is no less grave and still goes on."""
    theirs = aliased(Alert)
    return (
        select(Alert.id, Member)
        .join(theirs, theirs.brand_id == Alert.brand_id)
        .join(Escalation, Escalation.alert_id == theirs.id)
        .join(Member, Member.id == theirs.acknowledged_by)
        .where(Alert.state == "open", Alert.ended_at.is_(None), Alert.pages)
        .where(theirs.state == "acknowledged", theirs.ended_at.is_(None))
        .where(theirs.acknowledged_at >= Alert.opened_at, rank_of(theirs) >= rank_of(Alert))
        .where(Escalation.state.in_(("acknowledged", "reminding")))
    )


async def cover_rest(core: Core) -> int:
    """Acknowledge some of the open alerts that one of their brand covers; returns how many."""
    async with core.database.unit_of_work() as session:
        rows = await session.execute(_covered().order_by(Alert.id).limit(AT_ONCE))
        found = dict(rows.all())
        by_member: dict[int, list[int]] = {}
        for alert_id, member in found.items():
            by_member.setdefault(member.id, []).append(alert_id)
        members = {member.id: member for member in found.values()}
        for member_id, alert_ids in by_member.items():
            viewer = viewer_from(members[member_id])
            await take(session, viewer, alert_ids, now=core.clock.now(), incident_id=None, by="cover")
    return len(found)
