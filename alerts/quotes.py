"""What alerts quote goes when it goes from the mentions: taken back, or too old for its source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from alerts.alert import Alert
from alerts.claims import EarlierClaim
from kit.core import Core
from kit.db import ReadSession
from mentions.mention import Mention
from mentions.privacy.erase import quoted, without_mentions

AT_ONCE = 500  # claims
SAID = cast("$.** ? (@.author != null || @.text != null)", JSONPATH)

Claims = type[Alert] | type[EarlierClaim]


async def unquote(core: Core) -> int:
    """Blank texts, names and links of mentions that are no more; returns in how many claims. Safe to repeat.

    Numbers stay: they are what was decided on, and what the claim is computed again from. First what alerts
    say now: what rises meanwhile is among the earlier claims by then.
    """
    return await _unquote(core, Alert) + await _unquote(core, EarlierClaim)


async def _unquote(core: Core, table: Claims) -> int:
    changed, after = 0, 0
    says = func.jsonb_path_exists(table.evidence, SAID)
    while True:
        async with core.database.read() as session:
            query = select(table.id, table.evidence).where(table.id > after, says)
            found = (await session.execute(query.order_by(table.id).limit(AT_ONCE))).all()
            quotes = {key: quoted(evidence) for key, evidence in found}
            gone = await _gone(session, {number for ids in quotes.values() for number in ids})
        changed += await _blank(core, table, [one for one, ids in quotes.items() if ids & gone], gone)
        if len(found) < AT_ONCE:
            return changed
        after = found[-1].id


async def _gone(session: ReadSession, ids: Collection[int]) -> set[int]:
    query = select(Mention.id).where(Mention.id.in_(ids), Mention.deleted_at.is_(None))
    return set(ids) - set(await session.scalars(query))


async def _blank(core: Core, table: Claims, keys: Collection[int], gone: Collection[int]) -> int:
    if not keys:
        return 0
    async with core.database.unit_of_work() as session:
        query: Select[Any] = select(table).where(table.id.in_(keys))
        for claim in await session.scalars(query.order_by(table.id).with_for_update()):
            claim.evidence = without_mentions(claim.evidence, gone)
    return len(keys)
