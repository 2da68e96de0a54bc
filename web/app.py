"""The ASGI app: routes, middleware, and what is built once per process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from alerts.incoming.accept import Doorway
from api.asgi import graphql_app
from api.live import Hub
from kit.core import Core
from kit.errors import TocsinError
from kit.recent import Recent
from mentions.source import Source
from mentions.sources.calls import Calls
from web import calendars, failures, health, mattermost, phone, receiving, render, routes, taking
from web.built import STATIC, built
from web.crossing import CrossSiteGuard
from web.headers import SecurityHeaders
from web.limits import BodyLimit
from web.metrics import CountRequests, Metrics
from web.statics import Statics


def create_app(core: Core) -> Starlette:
    """The app over a core. Raises web.built.AssetsMissing when the assets were never built."""
    metrics, hub, files = Metrics(), Hub(core.bell), built()
    public = core.settings.public_url
    app = Starlette(
        routes=[
            *_machine_routes(core, hub, metrics),
            *routes.routes(),
            # last: what is done to an alert of ours has addresses of this shape, too
            Route("/alerts/{source}/{path_token}", taking.take, methods=["POST"]),
        ],
        middleware=[
            Middleware(CountRequests, metrics=metrics),
            Middleware(SecurityHeaders, https=public.startswith("https:")),
            Middleware(CrossSiteGuard, public_url=public),
            Middleware(BodyLimit),
        ],
        exception_handlers={
            TocsinError: failures.expected,
            HTTPException: failures.http,
            SQLAlchemyError: failures.database,
            OSError: failures.database,
            Exception: failures.unexpected,
        },
        lifespan=_lifespan,
    )
    app.state.core, app.state.hub, app.state.built = core, hub, files
    app.state.doorway, app.state.sources, app.state.calls = Doorway(core), Recent[Source](), Calls()
    return app


def _machine_routes(core: Core, hub: Hub, metrics: Metrics) -> list[BaseRoute]:
    """What programs ask for; the pages are in `web.routes`."""
    graphql = graphql_app(core, hub)
    return [
        Route("/graphql", graphql),
        WebSocketRoute("/graphql", graphql),
        Route("/alerts/{source}", taking.take, methods=["POST"]),
        Route("/ingest/{source}", receiving.ingest, methods=["POST"]),
        Route("/ingest/{source}/{path_token}", receiving.ingest, methods=["POST"]),
        Route("/calendars/{token}.ics", calendars.feed),
        *phone.ROUTES,
        Route("/mattermost", mattermost.pressed, methods=["POST"]),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", metrics.scrape),
        Mount("/static", Statics(directory=STATIC)),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    render.warm()
    yield
    await app.state.hub.stop()
