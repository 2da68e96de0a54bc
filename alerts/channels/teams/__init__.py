"""Microsoft Teams: an adaptive card to a workflow that starts "when a Teams webhook request is received".

The connectors that took plain cards are being switched off; workflows take adaptive cards and answer 202.
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

from __future__ import annotations

import re
from typing import Any

from alerts.channels.base import Address, Field, Kind, Link, Message, Note, Sent
from alerts.channels.http import judge, post_json, words_of
from alerts.channels.text import cut, hook_alone, host_of, lines
from kit.languages import quoted

LINE = 400
COLOURS = {"green": "Good", "amber": "Warning", "red": "Attention"}
SIGNS = re.compile(r"([\\`*_\[\]()#~<>])")


class Teams:
    """The channel `teams`."""

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # a workflow has no place for one
        return await _post(_card(_body(message), (message.acknowledge, message.alert)), address)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        body = [_block(note.subject, weight="Bolder"), _block(note.text)]
        return await _post(_card(body, (note.link,)), address)


async def _post(content: dict[str, Any], address: Address) -> Sent:
    answer = await post_json(content, address)
    judge(answer, said=words_of(answer.body))
    return Sent()


def _body(message: Message) -> list[dict[str, Any]]:
    colour = COLOURS.get(message.level, "Warning")
    return [
        _block(message.subject, weight="Bolder", size="Large", color=colour),
        *(_block(line) for line in lines(message)),
        *(_block(quoted(quote, message.language), isSubtle=True) for quote in message.quotes),
    ]


def _block(text: str, **looks: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": SIGNS.sub(r"\\\1", cut(text, LINE)), "wrap": True, **looks}


def _card(body: list[dict[str, Any]], links: tuple[Link, ...]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in links],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


KIND = Kind(
    name="teams",
    title="Microsoft Teams",
    fields=(Field("url", "Address of the workflow", "https://….logic.azure.com/…", kind="url", secret=True),),
    check=hook_alone,
    shown=host_of,
    rate=4,
)
