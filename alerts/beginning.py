"""What the incident began with that an alert belongs to.

A brand's alerts are of one incident until it is resolved, which closes them all (`incident.intake`): so the
oldest that is not closed is the one that it began with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from alerts.alert import Alert
from alerts.wording.compose import Earlier
from kit.db import ReadSession
from people.members import Member

Beginnings = dict[int, tuple[Alert, str | None]]
"""By brand the first alert, and who has it."""


async def beginnings(session: ReadSession, brand_ids: Collection[int]) -> Beginnings:
    """Of the incidents that these brands have now."""
    query = (
        select(Alert, Member.name)
        .join(Member, Member.id == Alert.acknowledged_by, isouter=True)
        .where(Alert.brand_id.in_(brand_ids), Alert.state.in_(("open", "acknowledged")), Alert.pages)
        .ext(distinct_on(Alert.brand_id))
        .order_by(Alert.brand_id, Alert.id)
    )
    return {alert.brand_id: (alert, name) for alert, name in await session.execute(query)}


def earlier(found: Beginnings, told: Sequence[Alert]) -> Earlier | None:
    """What to say of it in a message about these alerts; None where it is one of them."""
    first, owner = found.get(told[0].brand_id, (None, None))
    if first is None or any(first.id >= alert.id for alert in told if alert.brand_id == first.brand_id):
        return None
    return Earlier(first.title, first.opened_at, owner)
