"""The demo's public: calm talk about two brands, and a crisis soon after somebody looks.

Everything goes the way a listening suite and a forum would send it: signed batches to `/ingest/{source}`.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import httpx
import structlog
from msgspec.structs import replace
from sqlalchemy import exists, select

from kit.core import Core
from kit.signing import body_signature
from mentions.copies.fold import Stories
from mentions.drafts.draft import MentionDraft
from mentions.intake.keep import keep
from mentions.mention import Mention
from mentions.sentiment.plugged import open_model
from mentions.source import Source
from mentions.waiting.batch import Batch
from tocsin.demo import generator
from tocsin.demo.desks import Desks

log = structlog.get_logger(__name__)

OPENED = "tocsin:demo:opened"  # set by the first page view
CALM_DAYS = 14
CALM_PER_MINUTE = {"almadia": 0.6, "brisa": 0.35}
CRISIS_AFTER = timedelta(seconds=20)  # after the first page view
CRISIS_MINUTES = 45
CRISIS_BRAND = "almadia"
CRISIS_KIND = "service_outage"
CRISIS_PER_MINUTE = 120.0  # at its height: noticed within two minutes of its first words
LOAD_BATCH = 4000
READ_AT_ONCE = 120  # mentions of the last day: departments look every two hours or so
DAY = timedelta(days=1)
SUITE, FORUM = "demo", "forum"
"""The sources by name: a listening suite, and a forum that tells us of each post."""
FORUM_SITE = "forum.example"
SENT = (
    "native_id", "text", "published_at", "author", "followers", "url", "lang", "title", "kind", "thread",
    "reply_to", "repost_of", "reach", "country", "place", "domain",
)  # fmt: skip
FALLS_SILENT_AFTER = timedelta(minutes=2)
"""So long the forum goes on after the start: then people see what a source that fell silent looks like."""


async def has_past(core: Core) -> bool:
    """Whether anything was ever said here."""
    async with core.database.read() as session:
        return bool(await session.scalar(select(exists(select(Mention.id)))))


async def load_calm(core: Core) -> None:
    """A fortnight of ordinary days for each brand: what the detector knows the brands by."""
    async with core.database.read() as session:
        sources = {one.name: one.id for one in (await session.scalars(select(Source))).all()}
    scorer = await asyncio.to_thread(open_model, core.settings.sentiment_model)
    stories, now, began = Stories(), core.clock.now(), time.monotonic()
    desks = Desks(core)
    for drafts in _portions(now):
        batches = [
            Batch(sources[name], now, tuple(said))
            for name in (SUITE, FORUM)
            if (said := [one for one in drafts if _source_of(one) == name])
        ]
        await keep(core, batches, scorer, stories)
        if drafts[-1].published_at > now - DAY:
            await desks.work(drafts[-1].published_at, now)
    log.info("demo.calm_loaded", days=CALM_DAYS, seconds=round(time.monotonic() - began, 1))


def _portions(now: datetime) -> Iterator[list[MentionDraft]]:
    """The past in order of time: large portions up to the last day, then as much as people read at once."""
    drafts = sorted(
        _calm(now - timedelta(days=CALM_DAYS), CALM_DAYS * 24 * 60, random.Random(7)),  # noqa: S311
        key=lambda one: one.published_at,
    )
    yesterday = sum(one.published_at <= now - DAY for one in drafts)
    yield from _batches(drafts[:yesterday], LOAD_BATCH)
    yield from _batches(drafts[yesterday:], READ_AT_ONCE)


def _source_of(draft: MentionDraft) -> str:
    return FORUM if draft.domain == FORUM_SITE else SUITE


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
    silent_from = planned_until + FALLS_SILENT_AFTER
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
            for name in (SUITE, FORUM):
                said = [one for one in due if _source_of(one) == name]
                if said and (name == SUITE or now < silent_from):
                    await _send(core, client, name, said)
            await asyncio.sleep(0.5)


async def _crisis_begins(core: Core) -> datetime | None:
    """When the crisis begins, once somebody has looked; what a stopped demo has missed is not sent late."""
    seen = await core.bell.redis.get(OPENED)
    return datetime.fromtimestamp(float(seen), UTC) + CRISIS_AFTER if seen else None


async def _send(core: Core, client: httpx.AsyncClient, name: str, drafts: list[MentionDraft]) -> None:
    async with core.database.read() as session:
        source = (await session.execute(select(Source).where(Source.name == name))).scalar_one()
    fresh = [d for d in drafts if core.clock.now() - d.published_at < timedelta(minutes=2)]
    body = json.dumps({"mentions": [_as_sent(draft) for draft in fresh]}).encode()
    timestamp = int(core.clock.now().timestamp())
    headers = {
        "X-Tocsin-Timestamp": str(timestamp),
        "X-Tocsin-Signature": body_signature(source.secret or "", timestamp, body),
    }
    try:
        answer = await client.post(f"/ingest/{name}", content=body, headers=headers)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("demo.batch_refused", error=str(error))


def _as_sent(draft: MentionDraft) -> dict[str, object]:
    """The fields that the draft has, by the names and in the forms that `/ingest` reads."""
    given = {"id" if name == "native_id" else name: getattr(draft, name) for name in SENT}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value is not None
    }
