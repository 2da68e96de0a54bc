"""Everything else, through the library Apprise: Telegram, Signal, ntfy, Matrix, Pushover and a hundred more.

Apprise says only whether it worked: what failed is tried again, and no contact is ever told to be dead. What
would act on this very machine (notifications of its desktop, its log, files that it reads) is refused.
Apprise asks whatever its address names, by rules of each service: so only an admin's contact may name a
server; those of others go to services whose servers Apprise knows by itself.
"""

from __future__ import annotations

import asyncio
import re
import warnings
from urllib.parse import unquote_plus

import apprise

from alerts.channels.base import Address, DeliveryError, Field, Kind, Message, Note, Sent, Values
from alerts.channels.text import filled, lines
from kit.errors import Invalid
from kit.languages import colon, quoted

WHOLE = 25.0  # seconds for the library's request
LOCAL = frozenset({
    "dbus", "qt", "kde", "glib", "gnome", "windows", "macosx", "syslog", "rsyslog", "growl",
    "memory", "file", "ros", "custom", "blink1",
})  # fmt: skip
"""Schemes that act on this machine, or need what a server does not have."""
HOSTED = frozenset({
    "tgram", "pover", "pbul", "discord", "slack", "gchat", "wxteams", "prowl", "threema",
    "pagerduty", "opsgenie", "spush", "pushed", "line", "ntfys",
})  # fmt: skip
"""Schemes of services with servers of their own, which the address does not name."""
HARMLESS = frozenset({"format", "overflow", "priority", "silent", "preview", "footer", "image", "avatar"})
"""Options that anybody's address may have."""
READING = frozenset({"template", "keyfile", "subfile", "attach", "pgpkey", "config", "include"})
"""Options that make Apprise read a file or a page: nobody's address may have them."""


class Apprise:
    """The channel `apprise`."""

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        del key  # it has no place for one
        after = colon(message.language)
        links = [f"{link.label}{after} {link.url}" for link in (message.acknowledge, message.alert)]
        quotes = [quoted(quote, message.language) for quote in message.quotes]
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
        if not address.may_be_inside:
            _refuse_servers(url, service)
        if options(url) & READING:
            raise DeliveryError("The address would read a file.", permanent=True, dead=True)
        async with asyncio.timeout(WHOLE):
            taken = await apprise.Apprise(service).async_notify(
                body=body, title=title, body_format=apprise.NotifyFormat.TEXT
            )
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


def _refuse_servers(url: str, service: apprise.NotifyBase) -> None:
    """Raises DeliveryError where the address, and not Apprise, says which server is asked."""
    cloud = scheme(url) != "ntfys" or getattr(service, "mode", None) == "cloud"
    if scheme(url) not in HOSTED or not cloud or options(url) - HARMLESS:
        known = ", ".join(sorted(HOSTED))
        raise DeliveryError(
            f"Only an admin's contact may name a server; others are one of {known}, without options.",
            permanent=True,
            dead=True,
        )


def options(url: str) -> set[str]:
    """The names of what stands behind the question marks, as Apprise reads them."""
    parts = re.split(r"[?&;]", url)[1:]
    return {unquote_plus(part.partition("=")[0]).strip().lower() for part in parts} - {""}


def scheme(url: str) -> str:
    """The service, such as `tgram`: what stands before the colon."""
    return url.partition(":")[0].lower()


def _check(values: Values) -> dict[str, str]:
    url = filled(values, "url")
    if scheme(url) in LOCAL or options(url) & READING or _service(url) is None:
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
