"""A WebSocket to a server on the outside: bounded, watched, and every failure one `Trouble`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.request import getproxies

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosedError,
    ConnectionClosedOK,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)
from websockets.typing import Subprotocol

from kit.unreachable import why
from mentions.sources import public, web
from mentions.sources.base import Connection, Trouble

MAX_FRAME = 1_000_000  # bytes
PATIENCE = 10.0  # seconds to connect
GOOD_BYE = 2.0  # seconds that a server may take to answer ours: who stops a source waits for it
HEARTBEAT = 20.0  # seconds between two pings, and until the answer


class _Direct(connect):
    """Follows no redirect: an address that people typed in may not lead to another one."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@asynccontextmanager
async def opened(
    connection: Connection,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    subprotocol: str | None = None,
    outside: bool = False,
) -> AsyncIterator[ClientConnection]:
    """An open socket, uncompressed, with pings that notice a dead line. Raises Trouble (web.Refused).

    `outside`: as in `web.get`.
    """
    options: dict[str, Any] = {
        "additional_headers": dict(headers or {}),
        "subprotocols": [Subprotocol(subprotocol)] if subprotocol else None,
        "user_agent_header": web.HEADERS["User-Agent"],
    }
    if outside and not getproxies():  # as httpx does: a proxy of the house looks names up by itself
        options["host"] = await public.outer_address(url)
    try:
        async with _Direct(
            url,
            compression=None,
            open_timeout=PATIENCE,
            close_timeout=GOOD_BYE,
            ping_interval=HEARTBEAT,
            ping_timeout=HEARTBEAT,
            max_size=MAX_FRAME,
            **options,
        ) as socket:
            yield socket
    except InvalidStatus as error:
        raise _refused(connection, error) from error
    except InvalidURI as error:
        raise Trouble(
            "The address is no WebSocket address: it begins with wss://.", permanent=True
        ) from error
    except TimeoutError as error:
        raise Trouble("The server did not answer in time.") from error
    except (InvalidHandshake, OSError, ValueError, WebSocketException) as error:
        raise Trouble(f"The connection failed: {why(error)}.") from error


async def frames(socket: ClientConnection) -> AsyncIterator[str]:
    """Each message as text, until the server says good-bye. Raises Trouble when the line breaks."""
    try:
        while True:
            # as bytes: one text that is not UTF-8 is no reason to lose the line, and to meet it again
            yield web.decoded(await socket.recv(decode=False), "")
    except ConnectionClosedOK:
        return
    except ConnectionClosedError as error:
        close = error.rcvd or error.sent
        said = f" ({close.code} {close.reason})".replace(" )", ")") if close else ""
        raise Trouble(f"The connection broke{said}.") from error


def _refused(connection: Connection, error: InvalidStatus) -> web.Refused:
    response = error.response
    headers = {name.lower(): value for name, value in response.headers.raw_items()}
    explained = web.decoded(bytes(response.body or b"")[:3_000], headers.get("content-type", ""))
    trouble = web.refusal(response.status_code, headers, explained, connection.now())
    return web.Refused(trouble, response.status_code, explained)


def socket_address(url: str) -> str:
    """The same server as a WebSocket address: https becomes wss, http becomes ws."""
    for web_scheme, scheme in (("https://", "wss://"), ("http://", "ws://")):
        if url.lower().startswith(web_scheme):
            return scheme + url[len(web_scheme) :]
    return url
