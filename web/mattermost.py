"""`POST /mattermost`: Mattermost tells that somebody has pressed a button of a page.

It sends back what the button held (`context`), which it shows to nobody: the token in it is the proof.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from alerts.answering.presses import press
from alerts.channels import mattermost
from alerts.channels.base import Link
from alerts.wording.sayings import sayings
from alerts.wording.words import words
from kit.core import Core
from kit.errors import Invalid, TocsinError
from web.words import choose, said

LONGEST = 200  # characters of a subject: we send fewer


async def pressed(request: Request) -> Response:
    """Answer 200 with what becomes of the message, or with why nothing was done."""
    core: Core = request.app.state.core
    held = _context(await request.body())
    key, language = core.settings.signing_key, held["language"]
    try:
        done = await core.database.answer(
            lambda session: press(session, key, held["token"], held["answer"], now=core.clock.now())
        )
    except TocsinError as error:
        return JSONResponse(mattermost.told(said(error.message, language)))
    subject = sayings(language).hushed if done.hushed else held["subject"]
    link = Link(words(language).open_alert, f"{core.settings.public_url}/alerts/{done.alert_id}")
    return JSONResponse(mattermost.pressed(subject, done.words, link) | mattermost.told(done.told))


def _context(body: bytes) -> dict[str, str]:
    """What our button held; Invalid for anything else."""
    try:
        content: Any = json.loads(body)
        held = {name: content["context"][name] for name in ("answer", "token", "subject", "language")}
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise Invalid("This is not what a button of ours holds.") from error
    if not all(isinstance(value, str) and value.isprintable() for value in held.values()):
        raise Invalid("This is not what a button of ours holds.")
    return held | {"subject": held["subject"][:LONGEST], "language": choose(held["language"], "")}
