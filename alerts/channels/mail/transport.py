"""Handing a mail to an SMTP server, and telling what may work later from what will not."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import errors

from alerts.channels.base import Address, DeliveryError, Message, Note, Sent
from alerts.channels.mail.layout import mail, note_mail
from kit.unreachable import why

COMMAND_TIMEOUT = 8.0
"""Seconds that the server may take for one answer."""
WHOLE_TIMEOUT = 20.0
"""Seconds for the whole conversation; well below the time after which an attempt counts as lost."""
ENHANCED = re.compile(r"(\d\.\d{1,3}\.\d{1,3})\b")
DEAD_STATUS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
DEAD_CODES = {550, 551, 553}
NO_MAIL_SERVER = "the server does not answer as a mail server does"
GOODBYE_TIMEOUT = 2.0
"""Seconds for the answer to QUIT, which changes nothing any more."""


@dataclass(frozen=True)
class Server:
    """What `TOCSIN_SMTP_URL` says. `smtp` uses STARTTLS when it is offered, `smtps` TLS from the start."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def of(cls, url: str) -> Self:
        """ValueError when the URL has no host or no proper port."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("TOCSIN_SMTP_URL names no host")
        tls = parts.scheme == "smtps"
        usual = 465 if tls else 587 if parts.username else 25
        return cls(
            host=parts.hostname,
            port=parts.port or usual,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
        )


class Mail:
    """The channel `mail`. Without a server each page fails for good, with words that name the setting."""

    def __init__(self, *, url: str | None, sender: str, host: str) -> None:
        self._url = url
        self._sender = sender
        self._host = host

    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        to = address.values["address"]
        made = mail(message, sender=self._sender, address=to, key=key, host=self._host)
        await self.carry(made, to)
        return Sent(made["Message-ID"])

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        to = address.values["address"]
        made = note_mail(note, sender=self._sender, address=to, key=key, host=self._host)
        await self.carry(made, to)
        return Sent(made["Message-ID"])

    async def carry(self, made: EmailMessage, address: str) -> None:
        """Hand a mail to the server, or raise DeliveryError."""
        if self._url is None:
            raise DeliveryError("No mail can leave: TOCSIN_SMTP_URL is not set.", permanent=True)
        try:
            await self._hand_over(Server.of(self._url), made, address.strip())
        except (errors.SMTPException, OSError, ValueError) as error:
            raise translated(error) from error

    async def _hand_over(self, server: Server, made: EmailMessage, address: str) -> None:
        """One conversation. Interrupted, it is cut at once; once the mail is taken, nothing can fail."""
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            timeout=COMMAND_TIMEOUT,
            tls_context=_trusted(),
            local_hostname=socket.gethostname(),  # the default looks the name up, which may hang
        )
        try:
            async with asyncio.timeout(WHOLE_TIMEOUT):
                await client.connect()
                await client.send_message(made, sender=parseaddr(self._sender)[1], recipients=[address])
        except BaseException:
            client.close()
            raise
        with suppress(errors.SMTPException, OSError):
            await client.quit(timeout=GOODBYE_TIMEOUT)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say. Read once: it takes ten times as long as a mail."""
    return ssl.create_default_context()


def translated(error: Exception) -> DeliveryError:
    """The library's words as ours.

    A reply of 5xx to sender, recipient, login or message is permanent; so is what we got wrong ourselves.
    Only a refused recipient (RFC 3463: 5.1.x, 5.2.1; or 550, 551, 553 without such a code) tells that the
    address is dead: 5.7.x is about us, and 5.2.2 a mailbox that somebody may empty.
    A server that is away, silent, busy (4xx) or does not want to talk to us now may be better later.
    """
    if isinstance(error, errors.SMTPRecipientsRefused) and error.recipients:
        refused = error.recipients[0]
        return DeliveryError(
            f"The mail server said {_reply(refused)}", permanent=refused.code >= 500, dead=is_dead(refused)
        )
    if isinstance(error, errors.SMTPResponseException) and error.code < 0:  # its reply could not be read
        return DeliveryError(f"The mail server cannot be reached: {NO_MAIL_SERVER}", permanent=False)
    if isinstance(error, errors.SMTPConnectResponseError | errors.SMTPHeloError):
        return DeliveryError(f"The mail server turned us away: {_reply(error)}", permanent=False)
    if isinstance(error, errors.SMTPResponseException):
        return DeliveryError(f"The mail server said {_reply(error)}", permanent=error.code >= 500)
    if isinstance(error, TimeoutError):
        return DeliveryError("The mail server did not answer in time.", permanent=False)
    if isinstance(error, errors.SMTPNotSupported | ValueError):
        return DeliveryError(f"The mail cannot be sent this way: {why(error)}", permanent=True)
    return DeliveryError(f"The mail server cannot be reached: {why(error)}", permanent=False)


def is_dead(refused: errors.SMTPRecipientRefused) -> bool:
    """Whether a reply to RCPT TO says that there is no such mailbox, or no longer."""
    status = ENHANCED.match(refused.message.strip())
    if status:
        return status[1] in DEAD_STATUS
    return refused.code in DEAD_CODES


def _reply(error: errors.SMTPResponseException) -> str:
    return f"{error.code} {' '.join(error.message.split())}"[:300]
