"""A whole Tocsin in one test: the real database, broker, mail and pages; a clock that the test moves.

Only the outside is played: a real SMTP server (`tests.mailbox`) that fails the test on any message
nobody expected. What workers do is done when the test lets time pass, by the worker's own functions.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self

import httpx
from msgspec import structs
from sqlalchemy import select

from alerts.alert import Alert
from alerts.arrivals.look import Arrivals
from alerts.ticker import tick
from incident.incident import Incident
from kit.core import Core, open_core
from kit.settings import Settings
from kit.signing import body_signature
from mentions.copies.fold import Stories
from mentions.drafts.draft import MentionDraft
from mentions.intake.store import enabled_monitors, store
from mentions.intake.stream import work_off
from mentions.sentiment import Scorer
from mentions.source import Source
from mentions.sources.ingest import Accepted, accept
from mentions.waiting.batch import Batch
from mentions.waiting.valkey_queue import STREAM, Inbox
from people.members import Member
from people.permissions import Viewer
from people.signin import viewer_from
from runbooks import library
from tests import rows
from tests.clock import MovableClock
from tests.mailbox import Mailbox
from tocsin import looks, setup, worker
from tocsin.commands.demo import COMPANY
from web.app import create_app

PASSWORD = "llevant-demo"
SCORER = Scorer.load()
ROUTINE = (*worker.WATCHING, *worker.RECOUNTING)
"""What workers do at every turn; for all else a look tells them that there is something to do."""
ANNOUNCED = tuple(sweep for sweep in worker.EVERYTHING if sweep not in ROUTINE)
EVIDENCE: dict[str, Any] = {
    "observed": 42.0,
    "expected": 6.0,
    "ratio": 7.0,
    "score": 0.999,
    "window_minutes": 5,
    "history_minutes": 20160,
    "insufficient_history": False,
    "reason": "42 mentions in 5 minutes where 6 are usual.",
    "formula": "test",
    "drivers": {"terms": [], "authors": [], "examples": []},
}
"""An alert's evidence, for tests that are about what comes after it."""


async def _founded(core: Core) -> None:
    """The runbook library and the demo's company."""
    now = core.clock.now()

    async def found() -> None:
        async with core.database.unit_of_work() as session:
            await library.seed(session, now=now)
            await setup.apply(session, without_letters(company()), now=now)

    await rows.once(core, ("world", now), found)


