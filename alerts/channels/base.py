"""What a channel is: one folder that can carry a page to one address, and knows nothing else.

DeliveryError(message, permanent=False)   it did not work: temporary means try again,
                                          permanent means stop and show it
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Message:
    """A page in the recipient's language, as plain text in parts; each channel lays it out its own way.

    All texts are free of control characters, but otherwise as hostile as the public wrote them.
    """

    language: str
    name: str
    """The recipient's name."""
    subject: str
    """One line for a phone's lock screen: level, brand, what changed."""
    headline: str
    facts: tuple[tuple[str, str], ...]
    """Label and value, in the order of importance."""
    quotes_label: str
    quotes: tuple[str, ...]
    """What the public wrote."""
    acknowledge: Link
    alert: Link
    footer: str
    written_at: datetime


class Channel(Protocol):
    async def send(self, message: Message, *, address: str, key: str) -> None:
        """Hand the message over, or raise DeliveryError. `key` is the same for each try of one page."""


class DeliveryError(Exception):
    """The message was not handed over; the text says why, for people."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
