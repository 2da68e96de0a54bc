"""A source that carries a crisis dies in the middle of it: deafness is told, and never taken for calm.

The feed is asked over a real socket; the server goes away, and comes back with all that was said meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import func, select

from alerts.alert import Alert
from mentions.drafts.draft import MentionDraft
from mentions.mention import Mention
from mentions.source import Source
from mentions.sources import web
from mentions.sources.run import Runner
from tests.mailbox import acknowledge_link
from tests.mentions.sources.outside import Answer, Outside, as_text, outside
from tests.mentions.sources.test_run import until_done
from tests.world import World
from tocsin.demo import generator

pytestmark = pytest.mark.long

DAYS = 3
DEAF_MINUTES = 9 * 60  # an alert that nothing feeds any more ends some hours after its evidence is gone


class Feed:
    """A newspaper's comments, all of them in one feed; the server may be down."""

    def __init__(self, server: Outside) -> None:
        self.server = server
        self.items: list[MentionDraft] = []

    def say(self, drafts: Sequence[MentionDraft]) -> None:
        self.items.extend(drafts)
        items = "".join(_item(draft) for draft in self.items)
        self.server.on("/feed", as_text(f'<rss version="2.0"><channel>{items}</channel></rss>'))

    def die(self) -> None:
        self.server.on("/feed", Answer(502, (b"Bad Gateway",)))


def _item(draft: MentionDraft) -> str:
    when = format_datetime(draft.published_at)
    return (
        f'<item><guid isPermaLink="false">{draft.native_id}</guid><pubDate>{when}</pubDate>'
        f"<description>{escape(draft.text)}</description></item>"
    )


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[tuple[Feed, Runner]]:
    """The feed as a source of the house, that is expected to say something every half an hour."""
    async with outside() as server, web.client() as http:
        settings = {"url": server.url + "/feed"}
        async with world.core.database.unit_of_work() as session:
            session.add(Source(name="comments", kind="rss", settings=settings, expected_minutes=30))
        runner = Runner(world.core, "worker", http, chance=random.Random(1))
        yield Feed(server), runner
        await runner.close()


async def live(world: World, runner: Runner, minutes: int, *, step: int = 1) -> None:
    """Let the minutes pass with all workers at work, who look every `step` minutes."""
    for left in range(minutes // step, 0, -1):
        world.clock.forward(minutes=step)
        await until_done(runner)
        await world.work_off_stream()
        await world.settle(trusting=left > 1)


async def unended(world: World) -> int:
    async with world.core.database.read() as session:
        return int(await session.scalar(select(func.count()).where(Alert.ended_at.is_(None))) or 0)


async def test_deafness_is_told_and_nothing_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, start = random.Random(3), world.clock.now()
    async with listening(world) as (feed, runner):
        calm = generator.calm(rng, start - timedelta(days=DAYS), DAYS * 24 * 60, 1.2, "almadia")
        await world.remember(calm, source="comments")
        await world.settle()

        # The height of the crisis: everything comes by the feed, and somebody is woken.
        crisis = generator.crisis(rng, start, 30, "service_outage", "almadia")
        feed.say(crisis)
        await live(world, runner, 3)
        page = await world.mail.expect(to="marta@llevant.example", subject="Almadía")
        async with world.browser() as anybody:
            await anybody.http.post(acknowledge_link(page))
        assert await unended(world) >= 1

        # The server dies. Within minutes admins know, the incident says so, and no page calls it calm.
        feed.die()
        await live(world, runner, 10, step=2)
        await world.mail.expect(to="helen@llevant.example", subject="comments")
        async with world.browser("marta") as marta:
            home, room = (await marta.http.get("/")).text, (await marta.http.get("/incidents/1")).text
            for page_shown in (home, room):
                assert 'class="note warn" role="status"' in page_shown
                assert "comments" in page_shown
            told = await marta.ask('{ incident(number: "1") { state timeline { kind text } } }')
            kinds = [entry["kind"] for entry in told["incident"]["timeline"]]
            assert kinds.count("incident.source_out") == 1

        # Nine hours of silence end neither the alert nor the incident.
        await live(world, runner, DEAF_MINUTES, step=45)
        assert await unended(world) >= 1, "an alert ended because nobody could be heard"
        async with world.browser("marta") as marta:
            assert (await marta.ask('{ incident(number: "1") { state } }'))["incident"]["state"] == "open"

        # It is back, with all that was said in between: no gap, no double, and admins hear of it.
        later = generator.calm(rng, start + timedelta(minutes=30), 90, 1.2, "almadia")
        feed.say(later)
        await live(world, runner, 20, step=4)
        await world.mail.expect(to="helen@llevant.example", subject="comments")
        async with world.core.database.read() as session:
            stored = await session.scalars(select(Mention.native_id).where(Mention.arrived_at > start))
            assert sorted(stored) == sorted(draft.native_id for draft in feed.items)
        async with world.browser("marta") as marta:
            assert 'class="note warn" role="status"' not in (await marta.http.get("/incidents/1")).text
            told = await marta.ask('{ incident(number: "1") { timeline { kind } } }')
            kinds = [entry["kind"] for entry in told["incident"]["timeline"]]
            assert (kinds.count("incident.source_out"), kinds.count("incident.source_back")) == (1, 1)
        world.mail.take_all()  # of steps that are late by now: another story