class World:
    """One company (the demo's), its people and their mailbox."""

    def __init__(self, core: Core, clock: MovableClock, mail: Mailbox) -> None:
        self.core = core
        self.clock = clock
        self.mail = mail
        self._sent = 0
        self._arrivals = Arrivals()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, clock: MovableClock) -> AsyncIterator[Self]:
        """The company set up, the runbook library in place, nobody has said anything yet."""
        async with AsyncExitStack() as stack:
            mail = await stack.enter_async_context(Mailbox())
            settings = replace(settings, smtp_url=mail.url)
            core = await stack.enter_async_context(open_core(settings, clock=clock))
            await _founded(core)
            yield cls(core, clock, mail)
            async with core.database.engine.begin() as connection:
                await rows.wipe(connection)  # also where no other fixture does

    async def with_letters(self) -> None:
        """From now on the demo's digests and reminders go out, too: for stories that are about them."""
        async with self.core.database.unit_of_work() as session:
            await setup.apply(session, company(), now=self.clock.now())

    @cached_property
    def _stories(self) -> Stories:
        """As a worker keeps them, and the next one. Their room takes milliseconds to make."""
        return Stories()

    # Time and the workers

    async def settle(self, *, trusting: bool = False) -> None:
        """Let the workers do all that is due now: the detector's looks, and sweeps until nothing is left.

        `trusting`: as in a worker, nobody sweeps whom the look does not call; else all do, and it must have.
        """
        await self._arrivals.look(self.core)
        await tick.tick(self.core)
        while await worker.sweep(self.core, ROUTINE):
            pass
        announced = await looks.waiting(self.core)
        while (announced or not trusting) and await worker.sweep(self.core, ANNOUNCED):
            assert announced, "there was something to do, and the look had not seen it"
            while await worker.sweep(self.core, ROUTINE):
                pass
            announced = await looks.waiting(self.core)

    async def forward(self, *, step: float = 60, **parts: float) -> None:
        """Let time pass, the workers looking every `step` seconds."""
        end = self.clock.now() + timedelta(**parts)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + timedelta(seconds=step)))
            await self.settle(trusting=self.clock.now() < end)

    # What the public says

    async def remember(self, drafts: Sequence[MentionDraft], *, source: str = "demo") -> None:
        """Mentions of the past: stored as they arrived, counted, never paged about."""
        for start in range(0, len(drafts), 4000):
            batch = [
                structs.replace(draft, arrived_at=draft.published_at)
                for draft in drafts[start : start + 4000]
            ]
            async with self.core.database.unit_of_work() as session:
                row = (await session.execute(select(Source).where(Source.name == source))).scalar_one()
                monitors = await enabled_monitors(session)
                await store(
                    session,
                    [Batch(row.id, self.clock.now(), tuple(batch))],
                    scorer=SCORER,
                    monitors=monitors,
                    stories=self._stories,
                )

    async def hear(self, *texts: str, author: str | None = None) -> Accepted:
        """The listening suite sends these posts now, as one signed batch, and a worker stores them."""
        self._sent += 1
        mentions = [
            {"id": f"{self._sent}-{index}", "text": text, "author": author or f"someone_{self._sent}_{index}"}
            for index, text in enumerate(texts)
        ]
        return await self.send({"mentions": mentions})

    async def send(self, content: Any, *, secret: str | None = None) -> Accepted:
        """A signed batch of whatever content, taken in and worked off."""
        async with self.core.database.read() as session:
            source = (await session.execute(select(Source).where(Source.name == "demo"))).scalar_one()
        body = json.dumps(content).encode()
        timestamp = int(self.clock.now().timestamp())
        headers = {
            "X-Tocsin-Timestamp": str(timestamp),
            "X-Tocsin-Signature": body_signature(secret or source.secret or "", timestamp, body),
        }
        accepted = await accept(self.core, "demo", headers=headers, body=body)
        await self.work_off_stream()
        return accepted

    async def work_off_stream(self) -> None:
        """Store what waits in the stream."""
        inbox = Inbox(self.core.bell.redis, "test")
        await inbox.open()
        while await self.core.bell.redis.xlen(STREAM):
            await work_off(self.core, inbox, await inbox.next(), SCORER, self._stories)

    # What came of it

    async def alerts(self) -> Sequence[Alert]:
        """All alerts, in the order in which they were opened."""
        async with self.core.database.read() as session:
            return (await session.scalars(select(Alert).order_by(Alert.id))).all()

    async def incidents(self) -> Sequence[Incident]:
        """All incidents, in the order in which they were opened."""
        async with self.core.database.read() as session:
            return (await session.scalars(select(Incident).order_by(Incident.id))).all()

    # People

    async def member(self, name: str) -> Member:
        """By the first word of the name, in small letters: marta, jon, claire, helen, andreu, nuria."""
        async with self.core.database.read() as session:
            found = await session.execute(select(Member).where(Member.email.startswith(name + "@")))
            return found.scalar_one()

    async def viewer(self, name: str) -> Viewer:
        return viewer_from(await self.member(name))

    @asynccontextmanager
    async def browser(self, name: str | None = None) -> AsyncIterator[Browser]:
        """Somebody at the pages and the API, signed in through the API when a name is given."""
        transport = httpx.ASGITransport(create_app(self.core))
        async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
            browser = Browser(client)
            if name is not None:
                email = (await self.member(name)).email
                await browser.do("SignIn", email=email, password=PASSWORD)
            yield browser


class Browser:
    """HTTP as one person sends it; `ask` and `do` send operations of graphql/operations/."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client

    async def graphql(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to any document."""
        answer = await self.http.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"X-Tocsin-CSRF": "1"},
        )
        return dict(answer.json())

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a document that is expected to succeed."""
        answer = await self.graphql(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])

    async def do_all(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The whole data of one of the pages' own questions."""
        from api.operations import operations

        return await self.ask(operations()[operation], **variables)

    async def do(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Run one of the pages' own operations; its one field, which must not be a Problem."""
        from api.operations import operations

        data = await self.ask(operations()[operation], **variables)
        (result,) = data.values()
        assert not (isinstance(result, dict) and result.get("__typename") == "Problem"), result
        return dict(result) if isinstance(result, dict) else {"value": result}


def company() -> dict[str, Any]:
    """The demo's company. Its forum may say nothing for five minutes: in most stories it has no part."""
    found = setup.read(COMPANY)
    for source in found["sources"]:
        source.pop("expected_minutes", None)
    return found


def without_letters(company: dict[str, Any]) -> dict[str, Any]:
    """The company without what is sent to it on ordinary days: a story's mailbox holds its own mail."""
    for one in (*company["members"], *company["departments"]):
        one.pop("digests", None)
    for department in company["departments"]:
        department.pop("email", None)
    return company


def at(moment: str) -> datetime:
    """A time in UTC from its ISO form."""
    return datetime.fromisoformat(moment + "+00:00" if "+" not in moment else moment)
