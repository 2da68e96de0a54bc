"""Slack, and whatever speaks its incoming webhooks: blocks with a button that opens the link of the page.

A button that only opens an address needs no app of ours at Slack, and the second tap stays with us.
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from typing import Any

from alerts.channels.base import Address, DeliveryError, Field, Kind, Link, Message, Note, Sent
from alerts.channels.http import Answer, judge, post_json, words_of
from alerts.channels.text import cut, hook_alone, host_of, lines

HEADER = 150  # characters that Slack takes in a header
SECTION = 2900  # of the 3000 that it takes in a section
BUTTON = 75
DEAD = {
    "no_service",
    "no_team",
    "no_active_hooks",
    "channel_not_found",
    "channel_is_archived",
    "invalid_token",
}


class Slack:
    """The channel `slack`."""

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # Slack has no place for one
        return await _post(_page(message), address)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        return await _post({"text": escaped(f"{note.subject}\n{note.text}")}, address)


async def _post(content: dict[str, Any], address: Address) -> Sent:
    answer = await post_json(content, address)
    _judge(answer)
    return Sent()


def _judge(answer: Answer) -> None:
    said = words_of(answer.body)
    if answer.status in {400, 403, 404, 410} and said in DEAD:
        raise DeliveryError(f"Slack said {said}", permanent=True, dead=True)
    judge(answer, said=said)


def _page(message: Message) -> dict[str, Any]:
    told = [*lines(message), *(f"> {quote}" for quote in message.quotes)]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(message.subject, HEADER)}},
    ]
    if told:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": _section(told)}})
    blocks.append(
        {
            "type": "actions",
            "elements": [_button(message.acknowledge, "primary"), _button(message.alert, None)],
        }
    )
    return {"text": escaped(message.subject), "blocks": blocks}


def _section(told: list[str]) -> str:
    return cut(
        "\n".join(escaped(line) if line[:2] != "> " else "> " + escaped(line[2:]) for line in told), SECTION
    )


def _button(link: Link, style: str | None) -> dict[str, Any]:
    text = {"type": "plain_text", "text": cut(link.label, BUTTON)}
    return {"type": "button", "text": text, "url": link.url} | ({"style": style} if style else {})


def escaped(text: str) -> str:
    """Slack's three signs. Without them `<!channel>` would wake a whole channel, and links could lie."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


KIND = Kind(
    name="slack",
    title="Slack",
    fields=(Field("url", "Incoming webhook", "https://hooks.slack.com/services/…", kind="url", secret=True),),
    check=hook_alone,
    shown=host_of,
    rate=20,
)
