"""The channels `sms` and `voice`."""

from __future__ import annotations

import re

from alerts.channels.base import Address, Field, Kind, Message, Note, Sent, Values
from alerts.channels.phone import twiml
from alerts.channels.phone.provider import ask
from alerts.channels.text import cut, filled
from kit.errors import Invalid

SHORT = 140  # characters of the subject: with link and hint it stays within three parts
SEPARATORS = re.compile(r"[\s().\-/]")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Sms:
    """The channel `sms`: one line, the link, and what a reply does."""

    def __init__(self, *, url: str | None, sender: str, public_url: str) -> None:
        self._url, self._sender, self._public_url = url, sender, public_url

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # the interface has no place for one
        said = [cut(message.subject, SHORT), message.more_label, message.reply, message.acknowledge.url]
        status = ("StatusCallback", f"{self._public_url}/phone/status/{message.receipt_token}")
        return await self._send(address, "\n".join(line for line in said if line), status)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        return await self._send(address, cut(note.text, 2 * SHORT))

    async def _send(self, address: Address, body: str, *more: tuple[str, str]) -> Sent:
        form = [("To", address.values["number"]), ("From", self._sender), ("Body", body), *more]
        return await ask(self._url, "Messages", form)


class Voice:
    """The channel `voice`: a call that asks us, when it is answered, what to say."""

    def __init__(self, *, url: str | None, sender: str, public_url: str) -> None:
        self._url, self._sender, self._public_url = url, sender, public_url

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key
        form = [
            ("To", address.values["number"]),
            ("From", self._sender),
            ("Url", f"{self._public_url}/phone/voice/{message.receipt_token}"),
            ("StatusCallback", f"{self._public_url}/phone/status/{message.receipt_token}"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", "30"),
        ]
        return await ask(self._url, "Calls", form)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        words = " ".join(" ".join(part) if part.isdigit() else part for part in note.text.split(" "))
        form = [
            ("To", address.values["number"]),
            ("From", self._sender),
            ("Twiml", twiml.say(f"{words}. {words}", language=note.language)),
        ]
        return await ask(self._url, "Calls", form)


def tidy(number: str) -> str:
    """A telephone number as +34600000001; Invalid when it is none."""
    found = SEPARATORS.sub("", number)
    found = "+" + found[2:] if found.startswith("00") else found
    if not E164.fullmatch(found):
        raise Invalid("Give the number with its country, such as +34 600 000 001.", field="number")
    return found


def _check(values: Values) -> dict[str, str]:
    return {"number": tidy(filled(values, "number"))}


def _shown(values: Values) -> str:
    return values.get("number", "")


_NUMBER = (Field("number", "Telephone number", "With the country: +34 600 000 001", kind="tel"),)
SMS = Kind(name="sms", title="Text message", fields=_NUMBER, check=_check, shown=_shown, most=6, rate=10)
VOICE = Kind(name="voice", title="Telephone call", fields=_NUMBER, check=_check, shown=_shown, most=4, rate=1)
