"""Where batches wait between those who take them in and those who store them.

One implementation is kept: a Valkey stream (`mentions.waiting.valkey_queue`). A Kafka or Redpanda topic would
be a second: `append` is a produce with acks=all, a reader a member of the consumer group that commits its
offsets in `done`, `take_over` what a rebalance hands over anyway, and `set_aside` a produce to a second
topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """One batch that waits."""

    id: bytes
    body: bytes
    """As `mentions.waiting.batch.encode` wrote it."""


class Queue(Protocol):
    """Takes batches in, and tells how it stands."""

    async def append(self, body: bytes) -> None:
        """Keep the batch; when this returns it outlives a power cut. Unavailable: not now, send it again."""

    async def oldest(self) -> float | None:
        """When the oldest batch still to store came in, in Unix seconds; None when there is none."""

    async def dead(self) -> int:
        """How many batches were set aside and wait for a person."""


class Reader(Protocol):
    """One of several who work the batches off. Each batch is given to one of them, at least once."""

    async def open(self) -> None:
        """Be ready to read; again after the broker lost everything."""

    async def take_over(self) -> Sequence[Entry]:
        """What this reader's own earlier life left undone."""

    async def next(self) -> Sequence[Entry]:
        """What a dead reader left, if it is time to look, else what is new; maybe nothing, after a while."""

    async def done(self, entries: Sequence[Entry]) -> None:
        """These are stored, and need not be given to anybody again."""

    async def set_aside(self, entry: Entry, error: Exception) -> None:
        """Move an entry that cannot be stored out of the way, to where a person can look at it."""
