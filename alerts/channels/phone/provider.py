"""Asking the provider to send a text message or to make a call, and reading its answer.

https://www.twilio.com/docs/messaging/api/message-resource, …/docs/voice/api/call-resource
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import unquote, urlencode, urlsplit

from alerts.channels.base import Address, DeliveryError, Sent
from alerts.channels.http import Answer, judge, post, words_of

DEAD = frozenset({21211, 21214, 21217, 21219, 21265, 21401, 21407, 21421, 21601, 21610, 21614, 30005, 30006})
"""Error codes that speak of the number: it is none, takes no messages, or its owner has said STOP."""
LATER = frozenset({20429, 30001, 30003, 30008, 30017, 30022})
"""Queue full, handset unreachable, unknown error, congestion, rate exceeded."""


@dataclass(frozen=True)
class Provider:
    """What `TOCSIN_PHONE_URL` says: `https://account:token@api.twilio.com`."""

    base: str
    account: str
    token: str

    @classmethod
    def of(cls, url: str) -> Self:
        """ValueError when account or token are missing."""
        parts = urlsplit(url)
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("TOCSIN_PHONE_URL must be https://account:token@host")
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        base = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        return cls(base, unquote(parts.username), unquote(parts.password))


async def ask(url: str | None, resource: str, form: list[tuple[str, str]]) -> Sent:
    """Create a `Messages` or `Calls` resource; its sid, or DeliveryError."""
    if url is None:
        raise DeliveryError("No text message or call can leave: TOCSIN_PHONE_URL is not set.", permanent=True)
    try:
        provider = Provider.of(url)
    except ValueError as error:
        raise DeliveryError(str(error), permanent=True) from error
    answer = await post(
        f"{provider.base}/2010-04-01/Accounts/{provider.account}/{resource}.json",
        content=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        address=Address({}, may_be_inside=True),  # the operator has named it
        auth=(provider.account, provider.token),
    )
    return _sent(answer)


def failure(code: int | None, words: str) -> DeliveryError:
    """An error code of the provider as ours: of the number, of the moment, or of our own doing."""
    text = f"The phone provider said {words}" if words else f"The phone provider said error {code}"
    return DeliveryError(text[:300], permanent=code not in LATER, dead=code in DEAD)


def _sent(answer: Answer) -> Sent:
    content = _content(answer.body)
    if 200 <= answer.status < 300:
        return Sent(str(content.get("sid", ""))[:100])
    code = content.get("code")
    if isinstance(code, int) and 400 <= answer.status < 500 and answer.status != 429:
        raise failure(code, f"{code} {words_of(str(content.get('message', '')).encode())}")
    if answer.status in {404, 410}:  # of our own account: no number is to blame for it
        raise DeliveryError(
            f"The phone provider said {answer.status}: is TOCSIN_PHONE_URL right?", permanent=True
        )
    judge(answer, said=words_of(answer.body))
    raise AssertionError("judge lets only successes through")


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
