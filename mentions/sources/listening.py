"""Whether anybody listens to what is said of a brand: if not, nothing heard is no calm."""

from __future__ import annotations

from sqlalchemy import text

from kit.db import ReadSession
from mentions.monitor import OWN
from mentions.sources.registry import KINDS

NEWEST = 100
"""Mentions of each monitor by which it is known what brings them."""

_LISTENED = text("""
    WITH own AS (SELECT id FROM monitor WHERE brand_id = :brand AND type = ANY(:own) AND enabled),
    kept AS (SELECT * FROM source WHERE kind = ANY(:kinds) OR expected_minutes IS NOT NULL),
    speaking AS (
        SELECT kept.id FROM kept JOIN source_health AS health ON health.source_id = kept.id
        WHERE kept.enabled AND coalesce(health.last_received_at, health.last_ok_at) IS NOT NULL
          AND NOT EXISTS (SELECT FROM source_outage WHERE source_id = kept.id AND ended_at IS NULL)),
    bringing AS (
        SELECT mention.source_id AS id
        FROM own CROSS JOIN LATERAL (
            SELECT mention_id, arrived_at FROM mention_match WHERE monitor_id = own.id
            ORDER BY arrived_at DESC LIMIT :newest) AS match
        JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
        JOIN kept ON kept.id = mention.source_id)
    SELECT EXISTS (SELECT FROM own) AND EXISTS (
        SELECT FROM speaking
        WHERE id IN (SELECT id FROM bringing) OR NOT EXISTS (SELECT FROM bringing))""")


async def listened_to(session: ReadSession, brand_id: int) -> bool:
    """Whether a monitor of the brand's own looks, and a source speaks that brings what it finds.

    That is one that is on, has spoken, is not out, and brought some of the brand's newest mentions; while it
    has none, any. What people bring by hand counts only where they set how often they do.
    """
    values = {"brand": brand_id, "own": list(OWN), "kinds": list(KINDS), "newest": NEWEST}
    return bool(await session.scalar(_LISTENED, values))
