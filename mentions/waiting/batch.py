"""A batch of mentions on its way through the stream, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from mentions.drafts.draft import MentionDraft


class Broken(ValueError):
    """These bytes are no batch of this version."""


@dataclass(frozen=True)
class Batch:
    """Mentions of one source that arrived together."""

    source_id: int
    arrived_at: datetime
    """The transport's time, for all of them."""
    drafts: tuple[MentionDraft, ...]
    rejected: int = 0
    """How many mentions of the same request were malformed: kept for the source's health."""
    monitor_ids: tuple[int, ...] = ()
    """Monitors to which every mention belongs, whatever its words."""
    gone: tuple[str, ...] = ()
    """Authors whose account is no more: all that they said before is wiped."""
    handles: tuple[tuple[str, str], ...] = ()
    """Accounts (DID) and what they call themselves from now on."""


_JSON = msgspec.json.Decoder(Batch)


def encode(batch: Batch) -> bytes:
    """The batch as JSON; texts without lone surrogates, as `mentions.drafts.draft` makes them."""
    return msgspec.json.encode(batch)


def decode(raw: bytes) -> Batch:
    """The batch that `encode` wrote; Broken for anything else."""
    try:
        return _JSON.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Broken(f"not a batch of mentions: {error}") from error
