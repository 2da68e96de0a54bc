"""A house with one brand, and monitors that hear the same of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from kit.core import Core

_HOUSE = text("INSERT INTO organisation (name, kind, declared_clients) VALUES ('House', 'house', '{}')")
_BRAND = text("INSERT INTO brand (organisation_id, name, slug) SELECT id, 'Brand', 'brand' FROM organisation")
_MONITORS = text("""
    INSERT INTO monitor (brand_id, name, query, enabled, type, pages, created_at)
    SELECT brand.id, 'monitor ' || n, 'many', true, 'brand', true, :made
    FROM brand, generate_series(1, :monitors) AS n""")


async def make_house(core: Core, monitors: int, made: datetime) -> None:
    """Into an empty database: so many monitors, numbered from 1, made then."""
    async with core.database.unit_of_work() as session:
        await session.execute(_HOUSE)
        await session.execute(_BRAND)
        await session.execute(_MONITORS, {"monitors": monitors, "made": made})
