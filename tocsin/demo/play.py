"""The demo's public: calm talk about two brands, and a crisis soon after somebody looks.

Everything goes the way a listening suite would send it: signed batches to `/ingest/demo`.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import structlog
from sqlalchemy import func, select

from kit.core import Core
from kit.signing import body_signature
from mentions.batch import Batch
from mentions.copies.fold import Stories
from mentions.draft import MentionDraft
from mentions.mention import Mention
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.store import enabled_monitors, store
from tocsin.demo import generator

log = structlog.get_logger(__name__)

OPENED = "tocsin:demo:opened"  # set by the first page view
CALM_DAYS = 14
CALM_PER_MINUTE = {"almadia": 1.6, "brisa": 1.2}
CRISIS_AFTER = timedelta(seconds=20)  # after the first page view
CRISIS_MINUTES = 45
CRISIS_BRAND = "almadia"
CRISIS_KIND = "service_outage"
CRISIS_PER_MINUTE = 120.0  # at its height: noticed within two minutes of its first words
LOAD_BATCH = 4000


async def load_calm(core: Core) -> None:
    """A fortnight of ordinary days for each brand, once: what the detector knows the brands by."""
    async with core.database.read() as session:
        if await session.scalar(select(func.count()).select_from(Mention).limit(1)):
            return
        source = (await session.execute(select(Source).where(Source.name == "demo"))).scalar_one()
        monitors = await enabled_monitors(session)
    scorer, stories, now = Scorer.load(), Stories(), core.clock.now()
    start = now - timedelta(days=CALM_DAYS)
    began = time.monotonic()
    for drafts in _batches(_calm(start, CALM_DAYS * 24 * 60, random.Random(7)), LOAD_BATCH):  # noqa: S311
        async with core.database.unit_of_work() as session:
            batch = Batch(source.id, now, tuple(drafts))
            await store(session, [batch], scorer=scorer, monitors=monitors, stories=stories)
    log.info("demo.calm_loaded", days=CALM_DAYS, seconds=round(time.monotonic() - began, 1))


def _calm(start: datetime, minutes: int, rng: random.Random) -> Iterator[MentionDraft]:
    for brand, rate in CALM_PER_MINUTE.items():
        for draft in generator.calm(rng, start, minutes, rate, brand):
            yield replace(draft, arrived_at=draft.published_at)


def _batches(drafts: Iterable[MentionDraft], size: int) -> Iterator[list[MentionDraft]]:
    rest = iter(drafts)
    while batch := list(islice(rest, size)):
        yield batch


async def play(core: Core, stop: asyncio.Event) -> None:
    """Send what the public says, when it says it, until `stop` is set."""
    rng = random.Random()  # noqa: S311 - talk, not secrets
    planned: list[MentionDraft] = []
    planned_until, crisis_planned = core.clock.now(), False
    async with httpx.AsyncClient(base_url=core.settings.public_url, timeout=10) as client:
        while not stop.is_set():
            now = core.clock.now()
            if planned_until <= now:
                planned += _calm(planned_until, 1, rng)
                planned_until += timedelta(minutes=1)
            if not crisis_planned and (begins := await _crisis_begins(core)) is not None:
                crisis_planned = True
                planned += generator.crisis(
                    rng, begins, CRISIS_MINUTES, CRISIS_KIND, CRISIS_BRAND, peak_per_minute=CRISIS_PER_MINUTE
                )
            due = [draft for draft in planned if draft.published_at <= now]
            planned = [draft for draft in planned if draft.published_at > now]
            if due:
                await _send(core, client, due)
            await asyncio.sleep(0.5)


async def _crisis_begins(core: Core) -> datetime | None:
    """When the crisis begins, once somebody has looked; what a stopped demo has missed is not sent late."""
    seen = await core.bell.redis.get(OPENED)
    return datetime.fromtimestamp(float(seen), UTC) + CRISIS_AFTER if seen else None


async def _send(core: Core, client: httpx.AsyncClient, drafts: list[MentionDraft]) -> None:
    async with core.database.read() as session:
        source = (await session.execute(select(Source).where(Source.name == "demo"))).scalar_one()
    fresh = [d for d in drafts if core.clock.now() - d.published_at < timedelta(minutes=2)]
    body = json.dumps({"mentions": [_as_sent(draft) for draft in fresh]}).encode()
    timestamp = int(core.clock.now().timestamp())
    headers = {
        "X-Tocsin-Timestamp": str(timestamp),
        "X-Tocsin-Signature": body_signature(source.secret or "", timestamp, body),
    }
    try:
        answer = await client.post("/ingest/demo", content=body, headers=headers)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("demo.batch_refused", error=str(error))


def _as_sent(draft: MentionDraft) -> dict[str, object]:
    return {
        "id": draft.native_id,
        "text": draft.text,
        "published_at": draft.published_at.isoformat(),
        "author": draft.author,
        "followers": draft.followers,
        "url": draft.url,
        "lang": draft.lang,
    }
