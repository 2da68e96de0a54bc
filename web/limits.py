"""How large a request may be: told by its length, or found while it is read."""

from __future__ import annotations

from fnmatch import fnmatchcase

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.incoming import accept
from kit.languages import Sentence
from kit.numbers import natural
from mentions.importing import content
from mentions.sources import bodies

OTHER_BYTES = 256_000
CALENDAR_BYTES = 2_500_000
AROUND = 10_000
"""Of a form, around the file that it carries."""
DOCUMENT_BYTES = 20_000_000
LIMITS = {
    "/ingest/*": bodies.MAX_BODY,
    "/alerts/*": accept.MAX_BODY,
    "/campaigns/import": CALENDAR_BYTES,
    "/partners/*/nda": DOCUMENT_BYTES + AROUND,
    "/imports": content.MAX_FILE + AROUND,
}
"""By the path; a star stands for anything."""


class BodyLimit:
    """Answers 413 to a body over the limit, without reading the rest of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit or _declared(scope) > limit:
                raise HTTPException(413, Sentence("The body is larger than {:,} bytes.", limit))
            return message

        await self.app(scope, receive_counted, send)


def _limit(path: str) -> int:
    return next((limit for own, limit in LIMITS.items() if fnmatchcase(path, own)), OTHER_BYTES)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return natural(value.decode("latin-1")) or 0
    return 0
