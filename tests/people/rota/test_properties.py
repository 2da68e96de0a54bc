"""At every instant exactly the people that the rules name, in every zone, also when the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from people.rota.final import final_stretches, gaps, merged, on_call, shifts, whole_stretches
from people.rota.plan import Layer, Override, OverrideKind, Plan
from people.rota.rotation import Rotation, turns
from people.rota.wall import instant
from people.rota.windows import Window, windows_of, written
from tests.people.rota.plans import AROUND, ZONES, plans, rotations, spans, windows

WEEK = timedelta(days=7)
walls = st.datetimes(datetime(2011, 12, 1), datetime(2026, 12, 1)).map(lambda t: t.replace(microsecond=0))  # noqa: DTZ001


def named_at(plan: Plan, at: datetime) -> tuple[list[int], bool]:
    """The rules of `Plan` in their plainest form, for one instant: who, and whether anybody was meant to."""
    rows = [[member] for layer in plan.layers if (member := turn_of(layer, at)) is not None]
    extras: list[int] = []
    for one in plan.overrides:
        if not one.starts_at <= at < one.ends_at:
            continue
        if one.kind == "add":
            extras.append(one.member_id or 0)
        elif one.instead_of is None:
            extras = []
            rows = [[one.member_id or 0], *rows] if one.kind == "instead" else []
        else:
            put = [one.member_id or 0] if one.kind == "instead" else []
            rows = [[x for m in row for x in (put if m == one.instead_of else [m])] for row in rows]
            extras = [x for m in extras for x in (put if m == one.instead_of else [m])]
    absent = {one.member_id for one in plan.absences if one.starts_at <= at < one.ends_at}
    here = [[m for m in row if m not in absent] for row in rows]
    chosen = next((row for row in here if row), []) + [m for m in extras if m not in absent]
    return list(dict.fromkeys(chosen)), bool(rows or extras)


def turn_of(layer: Layer, at: datetime) -> int | None:
    """Whose turn it is, by counting hand-overs from the first one, and only in the layer's windows."""
    rotation = layer.rotation
    if rotation.ends is not None and at >= instant(rotation.ends, rotation.zone):
        return None
    if layer.windows and not any(is_open(window, rotation.zone, at) for window in layer.windows):
        return None
    shown = at.astimezone(rotation.zone).replace(tzinfo=None)
    number = (shown - rotation.starts) // rotation.length + 30
    while number >= 0 and instant(rotation.starts + number * rotation.length, rotation.zone) > at:
        number -= 1
    return rotation.participants[number % len(rotation.participants)] if number >= 0 else None


def is_open(window: Window, zone: ZoneInfo, at: datetime) -> bool:
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=n) for n in range(-1, 4)):
        until = day + timedelta(days=1) if window.ends <= window.starts else day
        starts_at = instant(datetime.combine(day, window.starts), zone)
        ends_at = instant(datetime.combine(until, window.ends), zone)
        if day.weekday() in window.weekdays and starts_at <= at < ends_at:
            return True
    return False


@given(plans(), st.integers(-14 * 24 * 12, 14 * 24 * 12))
def test_exactly_the_people_the_rules_name(made: tuple[Plan, datetime], fives: int) -> None:
    plan, centre = made
    at = centre + timedelta(minutes=5 * fives)
    stretch = final_stretches(plan, at, at + timedelta(seconds=1))[0]
    assert (list(stretch.on_call), stretch.planned) == named_at(plan, at)


@given(plans())
def test_stretches_join_up_without_gap_or_overlap(made: tuple[Plan, datetime]) -> None:
    plan, centre = made
    since, until = centre - WEEK, centre + WEEK
    found = final_stretches(plan, since, until)
    assert (found[0].starts_at, found[-1].ends_at) == (since, until)
    for one, two in pairwise(found):
        assert one.ends_at == two.starts_at
        assert one.starts_at < one.ends_at
    for stretch in found:
        for at in (stretch.starts_at, stretch.ends_at - timedelta(microseconds=1)):
            assert on_call(plan, at) == stretch.on_call


@given(plans(), st.integers(1, 14 * 24 * 60 - 1))
def test_splitting_an_interval_gives_the_same_shifts(made: tuple[Plan, datetime], minute: int) -> None:
    plan, centre = made
    since, until = centre - WEEK, centre + WEEK
    middle = since + timedelta(minutes=minute)
    parts = [*final_stretches(plan, since, middle), *final_stretches(plan, middle, until)]
    assert merged(parts) == final_stretches(plan, since, until)


