"""Mattermost's incoming webhooks: an attachment with links, and with buttons that answer.

What a button's `context` holds the server keeps to itself, and sends it to us when somebody presses: the
page's own token proves the press as it proves the link.
https://developers.mattermost.com/integrate/webhooks/incoming/
https://developers.mattermost.com/integrate/plugins/interactive-messages/
"""

from __future__ import annotations

import re
from typing import Any

from alerts.channels.base import Address, Field, Kind, Link, Message, Note, Sent
from alerts.channels.http import judge, post_json, words_of
from alerts.channels.text import cut, hook_alone, host_of, lines

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
    answer = await post_json(content, address)
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
                "actions": [
                    _button(message, "acknowledge", message.acknowledge, "primary"),
                    _button(message, "escalate", message.escalate, "default"),
                ],
            }
        ],
    }


def _button(message: Message, answer: str, link: Link, style: str) -> dict[str, Any]:
    context = {
        "answer": answer,
        "token": message.callback.token,
        "subject": message.subject,
        "language": message.language,
    }
    integration = {"url": message.callback.url, "context": context}
    return {
        "id": answer,  # letters and digits alone
        "type": "button",
        "name": link.label,
        "style": style,
        "integration": integration,
    }


def pressed(subject: str, words: str, alert: Link) -> dict[str, Any]:
    """What Mattermost is answered: the message without its buttons, and who has answered."""
    lines_now = (f"**{escaped(subject)}**", escaped(words), f"[{escaped(alert.label)}]({alert.url})")
    return {"update": {"message": "\n".join(lines_now), "props": {}}}


def told(words: str) -> dict[str, Any]:
    """What is told to the one who pressed, and nobody else."""
    return {"ephemeral_text": escaped(words), "skip_slack_parsing": True}


def escaped(text: str) -> str:
    """Without Markdown, and without `@all`: what the public writes wakes no channel."""
    return SIGNS.sub(r"\\\1", text).replace("@", "@\u200b")


KIND = Kind(
    name="mattermost",
    title="Mattermost",
    fields=(Field("url", "Incoming webhook", "https://…/hooks/…", kind="url", secret=True),),
    check=hook_alone,
    shown=host_of,
    rate=20,
)
