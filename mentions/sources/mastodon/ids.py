"""The order of status ids: numbers as text on Mastodon, other alphabets elsewhere. Pure."""

from __future__ import annotations

from kit.numbers import natural

SINCE_MASTODON_2 = 10**15  # ids from here on begin with milliseconds of Unix time, 16 bits from the right
_SHIFT = 16
_DIGITS = 19
"""Of a column of Mastodon's."""


def order(status_id: str) -> tuple[int, str]:
    """By which ids are sorted."""
    return len(status_id), status_id


def later(one: str, other: str) -> str:
    """The later id of the two; the empty one is earlier than all."""
    return max(one, other, key=order)


def earlier_by(seconds: int, status_id: str) -> str:
    """An id that many seconds before, where ids tell the time (lib/mastodon/snowflake.rb); else the same.

    A status from another server gets an id by the time at which it was written, so it may come after, and
    stand before, one that we have seen.
    """
    if not _tells_time(status_id):
        return status_id
    return str(max(0, int(status_id) - (seconds * 1000 << _SHIFT)))


def comparable(one: str, other: str) -> bool:
    """Whether two ids are of one kind of server, so that one can be before the other."""
    return "0" in (one, other) or _tells_time(one) == _tells_time(other)


def _tells_time(status_id: str) -> bool:
    return (natural(status_id, digits=_DIGITS) or 0) >= SINCE_MASTODON_2
