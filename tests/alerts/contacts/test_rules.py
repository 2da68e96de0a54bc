"""When contacts are tried: tables of nights, and properties over zones whose clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.contacts.rules import LONGEST_QUIET, Planned, Quiet, Rules, Step, plan, released

MADRID = ZoneInfo("Europe/Madrid")
ZONES = [
    "UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns",
    "Africa/Casablanca", "Pacific/Apia",
]  # fmt: skip
NIGHT = Quiet(time(22), time(7))
RULES = Rules(
    amber=(Step(1, timedelta()), Step(2, timedelta(minutes=10))),
    red=(Step(2, timedelta()), Step(3, timedelta(minutes=2))),
    quiet=NIGHT,
    otherwise=1,
)


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("level", "now", "expected"),
    [
        ("amber", "2026-03-10 15:00", [(1, "2026-03-10 15:00", False), (2, "2026-03-10 15:10", False)]),
        ("green", "2026-03-10 15:00", [(1, "2026-03-10 15:00", False), (2, "2026-03-10 15:10", False)]),
        ("amber", "2026-03-10 03:00", [(1, "2026-03-10 07:00", True), (2, "2026-03-10 07:00", True)]),
        ("amber", "2026-03-10 21:55", [(1, "2026-03-10 21:55", False), (2, "2026-03-11 07:00", True)]),
        ("amber", "2026-03-10 22:00", [(1, "2026-03-11 07:00", True), (2, "2026-03-11 07:00", True)]),
        ("amber", "2026-03-10 06:55", [(1, "2026-03-10 07:00", True), (2, "2026-03-10 07:05", False)]),
        ("amber", "2026-03-10 07:00", [(1, "2026-03-10 07:00", False), (2, "2026-03-10 07:10", False)]),
        ("red", "2026-03-10 03:00", [(2, "2026-03-10 03:00", False), (3, "2026-03-10 03:02", False)]),
        ("amber", "2026-03-28 23:00", [(1, "2026-03-29 07:00", True), (2, "2026-03-29 07:00", True)]),
        ("amber", "2026-10-24 23:00", [(1, "2026-10-25 07:00", True), (2, "2026-10-25 07:00", True)]),
    ],
)
def test_a_table_of_nights(level: str, now: str, expected: list[tuple[int, str, bool]]) -> None:
    wanted = [Planned(contact, at(due), held) for contact, due, held in expected]
    assert plan(RULES, level, at(now), MADRID) == wanted


def test_nobody_without_rules_is_lost() -> None:
    now = at("2026-03-10 15:00")
    for level in ("green", "amber", "red"):
        assert plan(Rules(otherwise=9), level, now, MADRID) == [Planned(9, now, False)]
    only_red = Rules(red=(Step(2, timedelta()),), otherwise=9)
    assert [one.contact for one in plan(only_red, "amber", now, MADRID)] == [9]


def test_an_end_that_the_clock_shows_twice_is_the_one_that_lies_ahead() -> None:
    quiet = Quiet(time(22), time(2, 30))
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert released(quiet, between, MADRID) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    before = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10 for the first time
    assert released(quiet, before, MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_end_that_the_clock_leaves_out_comes_after_the_change() -> None:
    quiet = Quiet(time(22), time(2, 30))
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30; 02:30 does not exist
    assert released(quiet, before, MADRID) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@st.composite
def quiets(draw: st.DrawFn) -> Quiet:
    starts = draw(st.integers(0, 24 * 60 - 1))
    length = draw(st.integers(1, int(LONGEST_QUIET.total_seconds() // 60)))
    ends = (starts + length) % (24 * 60)
    return Quiet(time(*divmod(starts, 60)), time(*divmod(ends, 60)))


moments = st.integers(
    int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(quiets(), moments, st.sampled_from(ZONES).map(ZoneInfo))
def test_what_is_held_is_released_at_the_end_and_never_lost(
    quiet: Quiet, moment: datetime, zone: ZoneInfo
) -> None:
    free = released(quiet, moment, zone)
    assert free >= moment
    assert free - moment <= LONGEST_QUIET + timedelta(hours=1), (
        "a clock that is set back makes a night longer"
    )
    local = moment.astimezone(zone)
    if not quiet.covers(local.time()):
        assert free == moment
    else:
        assert free > moment
        shown = free.astimezone(zone).time()
        assert shown == quiet.ends or not quiet.covers(shown)


@given(quiets(), moments, st.integers(0, 7200), st.sampled_from(ZONES).map(ZoneInfo))
def test_what_was_due_earlier_is_not_released_later(
    quiet: Quiet, moment: datetime, later: int, zone: ZoneInfo
) -> None:
    after = moment + timedelta(seconds=later)
    assert released(quiet, moment, zone) <= released(quiet, after, zone)


steps = st.lists(
    st.builds(Step, st.integers(1, 9), st.integers(0, 120).map(lambda m: timedelta(minutes=m))), max_size=6
)


@given(steps, steps, st.none() | quiets(), moments, st.sampled_from(ZONES).map(ZoneInfo))
def test_red_is_never_held_and_every_step_is_planned(
    amber: list[Step], red: list[Step], quiet: Quiet | None, now: datetime, zone: ZoneInfo
) -> None:
    rules = Rules(amber, red, quiet, otherwise=99)
    for level, chosen in (("red", red), ("amber", amber)):
        planned = plan(rules, level, now, zone)
        assert sorted(one.contact for one in planned) == sorted(
            step.contact for step in chosen or [Step(99, timedelta())]
        )
        assert [one.due for one in planned] == sorted(one.due for one in planned)
        if level == "red":
            assert not any(one.held for one in planned)
