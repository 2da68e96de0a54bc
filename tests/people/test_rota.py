"""The rota has no gap and no overlap, and hands over by the wall clock wherever the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.rota import Cover, Rotation, Shift, next_shifts, on_call, shift_at, shift_with_cover

ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",  # 5:45 ahead, never changes
    "Africa/Casablanca",  # goes back for Ramadan
    "Pacific/Apia",  # left out a whole day in 2011
    "America/Santiago",
    "UTC",
]

rotations = st.builds(
    Rotation,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    handover=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    starts_on=st.dates(date(2010, 1, 1), date(2026, 1, 1)),
    shift_days=st.integers(1, 14),
    participants=st.lists(st.integers(1, 6), min_size=1, max_size=5, unique=True).map(tuple),
)
instants = st.datetimes(datetime(2010, 1, 15), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
covers = st.lists(
    st.builds(
        lambda member, start, hours: Cover(member, start, start + timedelta(hours=hours)),
        st.integers(10, 15),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 20), timezones=st.just(UTC)),  # noqa: DTZ001
        st.integers(0, 200),
    ),
    max_size=4,
)


@given(rotations, instants)
def test_no_gap_and_no_overlap(rotation: Rotation, at: datetime) -> None:
    shift = shift_at(rotation, at)
    if shift is None:
        assert at < datetime.combine(rotation.starts_on, rotation.handover, rotation.zone)
        return
    assert shift.starts_at <= at < shift.ends_at
    following = shift_at(rotation, shift.ends_at)
    assert following is not None
    assert following.starts_at == shift.ends_at
    assert shift_at(rotation, shift.ends_at - timedelta(microseconds=1)) == shift


@given(rotations, instants)
def test_the_hand_over_keeps_its_wall_clock_time(rotation: Rotation, at: datetime) -> None:
    shift = shift_at(rotation, at)
    if shift is None:
        return
    local = shift.starts_at.astimezone(rotation.zone)
    wall = datetime.combine(local.date(), rotation.handover)
    there_is_no_such_time = (
        wall.replace(tzinfo=rotation.zone).astimezone(UTC).astimezone(rotation.zone).replace(tzinfo=None)
        != wall
    )
    if not there_is_no_such_time and local.date().isoformat() != "2011-12-31":
        assert local.time() == rotation.handover
        assert (local.date() - rotation.starts_on).days % rotation.shift_days == 0


@given(rotations, instants)
def test_everybody_takes_their_turn_in_order(rotation: Rotation, at: datetime) -> None:
    shift = shift_at(rotation, at)
    if shift is None or rotation.zone.key == "Pacific/Apia":
        return  # the shift of the day that was left out there is empty
    following = shift_at(rotation, shift.ends_at)
    assert following is not None
    people = rotation.participants
    assert people.index(following.member_id) == (people.index(shift.member_id) + 1) % len(people)


@given(rotations, covers, st.integers(1, 6))
def test_coming_shifts_join_up_and_agree_with_who_is_on_call(
    rotation: Rotation, cover: list[Cover], count: int
) -> None:
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    shifts = next_shifts(rotation, cover, at, count)
    assert 1 <= len(shifts) <= count
    assert shifts[0].starts_at <= at < shifts[0].ends_at
    for one, two in pairwise(shifts):
        assert one.ends_at == two.starts_at
        assert one.member_id != two.member_id
    for shift in shifts:
        for moment in (max(shift.starts_at, at), shift.ends_at - timedelta(seconds=1)):
            assert on_call(rotation, cover, moment) == shift.member_id


WEEKLY = Rotation(ZoneInfo("Europe/Madrid"), time(8), date(2026, 3, 2), 7, (1, 2, 3))


@pytest.mark.parametrize(
    ("at", "member", "starts", "ends"),
    [
        ("2026-03-02T07:00Z", 1, "2026-03-02T07:00Z", "2026-03-09T07:00Z"),
        ("2026-03-09T06:59Z", 1, "2026-03-02T07:00Z", "2026-03-09T07:00Z"),
        ("2026-03-09T07:00Z", 2, "2026-03-09T07:00Z", "2026-03-16T07:00Z"),
        # the clocks go forward on the 29th: the shift is an hour short, the hand-over stays at 08:00
        ("2026-03-29T12:00Z", 1, "2026-03-23T07:00Z", "2026-03-30T06:00Z"),
        # and back on 25 October
        ("2026-10-25T12:00Z", 1, "2026-10-19T06:00Z", "2026-10-26T07:00Z"),
    ],
)
def test_a_weekly_rota_in_madrid(at: str, member: int, starts: str, ends: str) -> None:
    assert shift_at(WEEKLY, _at(at)) == Shift(member, _at(starts), _at(ends))


def test_nobody_is_on_call_before_the_start_or_in_an_empty_rotation() -> None:
    assert shift_at(WEEKLY, _at("2026-03-02T06:59Z")) is None
    empty = Rotation(WEEKLY.zone, WEEKLY.handover, WEEKLY.starts_on, 7, ())
    assert on_call(empty, [], _at("2026-03-05T00:00Z")) is None
    assert next_shifts(empty, [], _at("2026-03-05T00:00Z"), 3) == []


def test_a_hand_over_in_the_hour_that_is_left_out_happens_an_hour_later() -> None:
    nightly = Rotation(WEEKLY.zone, time(2, 30), date(2026, 3, 27), 1, (1, 2))
    shift = shift_at(nightly, _at("2026-03-29T12:00Z"))
    assert shift is not None
    assert shift.starts_at == _at("2026-03-29T01:30Z")  # 03:30 in Madrid


def test_the_cover_that_began_last_counts_and_the_rota_goes_on_after_it() -> None:
    long = Cover(7, _at("2026-03-03T00:00Z"), _at("2026-03-05T00:00Z"))
    short = Cover(8, _at("2026-03-04T00:00Z"), _at("2026-03-04T06:00Z"))
    who = [on_call(WEEKLY, [short, long], _at(f"2026-03-0{day}T03:00Z")) for day in (2, 3, 4, 5)]
    assert who == [None, 7, 8, 1]
    assert shift_with_cover(WEEKLY, [short, long], _at("2026-03-04T07:00Z")) == Shift(
        7, _at("2026-03-04T06:00Z"), _at("2026-03-05T00:00Z")
    )


def test_a_rotation_of_one_hands_over_to_nobody() -> None:
    alone = Rotation(WEEKLY.zone, WEEKLY.handover, WEEKLY.starts_on, 1, (4,))
    assert [shift.member_id for shift in next_shifts(alone, [], _at("2026-03-05T00:00Z"), 2)] == [4]


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00"))
