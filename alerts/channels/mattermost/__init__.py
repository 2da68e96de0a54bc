"""Mattermost's incoming webhooks: an attachment with links.

Its buttons call back without a signature, so links are used, whose page asks for the deliberate second tap.
https://developers.mattermost.com/integrate/webhooks/incoming/
"""

from __future__ import annotations

import json
import re
from typing import Any

from alerts.channels.base import Address, Field, Kind, Message, Note, Sent, Values
from alerts.channels.http import judge, post, words_of
from alerts.channels.text import cut, host_of, lines, web_address

LONGEST = 3800  # of the 4000 characters that old servers take
COLOURS = {"green": "#2e7d32", "amber": "#b26a00", "red": "#b3261e"}
SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")


class Mattermost:
    """The channel `mattermost`."""

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # Mattermost has no place for one
        return await _post(_page(message), address)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        return await _post({"text": f"**{escaped(note.subject)}**\n{escaped(note.text)}"}, address)


async def _post(content: dict[str, Any], address: Address) -> Sent:
    answer = await post(
        address.values["url"],
        content=json.dumps(content).encode(),
        headers={"Content-Type": "application/json"},
        address=address,
    )
    judge(answer, said=words_of(answer.body))
    return Sent()


def _page(message: Message) -> dict[str, Any]:
    told = [escaped(line) for line in lines(message)]
    told += [f"> {escaped(quote)}" for quote in message.quotes]
    links = " · ".join(
        f"[{escaped(link.label)}]({link.url})" for link in (message.acknowledge, message.alert)
    )
    return {
        "text": f"**{escaped(message.subject)}**",
        "attachments": [
            {
                "fallback": f"{message.subject} {message.acknowledge.url}",
                "color": COLOURS.get(message.level, COLOURS["amber"]),
                "text": "\n".join([cut("\n".join(told), LONGEST - len(links)), "", links]),
            }
        ],
    }


def escaped(text: str) -> str:
    """Without Markdown, and without `@all`: what the public writes wakes no channel."""
    return SIGNS.sub(r"\\\1", text).replace("@", "@\u200b")


def _check(values: Values) -> dict[str, str]:
    return {"url": web_address(values, "url")}


KIND = Kind(
    name="mattermost",
    title="Mattermost",
    fields=(Field("url", "Incoming webhook", "https://…/hooks/…", kind="url", secret=True),),
    check=_check,
    shown=host_of,
    rate=20,
)
