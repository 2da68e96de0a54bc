"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from kit.errors import Invalid

_NONE = (LookupError, ValueError, OSError)
"""What `ZoneInfo` raises for a name that is none: not there, not a key, a directory."""


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC where it is none: nothing may fail by a typing error."""
    try:
        return ZoneInfo(name)
    except _NONE:
        return ZoneInfo("UTC")


def known_zone(name: str, *, field: str | None = None) -> str:
    """The name, if it is one; else Invalid."""
    try:
        return ZoneInfo(name).key
    except _NONE as error:
        raise Invalid("{!r} is no time zone, such as Europe/Madrid.", name[:40], field=field) from error