@given(plans(max_overrides=0), st.data())
def test_an_override_changes_nothing_outside_of_its_time_and_leaves_no_trace(
    made: tuple[Plan, datetime], data: st.DataObject
) -> None:
    plan, centre = made
    starts_at, ends_at = data.draw(spans(centre))
    kinds: tuple[OverrideKind, ...] = ("instead", "nobody", "add")
    kind = data.draw(st.sampled_from(kinds))
    override = Override(1, kind, 77 if kind != "nobody" else None, None, starts_at, ends_at)
    changed = replace(plan, overrides=[override])
    expected = (77,) if kind == "instead" else ()
    for before, within, after in [(starts_at - WEEK, starts_at, ends_at), (ends_at, ends_at, ends_at + WEEK)]:
        if before < within:
            assert final_stretches(changed, before, within) == final_stretches(plan, before, within)
        if within < after:
            there = final_stretches(changed, within, after)
            plain = final_stretches(plan, within, after)
            if within == ends_at:
                assert there == plain
            elif kind == "add":
                assert {77} <= set(there[0].on_call)
                assert shifts(replace(s, on_call=s.on_call[:-1]) for s in there) == shifts(plain)
            else:
                assert {one.on_call for one in there} == {expected}


@given(plans(max_overrides=0), st.integers(1, 6), st.data())
def test_somebody_instead_of_somebody_is_a_change_of_names(
    made: tuple[Plan, datetime], member: int, data: st.DataObject
) -> None:
    plan, centre = made
    plan = replace(plan, absences=[])
    span = data.draw(spans(centre))
    changed = replace(plan, overrides=[Override(1, "instead", 77, member, *span)])
    renamed = [
        replace(s, on_call=tuple(77 if m == member else m for m in s.on_call))
        for s in final_stretches(plan, *span)
    ]
    assert final_stretches(changed, *span) == merged(renamed)


@given(plans())
def test_whoever_is_away_has_no_duty_and_what_is_left_is_called_a_gap(made: tuple[Plan, datetime]) -> None:
    plan, centre = made
    found = final_stretches(plan, centre - WEEK, centre + WEEK)
    for shift in shifts(found):
        for one in plan.absences:
            if one.member_id == shift.member_id:
                assert one.ends_at <= shift.starts_at or shift.ends_at <= one.starts_at
    for gap in gaps(found):
        assert named_at(plan, gap.starts_at) == ([], True)


@given(plans())
def test_the_beginning_of_the_current_stretch_does_not_depend_on_when_one_looks(
    made: tuple[Plan, datetime],
) -> None:
    plan, centre = made
    first = whole_stretches(plan, centre, centre + WEEK)[0]
    assume(first.on_call and first.starts_at < centre)
    later = centre - (centre - first.starts_at) / 2
    assert whole_stretches(plan, later, centre + WEEK)[0].starts_at == first.starts_at


@given(rotations, st.sampled_from(AROUND))
def test_turns_hand_over_at_the_wall_clock_hour_and_go_round(rotation: Rotation, centre: datetime) -> None:
    found = list(turns(rotation, centre - WEEK, centre + WEEK))
    day = timedelta(days=1)
    for one, two in pairwise(found):
        assert one.ends_at == two.starts_at
        shown = two.starts_at.astimezone(rotation.zone).replace(tzinfo=None)
        if instant(shown, rotation.zone) == two.starts_at and (shown - rotation.starts) % rotation.length:
            # only where the clocks jump over the hour of the hand-over
            jumped = (two.starts_at - timedelta(seconds=1)).astimezone(rotation.zone).replace(tzinfo=None)
            assert shown - jumped > timedelta(seconds=1)
        elif rotation.length % day == timedelta():
            assert shown.time() == rotation.starts.time()
        ours = rotation.participants
        if rotation.zone.key != "Pacific/Apia" and rotation.length > timedelta(hours=2):
            assert ours.index(two.member_id) == (ours.index(one.member_id) + 1) % len(ours)


@given(walls, walls, st.sampled_from(ZONES).map(ZoneInfo))
@settings(max_examples=300)
def test_a_later_time_on_the_clock_never_comes_earlier(one: datetime, two: datetime, zone: ZoneInfo) -> None:
    first, second = instant(min(one, two), zone), instant(max(one, two), zone)
    assert first <= second
    assert first.tzinfo is UTC
    assert first.astimezone(zone).replace(tzinfo=None) >= min(one, two)
    before = (first - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert before < min(one, two)


@given(st.lists(windows, max_size=4))
def test_windows_are_read_as_they_are_written(some: list[Window]) -> None:
    assert windows_of(written(some)) == some


def test_on_the_day_that_apia_left_out_the_turn_begins_when_the_clocks_have_jumped() -> None:
    zone = ZoneInfo("Pacific/Apia")
    rotation = Rotation(zone, datetime(2011, 12, 28, 8), timedelta(days=1), (1, 2, 3, 4))  # noqa: DTZ001
    since, until = datetime(2011, 12, 28, 18, tzinfo=UTC), datetime(2011, 12, 31, 18, tzinfo=UTC)
    found = [(one.member_id, one.ends_at - one.starts_at) for one in turns(rotation, since, until)]
    hours = [24, 16, 8, 24]
    assert found == [(member, timedelta(hours=n)) for member, n in zip((1, 2, 3, 4), hours, strict=True)]
