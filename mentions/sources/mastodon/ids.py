"""The order of status ids: numbers as text on Mastodon, other alphabets elsewhere. Pure."""

from __future__ import annotations

SINCE_MASTODON_2 = 10**15  # ids from here on begin with milliseconds of Unix time, 16 bits from the right
_SHIFT = 16


def later(one: str, other: str) -> str:
    """The later id of the two; the empty one is earlier than all."""
    return max(one, other, key=lambda name: (len(name), name))


def earlier_by(seconds: int, status_id: str) -> str:
    """An id that many seconds before, where ids tell the time (lib/mastodon/snowflake.rb); else the same.

    A status from another server gets an id by the time at which it was written, so it may come after, and
    stand before, one that we have seen.
    """
    if not (status_id.isascii() and status_id.isdigit()) or int(status_id) < SINCE_MASTODON_2:
        return status_id
    return str(max(0, int(status_id) - (seconds * 1000 << _SHIFT)))
