"""What a channel is: one folder that can carry a page to one address, and knows nothing else.

`send` returns what the provider calls the message (`Sent`), or raises `DeliveryError`, which tells apart
what may work later (transient, perhaps with the time to wait), what will not work this way (permanent), and
an address that will never work again (dead). What a provider tells later about a message it took is a
receipt (`alerts.paging.receipts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Values = Mapping[str, str]


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Callback:
    """Where a chat server tells us that a button was pressed, and what proves that the button was ours."""

    url: str
    token: str


@dataclass(frozen=True)
class Message:
    """A page in the recipient's language, as plain text in parts; each channel lays it out its own way.

    All texts are free of control characters, but otherwise as hostile as the public wrote them.
    """

    language: str
    name: str
    """The recipient's name."""
    level: str
    """green, amber or red."""
    subject: str
    """One line for a phone's lock screen: level, brand, what changed."""
    headline: str
    facts: tuple[tuple[str, str], ...]
    """Label and value, in the order of importance."""
    quotes_label: str
    quotes: tuple[str, ...]
    """What the public wrote."""
    acknowledge: Link
    """The page behind it also escalates, and says that it is no crisis. A POST there acknowledges at once,"""
    escalate: Link
    """here it wakes the next person."""
    dismiss: Link
    """The same page, open at the form that asks why it is no crisis."""
    alert: Link
    callback: Callback
    footer: str
    written_at: datetime
    more_label: str = ""
    """`and 27 more alerts`, where one message stands for several."""
    more: tuple[str, ...] = ()
    """The titles of some of them."""
    reply: str = ""
    """What a reply or a pressed key does, in words, for channels that take one."""
    press: str = ""
    receipt_token: str = ""
    """Names the page to our own addresses that a provider calls back."""


@dataclass(frozen=True)
class Note:
    """A few words to an address that are about the address itself: a code, a test, bad news."""

    language: str
    name: str
    subject: str
    text: str
    link: Link
    written_at: datetime


@dataclass(frozen=True)
class Address:
    """Where to: what the channel asked for when the contact was made."""

    values: Values
    may_be_inside: bool = False
    """Whether it may name a machine of the inner network: only admins are believed so far."""


@dataclass(frozen=True)
class Sent:
    """The provider took it. `id` is what its receipts will call the message; empty where it has no name."""

    id: str = ""


class DeliveryError(Exception):
    """The message was not handed over; the text says why, for people.

    retry_after: seconds that the provider asked us to wait; then nothing goes to it before.
    """

    def __init__(
        self, message: str, *, permanent: bool, dead: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or dead
        self.dead = dead
        self.retry_after = retry_after


class Channel(Protocol):
    async def send(self, message: Message, *, address: Address, key: str) -> Sent:
        """Hand a page over, or raise DeliveryError. `key` is the same for each try of one page."""

    async def tell(self, note: Note, *, address: Address, key: str) -> Sent:
        """The same with a note."""


@dataclass(frozen=True)
class Field:
    """One thing that people fill in to be reached this way."""

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    """Of an HTML input: text, email, tel, url."""
    secret: bool = False
    """Not shown again once it is saved."""


Check = Callable[[Values], dict[str, str]]
"""What was filled in, made tidy; kit.errors.Invalid names the field that is wrong."""


@dataclass(frozen=True)
class Kind:
    """A channel as people choose it."""

    name: str
    title: str
    fields: tuple[Field, ...]
    check: Check
    shown: Callable[[Values], str]
    """The address as it may be read by whoever looks over one's shoulder."""
    most: int = 10
    """Messages to one contact in `alerts.paging.limits.WINDOW`."""
    rate: int | None = None
    """Messages a second that the provider takes from all of us; None: it names no limit."""
    typed: bool = True
    """Whether the fields are typed by hand and proved by a code; otherwise a browser fills them in."""
