"""`GET /calendars/{token}.ics`: shifts for calendar programs. The address is the key; a wrong one is 404."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kit.core import Core
from kit.errors import NotFound
from people.on_call import feeds


async def feed(request: Request) -> Response:
    """The calendar; 304 when the asker has it already."""
    core: Core = request.app.state.core
    settings = core.settings
    try:
        async with core.database.read() as session:
            found = await feeds.read(
                session,
                settings.signing_key,
                request.path_params["token"],
                host=urlsplit(settings.public_url).hostname or "localhost",
                now=core.clock.now(),
            )
    except NotFound as error:
        return PlainTextResponse(error.message, 404, {"Cache-Control": "no-store"})
    headers = {
        "ETag": found.etag,
        "Last-Modified": format_datetime(found.changed_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="on-call.ics"',
        "X-Robots-Tag": "noindex",
    }
    if _has_it(request, found):
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type="text/calendar; charset=utf-8")


def _has_it(request: Request, found: feeds.Feed) -> bool:
    """RFC 9110: with If-None-Match, the date is not looked at."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or found.etag in (
            tag.strip().removeprefix("W/") for tag in tags.split(",")
        )
    try:
        known: datetime = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return known.tzinfo is not None and found.changed_at.replace(microsecond=0) <= known
