"""Everything else, through the library Apprise: Telegram, Signal, ntfy, Matrix, Pushover and a hundred more.

Apprise says only whether it worked: what failed is tried again, and no contact is ever told to be dead. What
would act on this very machine (notifications of its desktop, its log) is refused.
"""

from __future__ import annotations

import asyncio
import warnings
from urllib.parse import urlsplit

import apprise

from alerts.channels.base import Address, DeliveryError, Field, Kind, Message, Note, Sent, Values
from alerts.channels.text import filled, lines
from kit.errors import Invalid
from mentions.sources.base import Trouble
from mentions.sources.public import refuse_inside

WHOLE = 25.0  # seconds for the library's request
LOCAL = frozenset(
    [
        "dbus",
        "qt",
        "kde",
        "glib",
        "gnome",
        "windows",
        "macosx",
        "syslog",
        "rsyslog",
        "growl",
        "memory",
        "file",
        "ros",
        "custom",
        "blink1",
    ]
)
"""Schemes that act on this machine, or need what a server does not have."""


class Apprise:
    """The channel `apprise`."""

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # it has no place for one
        links = [f"{link.label}: {link.url}" for link in (message.acknowledge, message.alert)]
        quotes = [f"“{quote}”" for quote in message.quotes]
        return await _notify(message.subject, "\n".join([*lines(message), *quotes, *links]), address)

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        del key
        return await _notify(note.subject, note.text, address)


async def _notify(title: str, body: str, address: Address) -> Sent:
    url = address.values["url"]
    service = _service(url)
    if service is None:
        raise DeliveryError("Apprise cannot read the address.", permanent=True, dead=True)
    try:
        if not address.may_be_inside and (host := urlsplit(url).hostname):
            await refuse_inside(f"http://{host}/")
        async with asyncio.timeout(WHOLE):
            taken = await apprise.Apprise(service).async_notify(
                body=body, title=title, body_format=apprise.NotifyFormat.TEXT
            )
    except Trouble as error:
        raise DeliveryError(str(error), permanent=True) from error
    except TimeoutError as error:
        raise DeliveryError("The service did not answer in time.", permanent=False) from error
    if not taken:
        raise DeliveryError(f"Apprise could not reach {scheme(url)}.", permanent=False)
    return Sent()


def _service(url: str) -> apprise.NotifyBase | None:
    """What Apprise makes of the address; the first time, it loads its services with all their warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found: apprise.NotifyBase | None = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    return found


def scheme(url: str) -> str:
    """The service, such as `tgram`: what stands before the colon."""
    return url.partition(":")[0].lower()


def _check(values: Values) -> dict[str, str]:
    url = filled(values, "url")
    if scheme(url) in LOCAL or _service(url) is None:
        raise Invalid("Apprise knows no such address, or it would act on our own machine.", field="url")
    return {"url": url}


def _shown(values: Values) -> str:
    return scheme(values.get("url", ""))


KIND = Kind(
    name="apprise",
    title="Another service (Apprise)",
    fields=(
        Field(
            "url",
            "Apprise address",
            "Such as tgram://… or ntfys://…; see appriseit.com/services",
            secret=True,
        ),
    ),
    check=_check,
    shown=_shown,
)
