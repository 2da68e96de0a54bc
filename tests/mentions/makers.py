"""Rows and drafts with sensible defaults, for tests about mentions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import count

from sqlalchemy import select

from kit.core import Core
from kit.db import WriteSession
from kit.signing import body_signature
from mentions.drafts.draft import MentionDraft
from mentions.intake.store import Stored, enabled_monitors, store
from mentions.monitor import MinuteCount, Monitor
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.waiting.batch import Batch
from people.organisations import Brand, Organisation
from people.permissions import Viewer

_numbers = count(1)


@cache
def scorer() -> Scorer:
    return Scorer.load()


def viewer(role: str = "responder") -> Viewer:
    return Viewer(1, 1, "Marta", role, "ca", "Europe/Madrid")


def draft(text: str = "Renfe ha llegado", *, at: datetime, **values: object) -> MentionDraft:
    given: dict[str, object] = {"native_id": f"m{next(_numbers)}", "text": text, "published_at": at, **values}
    return MentionDraft(**given)  # type: ignore[arg-type]


async def make_brand(session: WriteSession, name: str = "Renfe", slug: str = "renfe") -> Brand:
    house = await session.scalar(select(Organisation).where(Organisation.kind == "house"))
    if house is None:
        house = Organisation(name="The house", kind="house", declared_clients=[])
        session.add(house)
        await session.flush()
    brand = Brand(name=name, slug=slug, organisation_id=house.id)
    session.add(brand)
    await session.flush()
    return brand


async def make_monitor(
    session: WriteSession, brand: Brand, query: str = "renfe", *, at: datetime, **values: object
) -> Monitor:
    name = f"monitor {next(_numbers)}"
    monitor = Monitor(**{"brand_id": brand.id, "name": name, "query": query, "created_at": at, **values})
    session.add(monitor)
    await session.flush()
    return monitor


async def make_source(session: WriteSession, name: str = "suite", **values: object) -> Source:
    source = Source(**{"name": name, "kind": "webhook", "secret": "shared secret", **values})
    session.add(source)
    await session.flush()
    return source


async def make_all(core: Core, query: str = "renfe") -> tuple[Brand, Monitor, Source]:
    """One brand with one monitor, and one source."""
    async with core.database.unit_of_work() as session:
        brand = await make_brand(session)
        return (
            brand,
            await make_monitor(session, brand, query, at=core.clock.now()),
            await make_source(session),
        )


async def put(
    core: Core,
    source: Source,
    *drafts: MentionDraft,
    arrived_at: datetime | None = None,
    also: Iterable[int] = (),
    rejected: int = 0,
) -> Stored:
    """Store the drafts as the stream's worker does, arrived now unless they say."""
    async with core.database.unit_of_work() as session:
        monitors = await enabled_monitors(session)
        batch = Batch(source.id, arrived_at or core.clock.now(), drafts, rejected, tuple(also))
        return await store(session, [batch], scorer=scorer(), monitors=monitors)


async def counted(core: Core) -> dict[tuple[int, int], tuple[int, int, int]]:
    """(monitor, minute) to (volume, negative, positive)."""
    async with core.database.read() as session:
        rows = await session.scalars(select(MinuteCount))
        return {(row.monitor_id, row.minute): (row.volume, row.negative, row.positive) for row in rows}


def signed(body: bytes, *, at: datetime, secret: str = "shared secret") -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "X-Tocsin-Timestamp": str(timestamp),
        "X-Tocsin-Signature": body_signature(secret, timestamp, body),
    }


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
