"""Pages to another program: JSON, signed as we ask others to sign what they send us."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from alerts.channels.base import Address, Field, Kind, Message, Note, Sent, Values
from alerts.channels.http import judge, post, words_of
from alerts.channels.text import filled, host_of, web_address
from kit.errors import Invalid
from kit.signing import body_signature

SHORTEST_SECRET = 16


class Webhook:
    """The channel `webhook`. The receiver tells a repeated delivery by `X-Tocsin-Delivery`."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        return await self._post(_page(message, key), address=address, key=key)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        content = {"type": "note", "key": key, "subject": note.subject, "text": note.text}
        return await self._post(content, address=address, key=key)

    async def _post(self, content: dict[str, Any], *, address: Address, key: str) -> Sent:
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        timestamp = int(self._now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "X-Tocsin-Delivery": key,
            "X-Tocsin-Timestamp": str(timestamp),
            "X-Tocsin-Signature": body_signature(address.values["secret"], timestamp, body),
        }
        answer = await post(address.values["url"], content=body, headers=headers, address=address)
        judge(answer, said=words_of(answer.body), now=self._now())
        return Sent()


def _page(message: Message, key: str) -> dict[str, Any]:
    return {
        "type": "page",
        "key": key,
        "to": message.name,
        "level": message.level,
        "subject": message.subject,
        "headline": message.headline,
        "facts": [{"label": label, "value": value} for label, value in message.facts],
        "quotes": list(message.quotes),
        "more": {"label": message.more_label, "titles": list(message.more)} if message.more_label else None,
        "acknowledge_url": message.acknowledge.url,
        "alert_url": message.alert.url,
        "written_at": message.written_at.isoformat(),
    }


def _check(values: Values) -> dict[str, str]:
    secret = filled(values, "secret")
    if len(secret) < SHORTEST_SECRET:
        raise Invalid("Use {} characters or more.", SHORTEST_SECRET, field="secret")
    return {"url": web_address(values, "url"), "secret": secret}


KIND = Kind(
    name="webhook",
    title="Signed webhook",
    fields=(
        Field("url", "Address", kind="url"),
        Field("secret", "Secret that signs", "16 characters or more, known to the receiver.", secret=True),
    ),
    check=_check,
    shown=host_of,
    most=60,
)
