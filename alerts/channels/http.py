"""Handing something to a provider over HTTP: one request, a deadline, and what the answer means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from alerts.channels.base import Address, DeliveryError
from kit.lines import one_line
from kit.unreachable import known
from mentions.sources import public
from mentions.sources.base import Trouble

TIMEOUT = 8.0
"""Seconds for one step: to connect, for the next part of the answer."""
WHOLE = 20.0
"""Seconds in all; well below the time after which an attempt counts as lost."""
MOST_BYTES = 64_000
"""Of an answer that is read."""
LONGEST_WAIT = 600.0
"""Seconds that a provider may ask us to wait; a page must not wait for hours because of a wrong clock."""
_PLAIN = {"Accept-Encoding": "identity"}
"""We ask for nothing packed: 64 KB of it could be 64 MB at once."""
LATER = {408, 425, 429}
GONE = {404, 410}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


async def post(
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    address: Address,
    auth: tuple[str, str] | None = None,
) -> Answer:
    """The provider's answer, as far as it comes unpacked; DeliveryError (transient) when none comes in time.

    An address of the inner network is refused unless the contact may be there; redirects are not followed.
    """
    try:
        async with asyncio.timeout(WHOLE):
            if not address.may_be_inside:
                await public.refuse_inside(url)
            async with (
                httpx.AsyncClient(
                    timeout=TIMEOUT,
                    follow_redirects=False,
                    verify=public.trusted(),
                    transport=public.transport(always=not address.may_be_inside),
                ) as http,
                http.stream(
                    "POST", url, content=content, headers={**headers, **_PLAIN}, auth=auth
                ) as response,
            ):
                body = await _read(response)
                plain = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, plain, body)
    except Trouble as error:
        raise DeliveryError(str(error), permanent=True) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise DeliveryError("The server did not answer in time.", permanent=False) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        other = isinstance(error, httpx.UnsupportedProtocol)
        wrong = "it must begin with http:// or https://" if other else "it is no web address"
        raise DeliveryError(f"The address cannot be used: {wrong}", permanent=True, dead=True) from error
    except httpx.HTTPError as error:
        words = known(error) or type(error).__name__  # its own may quote the address, which may be a secret
        raise DeliveryError(f"The server cannot be reached: {words}", permanent=False) from error


async def post_json(content: Mapping[str, Any], address: Address) -> Answer:
    """The answer of the web hook that a contact's `url` is."""
    body, headers = json.dumps(content).encode(), {"Content-Type": "application/json"}
    return await post(address.values["url"], content=body, headers=headers, address=address)


def judge(answer: Answer, *, said: str = "", now: datetime | None = None) -> None:
    """Raise DeliveryError unless the answer is a success.

    Busy or broken servers may be better later; a page that is not there (404, 410) will never be; whatever
    else is refused is our own mistake or a changed right, which the address need not be to blame for.
    """
    if 200 <= answer.status < 300:
        return
    words = f"The server said {answer.status} {said}".strip()
    if answer.status in LATER or answer.status >= 500:
        raise DeliveryError(words, permanent=False, retry_after=retry_after(answer, now=now))
    raise DeliveryError(words, permanent=True, dead=answer.status in GONE)


def retry_after(answer: Answer, *, now: datetime | None = None) -> float | None:
    """The seconds that the answer asks us to wait: given as such or as a date; None when it does not say."""
    raw = answer.headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit():
        return min(LONGEST_WAIT, float(raw[:9]))
    try:
        until = parsedate_to_datetime(raw)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(LONGEST_WAIT, max(0.0, (until - (now or datetime.now(UTC))).total_seconds()))


def words_of(body: bytes) -> str:
    """The beginning of an answer, for people."""
    return one_line(body[:300].decode("utf-8", "replace"))[:200]


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            break
    return bytes(content[:MOST_BYTES])
