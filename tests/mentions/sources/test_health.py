"""What is called silence, from rhythm and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.health import (
    GRACE,
    HOURS,
    SHORTEST,
    STRETCH,
    UNKNOWN,
    Seen,
    Slot,
    allowance,
    hour_of,
    hours_between,
    judge,
    lesson,
    taught,
)

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
ASKED = Seen(
    enabled=True,
    by_hand=False,
    every=timedelta(minutes=5),
    pushed=False,
    enabled_at=NOW - timedelta(days=9),
    expected=timedelta(hours=1),
    last_received_at=NOW - timedelta(minutes=30),
    last_tried_at=NOW - timedelta(minutes=4),
    failing_since=None,
)
CALLED: dict[str, object] = {"every": None, "pushed": True}
"""A hook, called last four minutes ago."""


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "live"),
        ({"enabled": False, "failing_since": NOW - timedelta(hours=3)}, "off"),
        ({"last_received_at": NOW - timedelta(minutes=61)}, "silent"),
        ({"last_received_at": None, "enabled_at": NOW - timedelta(minutes=60)}, "waiting"),
        ({"last_received_at": None, "enabled_at": NOW - timedelta(minutes=61)}, "silent"),
        ({"last_received_at": None, "enabled_at": None}, "waiting"),
        ({"last_received_at": None, "by_hand": True, "expected": None}, "waiting"),
        ({"last_received_at": NOW - timedelta(days=30), "enabled_at": NOW - timedelta(minutes=5)}, "live"),
        (CALLED | {"failing_since": NOW - timedelta(minutes=4)}, "live"),
        (CALLED | {"failing_since": NOW - timedelta(minutes=6)}, "failing"),
        ({"failing_since": NOW - GRACE}, "failing"),
        ({"failing_since": NOW - timedelta(seconds=30)}, "live"),
        ({"last_received_at": None, "failing_since": NOW - timedelta(hours=1)}, "failing"),
        ({"last_tried_at": NOW - timedelta(minutes=25)}, "failing"),
        ({"last_tried_at": NOW - timedelta(minutes=25), "every": None}, "live"),
        ({"expected": None, "last_received_at": NOW - UNKNOWN - timedelta(minutes=1)}, "silent"),
        ({"expected": None, "last_received_at": NOW - UNKNOWN + timedelta(minutes=1)}, "live"),
        ({"expected": None, "by_hand": True, "last_received_at": NOW - timedelta(days=90)}, "live"),
        ({"by_hand": True, "last_received_at": NOW - timedelta(days=90)}, "silent"),
    ],
)
def test_what_a_source_is(change: dict[str, Any], state: str) -> None:
    found = judge(replace(ASKED, **change), {}, NOW)
    assert found.state == state
    assert found.deaf == (state in {"silent", "failing"})


def test_silence_goes_by_the_hour_of_the_week() -> None:
    learnt = replace(ASKED, expected=None)
    usual = dict.fromkeys(range(HOURS), 600.0)
    night = hour_of(NOW.replace(hour=3)) % HOURS
    usual[night] = 4 * 3600.0
    assert allowance(learnt, usual, NOW) == timedelta(minutes=20)
    assert allowance(learnt, usual, NOW.replace(hour=3)) == timedelta(hours=8)
    assert allowance(learnt, dict.fromkeys(range(HOURS), 1.0), NOW) == SHORTEST


def test_an_hour_of_the_week_that_is_not_known_goes_by_that_hour_of_other_days() -> None:
    slot = hour_of(NOW) % HOURS
    usual = {(slot + 24 * day + step) % HOURS: 900.0 for day in range(1, 7) for step in (-1, 0, 1, 5)}
    usual |= {(slot + 24 + 5) % HOURS: 90_000.0}
    assert allowance(replace(ASKED, expected=None), usual, NOW) == timedelta(minutes=30)


def test_a_longer_gap_is_usual_at_once_and_a_shorter_one_only_with_the_weeks() -> None:
    slot = taught(None, 0, 60.0)
    slot = taught(slot, 0, 300.0)
    assert slot.longest == 300
    for week in range(1, 30):
        slot = taught(slot, week * HOURS, 60.0)
    assert 60 <= slot.longest < 70


def test_an_outage_hardly_becomes_usual() -> None:
    assert lesson(timedelta(days=3), timedelta(hours=1)) == STRETCH * 3600
    assert lesson(timedelta(minutes=3), timedelta(hours=1)) == 180


def test_a_gap_teaches_every_hour_it_touches_and_a_week_at_most() -> None:
    assert len(hours_between(NOW, NOW + timedelta(minutes=29))) == 1
    assert len(hours_between(NOW, NOW + timedelta(minutes=31))) == 2
    assert len(hours_between(NOW - timedelta(days=400), NOW)) == HOURS


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1e6)), min_size=1, max_size=50))
def test_what_was_just_seen_is_never_longer_than_what_is_usual(lessons: list[tuple[int, float]]) -> None:
    slot: Slot | None = None
    for hour, gap in sorted(lessons, key=lambda one: one[0]):
        slot = taught(slot, hour, gap)
        assert slot.longest >= gap
