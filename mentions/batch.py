"""A batch of mentions on its way through the stream, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mentions.draft import MentionDraft

TIMES = ("published_at", "arrived_at", "revised_at")
_DEFAULTS = {field.name: field.default for field in fields(MentionDraft)}


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


def encode(batch: Batch) -> bytes:
    """The batch as JSON; texts without lone surrogates, as `mentions.draft` makes them."""
    content = {
        "source_id": batch.source_id,
        "arrived_at": batch.arrived_at,
        "rejected": batch.rejected,
        "monitor_ids": batch.monitor_ids,
        "drafts": [_sparse(draft) for draft in batch.drafts],
    }
    return json.dumps(content, default=datetime.isoformat, ensure_ascii=False).encode()


def decode(raw: bytes) -> Batch:
    """The batch that `encode` wrote; Broken for anything else."""
    try:
        content = json.loads(raw)
        return Batch(
            source_id=int(content["source_id"]),
            arrived_at=datetime.fromisoformat(content["arrived_at"]),
            drafts=tuple(_draft(item) for item in content["drafts"]),
            rejected=int(content["rejected"]),
            monitor_ids=tuple(int(number) for number in content["monitor_ids"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Broken(f"not a batch of mentions: {error!r}") from error


def _sparse(draft: MentionDraft) -> dict[str, Any]:
    """Only what differs from the defaults: most of a draft's fields are empty."""
    given = ((name, getattr(draft, name)) for name in _DEFAULTS)
    return {name: value for name, value in given if value != _DEFAULTS[name]}


def _draft(item: Mapping[str, Any]) -> MentionDraft:
    times = {name: datetime.fromisoformat(item[name]) for name in TIMES if name in item}
    return MentionDraft(**{**item, **times})
