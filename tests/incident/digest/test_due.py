"""When digests are due: by the reader's clock, through every change of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.digest.due import last_due, next_due

MADRID = ZoneInfo("Europe/Madrid")
ZONES = ("Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "Asia/Kathmandu")


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "hour", "now", "expected"),
    [
        ("daily", 7, "2026-03-28T05:59", "2026-03-28T06:00"),
        ("daily", 7, "2026-03-28T06:00", "2026-03-29T05:00"),  # the clocks go forward in that night
        ("daily", 7, "2026-10-24T05:00", "2026-10-25T06:00"),  # and back in this one
        ("daily", 2, "2026-03-28T12:00", "2026-03-29T01:00"),  # 02:00 does not exist: 03:00 by the clock
        ("daily", 2, "2026-10-24T12:00", "2026-10-25T00:00"),  # 02:00 comes twice: the first
        ("weekly", 7, "2026-03-23T06:00", "2026-03-30T05:00"),
        ("weekly", 7, "2026-03-29T23:00", "2026-03-30T05:00"),
    ],
)
def test_next_due(cadence: str, hour: int, now: str, expected: str) -> None:
    assert next_due(cadence, hour, MADRID, at(now)) == at(expected)


moments = st.datetimes(
    at("2020-01-01T00:00").replace(tzinfo=None),
    at("2030-01-01T00:00").replace(tzinfo=None),
    timezones=st.just(UTC),
)


@given(st.sampled_from(("daily", "weekly")), st.integers(0, 23), st.sampled_from(ZONES), moments)
def test_last_and_next_are_neighbours(cadence: str, hour: int, zone: str, now: datetime) -> None:
    here = ZoneInfo(zone)
    last, following = last_due(cadence, hour, here, now), next_due(cadence, hour, here, now)
    assert last <= now < following
    assert next_due(cadence, hour, here, last) == following
    assert last_due(cadence, hour, here, following - timedelta(seconds=1)) == last
    most = timedelta(days=1 if cadence == "daily" else 7)
    assert abs((following - last) - most) <= timedelta(hours=25)  # Apia left out a whole day once
