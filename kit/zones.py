"""Time zones by their IANA names."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from kit.errors import Invalid

_OF_THE_MACHINE = re.compile(r"localtime|posixrules|Factory|(?:posix|right)/.*")
"""Files beside the zones: what this machine keeps, and clocks that count leap seconds."""
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
        if not _OF_THE_MACHINE.fullmatch(name):
            return ZoneInfo(name).key
    except _NONE:
        pass
    raise Invalid("{!r} is no time zone, such as Europe/Madrid.", name[:40], field=field)
