"""GraphQL over HTTP and over graphql-transport-ws."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketClose
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from api import cookie
from api.client import client_of
from api.context import Context
from api.live import Hub
from api.schema import schema
from api.sockets import Sockets
from kit.core import Core
from kit.errors import SignedOut
from people import tokens
from people.permissions import Viewer
from people.signin import viewer_of


async def viewer_by_cookie(core: Core, token: str | None) -> Viewer | None:
    """Whose browser this is; None when nobody is signed in."""
    if not token:
        return None
    async with core.database.read() as session:
        return await viewer_of(session, token, core.clock.now())


def bearer_of(connection: HTTPConnection) -> str | None:
    """The access token that a program sends; None for a browser. Never one in an address, which is logged."""
    scheme, _, text = connection.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


class GraphQLApp(GraphQL[Context, None]):
    """The `/graphql` endpoint. Questions by GET are refused: their answers must not be cached or logged."""

    def __init__(self, core: Core, hub: Hub) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=20,
        )
        self._core = core
        self._hub = hub
        self._sockets = Sockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One WebSocket too many is refused before it is opened (403)."""
        if scope["type"] != "websocket":
            try:
                await super().__call__(scope, receive, send)
            except SignedOut as error:  # a token of no use; nothing has been answered yet
                refusal = {"errors": [{"message": error.message, "extensions": {"code": error.code}}]}
                headers = {"www-authenticate": "Bearer"}
                await JSONResponse(refusal, error.status, headers)(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        viewer: Viewer | None
        if (bearer := bearer_of(connection)) is not None:
            try:
                viewer = await tokens.enter(self._core, bearer, self._client(connection))
            except SignedOut:
                await WebSocketClose(4401, "no such token")(scope, receive, send)
                return
        else:
            viewer = await viewer_by_cookie(self._core, connection.cookies.get(cookie.NAME))
        with self._sockets.place(viewer) as free:
            opened = super().__call__ if free else WebSocketClose(4429, "too many connections")
            await opened(scope, receive, send)

    def decode_json(self, data: str | bytes) -> object:
        """A body or a message: an object, else the JSONDecodeError that is answered as the sender's mistake.

        Python's own decoder has other errors for bytes that are no text, too deep a nesting and huge numbers.
        """
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError("not JSON that can be read", "", 0) from error
        if not isinstance(found, dict):
            raise json.JSONDecodeError("not an object", "", 0)
        return found

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:
        bearer, client = bearer_of(request), self._client(request)
        token = request.cookies.get(cookie.NAME) if bearer is None else None
        secure = self._core.settings.public_url.startswith("https:")

        def on_token(new: str | None) -> None:
            if isinstance(response, Response) and bearer is None:
                cookie.put(response, new, secure=secure)

        lasting = isinstance(request, WebSocket)  # who that is, is looked up for each of its operations
        viewer = None
        if not lasting:
            asks = (
                viewer_by_cookie(self._core, token)
                if bearer is None
                else tokens.enter(self._core, bearer, client)
            )
            viewer = await asks
        return Context(
            self._core,
            self._hub,
            viewer=viewer,
            token=token,
            bearer=bearer,
            on_token=on_token,
            lasting=lasting,
            client=client,
        )

    def _client(self, connection: HTTPConnection) -> str | None:
        return client_of(connection, self._core.settings.trusted_proxies)


def graphql_app(core: Core, hub: Hub | None = None) -> GraphQLApp:
    return GraphQLApp(core, hub or Hub(core.bell))
