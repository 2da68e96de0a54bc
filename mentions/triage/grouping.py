"""Who writes, and in which conversation: what makes two mentions one case. Pure."""

from __future__ import annotations

import hashlib
from datetime import timedelta

SAME_MATTER = timedelta(days=7)
"""How long after a case was closed its author, outside any thread, still speaks of the same matter."""


def place_of(source_id: int, domain: str | None) -> str:
    """Where one name is one account: the network's host, whichever source it was heard through.

    Of what stands nowhere that we know, the source.
    """
    return domain or str(source_id)


def key_of(
    place: str, author: str | None, thread: str | None, *, story_id: int | None, mention_id: int
) -> str:
    """The identity of a case within its brand, as hex SHA-256: no name is kept in it.

    An author in one thread is one case. Without a thread, what an author says is one case; without an
    author, a story is one; without either, the mention stands for itself.
    """
    if author:
        parts = ["author", place, author.lower(), thread or ""]
    elif thread:
        parts = ["thread", place, thread]
    elif story_id is not None:
        parts = ["story", str(story_id)]
    else:
        parts = ["mention", str(mention_id)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
