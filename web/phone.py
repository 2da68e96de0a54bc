"""What the phone provider calls back: replies to text messages, calls that ask what to say, keys, receipts.

Each request is proved by the provider's signature (`alerts.channels.phone.signature`); no cookie counts here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.answering import replies
from alerts.channels.phone import twiml
from alerts.channels.phone.provider import Provider
from alerts.channels.phone.signature import is_signed
from alerts.paging.receipts import Of, read_receipt
from kit.core import Core
from kit.db import WriteSession
from kit.errors import Forbidden, NotFound
from kit.numbers import natural
from kit.repeats import Repeats

REMEMBERED = timedelta(days=30)
"""The provider's signature says nothing of when it was made: a reply is done once in this time."""


async def sms(request: Request) -> Response:
    """A text message came in; what it did is answered by one."""
    core, form = await _proved(request)
    number, text = form.get("From", ""), form.get("Body", "")

    async def reply(session: WriteSession) -> dict[str, str]:
        return {"words": await replies.reply(session, number, text, now=core.clock.now())}

    done = await _once(request, core, form.get("MessageSid"), reply)
    return _xml(twiml.answer(done["words"]))


async def voice(request: Request) -> Response:
    """Somebody has picked up: tell them, and wait for a key."""
    core, _ = await _proved(request)
    token = request.path_params["token"]
    async with core.database.read() as session:
        words, said, language = await replies.call_words(session, _read(core, token).page_id)
    if words == said.over:
        return _xml(twiml.say(words, language=language))
    action = f"{core.settings.public_url}/phone/voice/{token}/key"
    return _xml(twiml.ask_for_key(words, said.press, language=language, action=action))


async def key(request: Request) -> Response:
    """A key was pressed; what it did is said."""
    core, form = await _proved(request)
    page_id, digits = _read(core, request.path_params["token"]).page_id, form.get("Digits", "")

    async def press(session: WriteSession) -> dict[str, str]:
        words, language = await replies.press(session, page_id, digits, now=core.clock.now())
        return {"words": words, "language": language}

    done = await _once(request, core, form.get("CallSid"), press)
    return _xml(twiml.say(done["words"], language=done["language"]))


async def status(request: Request) -> Response:
    """A receipt: what became of a message or a call."""
    core, form = await _proved(request)
    of, code = _read(core, request.path_params["token"]), form.get("ErrorCode", "")
    message = form.get("MessageSid") or form.get("CallSid", "")
    said = form.get("MessageStatus") or form.get("CallStatus", "")
    known = natural(code, digits=8)
    await core.database.answer(
        lambda session: replies.receipt(session, of, message, said, known, now=core.clock.now())
    )
    return Response(status_code=204)


ROUTES = [
    Route("/phone/sms", sms, methods=["POST"]),
    Route("/phone/voice/{token}", voice, methods=["POST"]),
    Route("/phone/voice/{token}/key", key, methods=["POST"]),
    Route("/phone/status/{token}", status, methods=["POST"]),
]


async def _proved(request: Request) -> tuple[Core, dict[str, str]]:
    """The form of a request that is the provider's; Forbidden for any other, NotFound where there is none."""
    core: Core = request.app.state.core
    url = core.settings.phone_url
    if url is None:
        raise NotFound("There is no phone provider here.")
    form = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    query = f"?{request.url.query}" if request.url.query else ""
    asked = f"{core.settings.public_url}{request.url.path}{query}"
    if not is_signed(Provider.of(url).token, asked, form, request.headers.get("x-twilio-signature")):
        raise Forbidden("This is not signed by our phone provider.")
    return core, dict(form)


async def _once(
    request: Request, core: Core, id: str | None, work: Callable[[WriteSession], Awaitable[dict[str, str]]]
) -> dict[str, str]:
    """What somebody said is done once: who saw the request go by cannot say it for them again.

    `id`: the provider's, of the message or the call; without it two that say the same are the same to us.
    """
    if not id:
        return await core.database.answer(work)
    repeats = Repeats(core.bell.redis, "phone", kept=REMEMBERED)
    return await repeats.once(request.headers["x-twilio-signature"], lambda: core.database.answer(work))


def _read(core: Core, token: str) -> Of:
    return read_receipt(core.settings.signing_key, token)


def _xml(content: str) -> Response:
    return Response(content, media_type="text/xml")
