"""A real SMTP server on loopback that fails the test on any message nobody expected."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

ACKNOWLEDGE = re.compile(r"https?://[^/\s]+(/ack/\S+)")


class Mailbox:
    """Accepts mail for everybody. Knobs may be turned at any time and hold for the commands that follow.

    reject: recipient or "*" to the reply given to RCPT TO, such as "550 no such user" or "451 later".
    data_reply: the reply to a complete message instead of "250 OK"; such a message is not kept.
    delay: seconds to wait before each reply to a complete message (it is kept before the wait).
    drop: cut the connection, without a reply, when a complete message has come; it is not kept.
    """

    def __init__(self) -> None:
        self.reject: dict[str, str] = {}
        self.data_reply = "250 OK"
        self.delay = 0.0
        self.drop = False
        self.connections = 0
        self.attempts = 0
        """Complete messages that arrived, kept or not."""
        self.busy = asyncio.Event()
        """Set once a complete message has come, before it is answered."""
        self._messages: list[EmailMessage] = []
        self._arrived = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._port = 0
        self._protocols: list[SMTP] = []

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if kind is None:
            unexpected = [f"{message['To']}: {message['Subject']}" for message in self._messages]
            assert not unexpected, f"messages that nobody expected: {unexpected}"

    async def open(self) -> None:
        """Listen; on the same port as before when it was closed in between."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on, and cut those that are open."""
        if self._server is None:
            return
        self._server.close()
        for protocol in self._protocols:
            _cut(protocol)
        await self._server.wait_closed()
        await asyncio.sleep(0)  # the cut connections learn of it in the loop's next turn
        self._server, self._protocols = None, []

    async def expect(self, *, to: str, subject: str = "", within: float = 60.0) -> EmailMessage:
        """The first message to that address with these words in its subject, waited for; taken out."""
        try:
            async with asyncio.timeout(within), self._arrived:
                while (message := self._take(to, subject)) is None:
                    await self._arrived.wait()
                return message
        except TimeoutError:
            held = [f"{message['To']}: {message['Subject']}" for message in self._messages]
            raise AssertionError(f"no mail to {to} about {subject!r} in {within} s, only {held}") from None

    def take_all(self) -> list[EmailMessage]:
        """Everything that has arrived: for stories that are about something else than mail."""
        taken, self._messages = self._messages, []
        return taken

    def nothing(self) -> None:
        """Nothing unexpected has arrived so far."""
        assert not self._messages, [f"{message['To']}: {message['Subject']}" for message in self._messages]

    def _take(self, to: str, subject: str) -> EmailMessage | None:
        for message in self._messages:
            if to in str(message["X-Envelope-To"]).split() and subject in str(message["Subject"]):
                self._messages.remove(message)
                return message
        return None

    def _connected(self) -> SMTP:
        self.connections += 1
        protocol = SMTP(self, hostname="mailbox.test", loop=asyncio.get_running_loop())
        self._protocols.append(protocol)
        return protocol

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.reject.get(address, self.reject.get("*"))
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.attempts += 1
        self.busy.set()
        if self.drop:
            _cut(server)
            return "421 gone"
        if self.data_reply.startswith("2"):
            await self._keep(envelope)
        await asyncio.sleep(self.delay)
        return self.data_reply

    async def _keep(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        message["X-Envelope-To"] = " ".join(envelope.rcpt_tos)
        async with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()


def _cut(protocol: SMTP) -> None:
    """Close the connection at once, without a word."""
    transport = cast("asyncio.WriteTransport | None", protocol.transport)
    if transport is not None:
        transport.abort()


def plain_text(message: EmailMessage) -> str:
    """What a message says to who reads no HTML."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def acknowledge_link(told: EmailMessage | str) -> str:
    """The path of the acknowledge link in a page's plain text."""
    text = told if isinstance(told, str) else plain_text(told)
    found = ACKNOWLEDGE.search(text)
    assert found, text
    return found.group(1)
