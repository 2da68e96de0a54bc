"""The demo's company at the pages: who is who, what has happened, and browsers to look at it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
from sqlalchemy import select

import tocsin
from alerts.open import open_alert
from alerts.page import Page
from alerts.paging.links import make_links, token_of
from incident.intake import take_in_alerts
from kit.core import Core
from mentions.monitor import Monitor
from people.members import Member, SignIn
from people.organisations import Brand
from runbooks import library
from runbooks.start import start_due_runs
from tests import rows
from tocsin import setup
from web.app import create_app

COMPANY = Path(tocsin.__file__).parent / "demo" / "company.toml"
PASSWORD = "llevant-demo"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
TITLE = "Almadía Ferries: 84 negative mentions in 10 minutes, 13 times the usual"
WITH_PASSWORD = "helen@llevant.example"


def evidence(**changes: Any) -> dict[str, Any]:
    """What the detector and the drivers leave in an alert."""
    example = {
        "text": "Two hours adrift off Barcelona <b>and</b> nobody of @almadia tells us anything",
        "author": "@sailor_in_the_dark",
        "url": "https://social.example/1",
        "sentiment": "negative",
        "published_at": "2026-03-10T02:49:00+00:00",
    }
    drivers = {
        "terms": [
            {"term": "adrift", "count": 31, "score": 9.1},
            {"term": "engine", "count": 22, "score": 7.4},
        ],
        "authors": [{"author": "@sailor_in_the_dark", "count": 6, "followers": 12400}],
        "until": "2026-03-10T03:10:00+00:00",
        "mentions": 420,
        "copies": 340,
        "sampled": 420,
        "stories": [
            {
                "id": 7,
                "text": "Almadía leaves 300 people <b>adrift</b>: share before they delete it",
                "author": "@first_voice",
                "url": None,
                "at": "2026-03-10T02:02:00+00:00",
                "count": 341,
                "copies": 340,
                "accounts": 300,
                "reach": 81000,
                "expected": 0.0,
                "score": 18.4,
            }
        ],
        "places": [{"term": "Barcelona", "count": 60, "expected": 4.0, "score": 5.2}],
        "languages": [
            {"term": "es", "count": 300, "expected": 210.0, "score": 2.4},
            {"term": "ca", "count": 120, "expected": 180.0, "score": -1.4},
        ],
        "domains": [{"term": "social.example", "count": 400, "expected": 390.0, "score": 0.3}],
        "coordination": [
            {"sign": "heavy_posters", "value": 4.0, "bar": 3.0, "reached": True},
            {"sign": "top_account", "value": 0.03, "bar": 0.25, "reached": False},
            {"sign": "copies", "value": 0.81, "bar": 0.2, "reached": True},
            {"sign": "cluster", "value": 120.0, "bar": 3.0, "reached": True},
        ],
        "examples": [example, {**example, "author": None, "url": "javascript:alert(1)"}],
    }
    return {
        "observed": 84.0,
        "expected": 6.5,
        "ratio": 12.9,
        "score": 0.997,
        "window_minutes": 10,
        "history_minutes": 20160,
        "insufficient_history": False,
        "reason": "84 mentions in 10 minutes where 6.5 are usual.",
        "formula": "z = (84 - 6.5) / 3.1 = 25.0",
        "drivers": drivers,
        **changes,
    }


class Cast:
    """The company, one alert of Almadía with its incident, and a runbook that runs."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.app = create_app(core)

    @classmethod
    async def assemble(cls, core: Core) -> Cast:
        now = core.clock.now()

        async def found() -> None:
            company = setup.read(COMPANY)
            for person in company["members"]:
                if (
                    person["email"] != WITH_PASSWORD
                ):  # hashing is slow on purpose; browsers come with a cookie
                    del person["password"]
            async with core.database.unit_of_work() as session:
                await library.seed(session, now=now)
                await setup.apply(session, company, now=now)

        await rows.once(core, ("cast at the pages", now), found)
        return cls(core)

    @classmethod
    async def in_crisis(cls, core: Core) -> Cast:
        """The company once Almadía has had its alert, which is the first."""

        async def struck() -> None:
            await (await cls.assemble(core)).crisis()

        await rows.once(core, ("cast in a crisis", core.clock.now()), struck)
        return cls(core)

    async def crisis(self, brand_slug: str = "almadia", *, title: str = TITLE, **changes: Any) -> int:
        """An alert for a brand, its incident (#1) and the incident's steps; returns the alert's id."""
        now = self.core.clock.now()
        async with self.core.database.unit_of_work() as session:
            brand = (await session.execute(select(Brand).where(Brand.slug == brand_slug))).scalar_one()
            monitor = (
                await session.execute(
                    select(Monitor).where(Monitor.brand_id == brand.id).order_by(Monitor.id).limit(1)
                )
            ).scalar_one()
            alert = await open_alert(
                session,
                brand_id=brand.id,
                monitor_id=monitor.id,
                signal="negative",
                level="red",
                title=title,
                evidence=evidence(**changes),
                since=now - timedelta(minutes=6),
                now=now,
            )
        await take_in_alerts(self.core)
        await start_due_runs(self.core)
        return alert.id

    async def page_link(self, alert_id: int, name: str = "helen") -> str:
        """The path that a page's mail holds, for a page that was sent to this person."""
        member, now = await self.member(name), self.core.clock.now()
        async with self.core.database.unit_of_work() as session:
            page = Page(
                alert_id=alert_id,
                member_id=member.id,
                channel="mail",
                step=0,
                reason="Social on call, first level",
                key=f"{alert_id}:{member.id}",
                state="sent",
                due_at=now,
                created_at=now,
                sent_at=now,
            )
            session.add(page)
            await session.flush()
            link = (await make_links(session, [page], now))[page.id]
            return f"/ack/{token_of(self.core.settings.signing_key, link)}"

    async def member(self, name: str) -> Member:
        """By the first word of the name, in small letters."""
        async with self.core.database.read() as session:
            query = select(Member).where(Member.email.startswith(f"{name}@"))
            return (await session.execute(query)).scalar_one()

    async def cookie(self, name: str) -> str:
        """The session cookie of somebody who has signed in just now."""
        member, now, token = await self.member(name), self.core.clock.now(), token_urlsafe()
        async with self.core.database.unit_of_work() as session:
            session.add(
                SignIn(
                    member_id=member.id,
                    token_sha256=sha256(token.encode()).hexdigest(),
                    created_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
        return token

    @asynccontextmanager
    async def browser(self, name: str | None = None) -> AsyncIterator[Browser]:
        """A browser without scripts; signed in when a name is given."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
            if name is not None:
                client.cookies.set("tocsin_session", await self.cookie(name), domain="tocsin.test")
            yield Browser(client)


class Browser:
    """Looks at pages and sends their forms, as a browser does without JavaScript."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def see(self, path: str, status: int = 200) -> str:
        """The page's HTML; the status must be the expected one."""
        answer = await self.http.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
        return answer.text

    async def send(self, path: str, *, page: str = "/incidents", **fields: str) -> httpx.Response:
        """POST a form as the page's own would: with its token and from the same origin."""
        found = CSRF.search((await self.http.get(page)).text)
        token = {"csrf": found.group(1)} if found else {}
        return await self.http.post(path, data={**token, **fields}, headers={"Origin": "http://tocsin.test"})

    async def done(self, path: str, **fields: str) -> str:
        """Send a form that is expected to work; where it leads."""
        answer = await self.send(path, **fields)
        assert answer.status_code == 303, f"{path}: {answer.status_code}\n{answer.text[:3000]}"
        return answer.headers["location"]
