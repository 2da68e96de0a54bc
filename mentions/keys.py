"""Who is new: an item is, when neither its source's id nor its identity across sources was there before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from kit.db import ReadSession, WriteSession
from mentions.item import ANY_SOURCE, Item, digest

Key = tuple[int, UUID]
Place = tuple[int, datetime]
"""A mention's id and its arrival: where it lies."""

_KNOWN = text("""
    SELECT source_id, key, mention_id, arrived_at FROM mention_key
    WHERE (source_id, key) IN (SELECT * FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[])))""")

_CLAIM = text("""
    INSERT INTO mention_key (source_id, key, mention_id, arrived_at, taken_at)
    SELECT source_id, key, coalesce(mention_id, nextval('mention_id_seq')), arrived_at, :now
    FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[]), CAST(:mentions AS bigint[]),
                CAST(:arrived AS timestamptz[])) AS given (source_id, key, mention_id, arrived_at)
    ON CONFLICT (source_id, key) DO NOTHING
    RETURNING source_id, key, mention_id""")

_POINT = text("""
    UPDATE mention_key SET mention_id = there.mention_id, arrived_at = there.arrived_at
    FROM (SELECT * FROM unnest(CAST(:sources AS bigint[]), CAST(:keys AS uuid[]), CAST(:uris AS uuid[])))
         AS double (source_id, key, uri)
    JOIN mention_key AS there ON there.source_id = :any_source AND there.key = double.uri
    WHERE mention_key.source_id = double.source_id AND mention_key.key = double.key""")


async def known(session: ReadSession, keys: Sequence[Key]) -> dict[Key, Place]:
    """Where the mentions lie whose keys are taken."""
    if not keys:
        return {}
    rows = await session.execute(_KNOWN, _columns(keys))
    return {(source_id, key): (mention_id, arrived_at) for source_id, key, mention_id, arrived_at in rows}


async def claim(session: WriteSession, items: Iterable[Item], now: datetime) -> dict[Key, int]:
    """Take the keys of these items; the new mentions' ids by key. Another worker may have been first.

    Keys are taken in their order, so that two workers wait for one another and never deadlock.
    """
    given = {item.key: item for item in items}
    ids = await _take(session, [(key, None, given[key].arrived_at) for key in sorted(given)], now)
    by_uri: dict[Key, Key] = {}
    doubles = []
    for key in sorted(ids):
        uri = given[key].draft.uri
        if uri is not None and by_uri.setdefault((ANY_SOURCE, digest(uri)), key) != key:
            doubles.append(key)
    claims = [(uri, ids[key], given[key].arrived_at) for uri, key in sorted(by_uri.items())]
    taken = await _take(session, claims, now)
    doubles += [key for uri, key in by_uri.items() if uri not in taken]
    await _point_to_the_first(session, [(key, given[key]) for key in doubles])
    return {key: number for key, number in ids.items() if key not in set(doubles)}


async def _take(
    session: WriteSession, wanted: Sequence[tuple[Key, int | None, datetime]], now: datetime
) -> dict[Key, int]:
    if not wanted:
        return {}
    values = {
        **_columns([key for key, _, _ in wanted]),
        "mentions": [number for _, number, _ in wanted],
        "arrived": [arrived_at for _, _, arrived_at in wanted],
        "now": now,
    }
    rows = await session.execute(_CLAIM, values)
    return {(source_id, key): mention_id for source_id, key, mention_id in rows}


async def _point_to_the_first(session: WriteSession, doubles: Sequence[tuple[Key, Item]]) -> None:
    """What another source brought before: who repeats this source's item repeats that mention."""
    if doubles:
        uris = [digest(item.draft.uri or "") for _, item in doubles]
        values = {**_columns([key for key, _ in doubles]), "uris": uris, "any_source": ANY_SOURCE}
        await session.execute(_POINT, values)


def _columns(keys: Sequence[Key]) -> dict[str, object]:
    return {"sources": [source_id for source_id, _ in keys], "keys": [key for _, key in keys]}
