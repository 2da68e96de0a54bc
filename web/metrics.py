"""Prometheus: counters of this process, and gauges that are asked of the database at each scrape."""

from __future__ import annotations

import time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from redis.exceptions import RedisError
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.audit import auditor
from alerts.audit.look import KINDS
from alerts.page import Page
from incident.incident import Incident
from kit.core import Core
from kit.db import ReadSession
from mentions.sources.watch import watched
from mentions.waiting.valkey_queue import Outbox

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
PAGE_STATES = ("due", "sending", "sent", "failed", "dropped", "bundled")


class Metrics:
    """One registry per app, so that two apps in one process (tests) do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tocsin_http_requests_total",
            "HTTP requests",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "tocsin_http_request_seconds", "Time to answer", ["route"], registry=self.registry
        )
        self.pages = Gauge("tocsin_pages", "Pages by state", ["state"], registry=self.registry)
        self.overdue = Gauge(
            "tocsin_pages_overdue", "Pages whose time to be sent has passed", registry=self.registry
        )
        self.incidents = Gauge(
            "tocsin_incidents_open", "Open incidents, drills apart", registry=self.registry
        )
        self.unprocessed = Gauge(
            "tocsin_oldest_unprocessed_mention_seconds",
            "Age of the oldest batch of mentions that is not stored yet; -1 when the broker does not answer",
            registry=self.registry,
        )
        self.set_aside = Gauge(
            "tocsin_mention_batches_set_aside",
            "Batches that could not be stored and wait for a person; -1 when the broker does not answer",
            registry=self.registry,
        )
        self.deaf = Gauge(
            "tocsin_source_deaf",
            "1 while a source is silent or failing: calm may be deafness",
            ["source"],
            registry=self.registry,
        )
        self.findings = Gauge(
            "tocsin_audit_findings",
            "What the auditor found at its latest look, by kind; see docs/operating.md",
            ["kind"],
            registry=self.registry,
        )
        self.audited = Gauge(
            "tocsin_audit_age_seconds",
            "Since the auditor's latest look; -1 when there was none",
            registry=self.registry,
        )
        self.last_item = Gauge(
            "tocsin_source_last_item_seconds",
            "Age of a source's last item",
            ["source"],
            registry=self.registry,
        )

    async def scrape(self, request: Request) -> Response:
        core: Core = request.app.state.core
        async with core.database.read() as session:
            await self._read_database(session, core)
        self.unprocessed.set(await _oldest_unprocessed(core))
        self.set_aside.set(await _set_aside(core))
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

    async def _read_database(self, session: ReadSession, core: Core) -> None:
        by_state = await session.execute(select(Page.state, func.count().label("pages")).group_by(Page.state))
        counts = {row.state: row.pages for row in by_state}
        for state in PAGE_STATES:
            self.pages.labels(state).set(counts.get(state, 0))
        late = select(func.count()).where(Page.state.in_(("due", "sending")), Page.due_at < core.clock.now())
        self.overdue.set((await session.execute(late)).scalar_one())
        open_now = select(func.count()).where(Incident.state == "open", Incident.drill.is_(False))
        self.incidents.set((await session.execute(open_now)).scalar_one())
        await self._read_sources(session, core)
        await self._read_audit(session, core)

    async def _read_sources(self, session: ReadSession, core: Core) -> None:
        """Sources that are switched off have no series: nobody is to be woken about them."""
        self.deaf.clear()
        self.last_item.clear()
        for one in await watched(session, core.clock.now()):
            if not one.source.enabled:
                continue
            self.deaf.labels(one.source.name).set(one.health.deaf)
            if one.seen.last_received_at is not None:
                age = core.clock.now() - one.seen.last_received_at
                self.last_item.labels(one.source.name).set(max(0.0, age.total_seconds()))

    async def _read_audit(self, session: ReadSession, core: Core) -> None:
        row = await auditor.latest(session)
        found = {one["kind"]: one["count"] for one in row.findings} if row else {}
        for kind in KINDS:
            self.findings.labels(kind).set(found.get(kind, 0))
        self.audited.set((core.clock.now() - row.at).total_seconds() if row else -1)


async def _oldest_unprocessed(core: Core) -> float:
    """Seconds since the oldest batch entered that no worker has acknowledged (0 when all are)."""
    try:
        since = await Outbox(core.bell.redis).oldest()
    except (RedisError, OSError):
        return -1.0
    return 0.0 if since is None else max(0.0, core.clock.now().timestamp() - since)


async def _set_aside(core: Core) -> int:
    try:
        return await Outbox(core.bell.redis).dead()
    except (RedisError, OSError):
        return -1


class CountRequests:
    """Counts each request under its route's pattern and a known method: no visitor can make new series."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - began)
