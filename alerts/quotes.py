"""What alerts quote goes when it goes from the mentions: taken back, or too old for its source."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from alerts.alert import Alert
from kit.core import Core
from kit.db import ReadSession
from mentions.erase import quoted, without_mentions
from mentions.mention import Mention

AT_ONCE = 500  # alerts

_SAYS = func.jsonb_path_exists(Alert.evidence, cast("$.** ? (@.author != null || @.text != null)", JSONPATH))


async def unquote(core: Core) -> int:
    """Blank texts, names and links of mentions that are no more; returns in how many alerts. Safe to repeat.

    Numbers stay: they are what was decided on, and what the claim is computed again from.
    """
    changed, after = 0, 0
    while True:
        async with core.database.read() as session:
            query = select(Alert.id, Alert.evidence).where(Alert.id > after, _SAYS)
            found = (await session.execute(query.order_by(Alert.id).limit(AT_ONCE))).all()
            quotes = {alert_id: quoted(evidence) for alert_id, evidence in found}
            gone = await _gone(session, {number for ids in quotes.values() for number in ids})
        changed += await _blank(core, [one for one, ids in quotes.items() if ids & gone], gone)
        if len(found) < AT_ONCE:
            return changed
        after = found[-1].id


async def _gone(session: ReadSession, ids: Collection[int]) -> set[int]:
    query = select(Mention.id).where(Mention.id.in_(ids), Mention.deleted_at.is_(None))
    return set(ids) - set(await session.scalars(query))


async def _blank(core: Core, alert_ids: Collection[int], gone: Collection[int]) -> int:
    if not alert_ids:
        return 0
    async with core.database.unit_of_work() as session:
        query = select(Alert).where(Alert.id.in_(alert_ids)).order_by(Alert.id).with_for_update()
        for alert in await session.scalars(query):
            alert.evidence = without_mentions(alert.evidence, gone)
    return len(alert_ids)
