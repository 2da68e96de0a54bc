"""The zones and languages that people's times and words are in."""

from __future__ import annotations

import pytest

from kit.errors import Invalid
from kit.zones import known_zone, zone_of


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "/etc/passwd", "../x", "Europe", "a\x00b", "x" * 999])
def test_a_name_that_is_no_zone_is_utc_to_read_by_and_refused_to_write(name: str) -> None:
    assert zone_of(name).key == "UTC"
    with pytest.raises(Invalid, match="no time zone"):
        known_zone(name)


def test_a_zone_is_itself() -> None:
    assert zone_of("Europe/Madrid").key == known_zone("Europe/Madrid") == "Europe/Madrid"


@pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "right/Europe/Madrid", "posix/UTC"])
def test_what_lies_beside_the_zones_is_refused(name: str) -> None:
    """The zone of the server is nobody's, and clocks that count leap seconds are half a minute off."""
    with pytest.raises(Invalid, match="no time zone"):
        known_zone(name)
