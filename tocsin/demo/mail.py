"""The demo's mail server: a real one, on loopback, that keeps what it gets in a folder."""

from __future__ import annotations

import email
import email.policy
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from random import SystemRandom
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from kit.settings import Settings

SHOWN = 10
"""Messages of one page of the mailbox."""
PORTS = range(20_000, 30_000)
"""Below those that outgoing connections are given, also ours to a port on which nobody listens yet."""


class Keeper:
    """aiosmtpd handler: each message becomes a file named by its time of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        path = self._folder / f"{time.time_ns()}.part"
        path.write_bytes(envelope.original_content or b"")
        path.rename(path.with_suffix(".eml"))
        return "250 kept"


def folder(settings: Settings) -> Path:
    """Where the messages of this home are kept."""
    return settings.home / "mail"


def free_port() -> int:
    """A port on loopback that nobody uses now, and that the system gives to nobody before it is bound."""
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def catcher(settings: Settings) -> Controller:
    """The server at the loopback address that the settings send mail to; `start` and `stop` it."""
    address = urlsplit(settings.smtp_url or "")
    return Controller(Keeper(folder(settings)), hostname="127.0.0.1", port=address.port or 25)


@dataclass(frozen=True)
class Kept:
    """One message as the mailbox page shows it."""

    name: str
    to: str
    subject: str
    at: datetime | None
    text: str


def kept(folder: Path, before: str = "") -> tuple[list[Kept], bool]:
    """At most SHOWN messages, the newest first, and whether there are older ones.

    before: only those that came before the one of this name.
    """
    names = sorted((file.name for file in folder.glob("*.eml")), reverse=True)
    older = [name for name in names if not before or name.removesuffix(".eml") < before]
    return [_read(folder / name) for name in older[:SHOWN]], len(older) > SHOWN


def _read(file: Path) -> Kept:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return Kept(
        name=file.stem,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        at=message["date"].datetime if message["date"] else None,
        text=body.get_content() if body is not None else "",
    )
