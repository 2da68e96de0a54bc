"""Sources in their first day beside others: generated days of monitors that one begins to speak to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.detection.newcomers import (
    KNOWN_AFTER,
    WINDOW,
    Newcomers,
    bursts,
    hours_of,
    of_first_day,
    rhythm_of,
    usual_harm,
)
from alerts.judging.newcomers import Aside, apart, beside, taken_out
from alerts.judging.roster import EACH, FIGURES, SIGNALS, UNITS, Around, Table, advanced, empty
from mentions.counting.counts import Series, Sums
from mentions.counting.newcomers import Brought, Newcomer
from tests.alerts.calm import DAY, Days

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MONDAY_MINUTE = int(MONDAY.timestamp()) // 60
AFTER = 3
"""Days after its first that are looked at."""


def begun(day: int, hour: float, times: float, seed: int) -> tuple[Days, Table, Table, int]:
    """Monitors of three sizes, what the old sources say and a new one, from when on (minutes).

    It says `times` as much as they; on weekends all say less.
    """
    factor = [0.7 if d % 7 in (5, 6) else 1.0 for d in range(day + 2 + AFTER)]
    days = Days(MONDAY, ZoneInfo("UTC"), factor, rates=(0.06, 0.5, 5.0) * 2)
    first = day * DAY + int(60 * hour)
    new = Days(MONDAY, ZoneInfo("UTC"), factor, rates=tuple(times * rate for rate in days.rates)).counts(seed)
    new[:, :first] = 0
    return days, days.counts(seed + 1), new, first


def put_aside(days: Days, new: Table, first: int) -> list[Aside]:
    """Of each monitor, over all the days."""
    minutes, found = np.arange(first, first + DAY), []
    for place in range(len(days.rates)):
        figures = np.zeros((len(Sums._fields), DAY), np.int64)
        for at, signal in enumerate(SIGNALS):
            of_signal = new[EACH * place + at, minutes] * UNITS.get(signal, 1)
            figures[Sums._fields.index(FIGURES[signal])] = of_signal
        one = Brought(Newcomer(1, "forum", days.first + first), place, days.first + minutes, figures)
        found += apart([one], days.first, days.first + new.shape[1])
    return found


def judged(old: Table, new: Table, found: list[Aside]) -> tuple[Table, Newcomers | None]:
    counts = old + new
    for one in found:
        for at, signal in enumerate(SIGNALS):
            aside = one.figures[Sums._fields.index(FIGURES[signal])] / UNITS.get(signal, 1)
            counts[EACH * one.monitor_id + at, one.part] -= aside
    return counts, beside(found, [one.monitor_id for one in found], counts.shape[1])


def opened(days: Days, counts: Table, newcomers: Newcomers | None, first: int) -> NDArray[np.bool_]:
    """[monitor]: whether an alert opened from minute `first` on."""
    learned = newcomers.part(slice(first)) if newcomers else None
    state, _ = advanced(empty(len(days.rates)), counts[:, :first], days.first, (), Around(newcomers=learned))
    rest = newcomers.part(slice(first, None)) if newcomers else None
    _, found = advanced(state, counts[:, first:], days.first + first, (), Around(newcomers=rest))
    opening: NDArray[np.bool_] = np.any(found.reshape(-1, EACH), axis=1)
    return opening


@pytest.mark.parametrize(("day", "hour", "times"), [(13, 4.0, 10.0), (9, 14.5, 1.0)])
def test_neither_its_beginning_nor_the_days_after_open_anything(day: int, hour: float, times: float) -> None:
    """The first of them begins on a Sunday: its first whole day is no measure for the next."""
    days, old, new, first = begun(day, hour, times, seed=7)
    before = opened(days, old + new, None, first)
    counts, newcomers = judged(old, new, put_aside(days, new, first))
    assert before.mean() > 0.5, "as it was"
    assert opened(days, counts, newcomers, first).sum() <= 1


def test_what_the_old_sources_say_is_judged_as_if_it_were_not_there() -> None:
    days, old, new, first = begun(4, 9.0, 10.0, seed=3)
    new[:, first + DAY :] = 0
    old[:, first + 300 : first + 330] *= 9
    counts, newcomers = judged(old, new, put_aside(days, new, first))
    until = first + 400
    part = newcomers.part(slice(until)) if newcomers else None
    with_it, found = advanced(
        empty(len(days.rates)), counts[:, :until], days.first, (), Around(newcomers=part)
    )
    without, alone = advanced(empty(len(days.rates)), old[:, :until], days.first, ())
    harm = SIGNALS.index("harm")
    assert np.array_equal(found, alone)
    assert found.reshape(-1, EACH)[2::3].any(axis=1).all(), "and it is a spike"
    others = np.arange(with_it.series) % EACH != harm
    for name in with_it.column_names():
        one, two = getattr(with_it, name)[..., others], getattr(without, name)[..., others]
        assert np.array_equal(one, two, equal_nan=True), name


def test_who_was_only_tried_is_not_expected_afterwards_and_hides_nothing() -> None:
    days, old, new, first = begun(4, 9.0, 40.0, seed=3)
    assert all(one.joined for one in put_aside(days, new, first))
    new[:, first + 360 :] = 0
    burst = first + 2 * DAY
    old[:, burst : burst + 30] *= 9
    counts, newcomers = judged(old, new, put_aside(days, new, first))
    assert opened(days, counts, newcomers, burst)[2::3].all()


ZONE = ZoneInfo("UTC")


def bursting(
    counts: Table, rhythm: Table | None = None, begins: int = 0, negative: Table | None = None
) -> NDArray[np.bool_]:
    """[minute] of counts [1, minute] since it began, at that hour; rhythm: of the hours before.

    negative: [minute] of them.
    """
    own = counts[0] * 0 if negative is None else negative
    hours = None if rhythm is None else hours_of(rhythm_of(rhythm), 60 * begins, ZONE)
    total = np.pad(np.cumsum([counts[0], own, counts[0]], axis=1), ((0, 0), (1, 0)))
    return bursts(total, np.arange(counts.shape[1]), hours=hours)


@pytest.mark.parametrize("begins", range(0, 24, 3))
def test_neither_office_hours_nor_a_quiet_source_are_bursts(begins: int) -> None:
    rng = np.random.default_rng(begins)
    hours = (begins + np.arange(DAY) / 60) % 24
    office = rng.poisson(np.where((hours > 8) & (hours < 18), 3.0, 0.0))[None].astype(float)
    quiet = rng.poisson(0.06, (1, DAY)).astype(float)
    assert not bursting(office).any()
    assert not bursting(quiet).any()


OFFICE = np.where((np.arange(24) >= 8) & (np.arange(24) < 18), 1000.0, 20.0)
"""Mentions in each hour of the day."""


def in_office_hours(begins: int, seed: int, rate: float) -> Table:
    hours = (begins + np.arange(DAY) // 60) % 24
    return np.random.default_rng(seed).poisson(rate * OFFICE[hours] / 1000)[None].astype(float)


@pytest.mark.parametrize("rate", [0.3, 3.0, 30.0])
@pytest.mark.parametrize("begins", [22, 0, 2, 4])
def test_who_begins_at_night_and_speaks_in_office_hours_is_no_burst_in_the_morning(
    begins: int, rate: float
) -> None:
    """As those do whom the monitor heard before."""
    before = [bursting(in_office_hours(begins, seed, rate)).any() for seed in range(20)]
    found = [bursting(in_office_hours(begins, seed, rate), OFFICE, begins).any() for seed in range(20)]
    assert rate < 1 or np.mean(before) > 0.9, "as it was"
    assert np.mean(found) <= 0.05


EVEN = np.full(24, 500.0)


@pytest.mark.parametrize("rate", [0.3, 3.0, 30.0])
@pytest.mark.parametrize("begins", [20, 22, 0, 2, 4])
def test_nor_beside_those_who_speak_day_and_night(begins: int, rate: float) -> None:
    found = [bursting(in_office_hours(begins, seed, rate), EVEN, begins).any() for seed in range(20)]
    assert np.mean(found) <= 0.05


def crisis(begins: int, hour: int, share: float) -> tuple[Table, Table, slice]:
    """A newcomer in office hours, a half hour in which it says 13 times as much, and how much is negative."""
    at = slice((hour - begins) % 24 * 60, (hour - begins) % 24 * 60 + 30)
    counts = in_office_hours(begins, 3, 30.0)
    negative = np.random.default_rng(4).binomial(counts[0].astype(int), 0.25).astype(float)
    more = 12 * counts[:, at].mean() + 2
    counts[:, at] += more
    negative[at] += share * more
    return counts, negative, at


@pytest.mark.parametrize(
    ("hour", "share"), [(5, 0.25), (12, 0.25), (15, 0.25), (6, 0.7), (9, 0.7), (11, 0.7)]
)
@pytest.mark.parametrize("rhythm", [OFFICE, EVEN])
def test_a_burst_is_heard_by_night_and_by_day_and_in_the_morning_if_it_is_negative(
    rhythm: Table, hour: int, share: float
) -> None:
    counts, negative, at = crisis(1, hour, share)
    found = np.flatnonzero(bursting(counts, rhythm, 1, negative))
    assert at.start < found[0] <= at.stop


@pytest.mark.parametrize(("begins", "heard"), [(14, True), (16, False)])
def test_after_three_office_hours_the_next_morning_is_as_any(begins: int, heard: bool) -> None:
    counts, negative, at = crisis(begins, 9, 0.25)
    found = bursting(counts, EVEN, begins, negative)
    assert found[at].any() == heard


def test_the_morning_is_that_of_the_audience() -> None:
    counts, negative, at = crisis(1, 5, 0.25)
    there = hours_of(rhythm_of(EVEN), 60, ZoneInfo("Europe/Madrid"))
    assert np.array_equal(np.flatnonzero(there.morning)[[0, -1]], [4 * 60, 10 * 60 - 1])
    total = np.pad(np.cumsum([counts[0], negative, counts[0]], axis=1), ((0, 0), (1, 0)))
    assert bursts(total, np.arange(DAY), hours=hours_of(rhythm_of(EVEN), 60, ZONE))[at].any()
    assert not bursts(total, np.arange(DAY), hours=there)[at].any()


NOON = 12


@pytest.mark.parametrize("seed", range(5))
def test_an_even_rhythm_or_none_changes_nothing_and_any_other_makes_no_burst(seed: int) -> None:
    """Of who was heard for an afternoon, before its first morning."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.5 * rng.lognormal(0, 1.5, 24).repeat(60))[None].astype(float)
    counts[:, 300 * (seed % 3 + 1) :][:, :40] += 9 + counts.max()
    plain = bursting(counts)
    assert plain.any()
    for even in (np.zeros(24), np.full(24, 500.0)):
        assert np.array_equal(bursting(counts, even, NOON), plain)
    assert not (bursting(counts, rng.lognormal(4, 2, 24), NOON) & ~plain).any()


def test_a_burst_is_heard_from_three_and_a_half_hours_on() -> None:
    counts = np.full((1, 400), 0.5)
    counts[:, 100:120] += 30
    assert not bursting(counts).any()
    later = np.full((1, 400), 0.5)
    later[:, KNOWN_AFTER + WINDOW + 20 :] += 9
    assert np.flatnonzero(bursting(later))[0] - (KNOWN_AFTER + WINDOW + 20) <= 12


def test_harm_is_expected_as_often_as_it_was_said() -> None:
    said, at = np.array([0, 0, 2, 2]), np.array([0, 20, 21, 360])
    assert sum(usual_harm(said, at)) == pytest.approx([1 / 180, 1 / 200, 3 / 201, 3 / 540])


def test_of_many_newcomers_harm_is_as_rare_as_of_one() -> None:
    """A hundred feeds that are added together hide nothing that the old sources say of it."""
    figures = np.zeros((len(Sums._fields), 1), np.int64)
    figures[Sums._fields.index("volume")] = 1
    feeds = [Brought(Newcomer(number, "feed", 1000), 1, np.array([1000]), figures) for number in range(100)]
    found = apart(feeds, 1000, 1060)
    one, many = beside(found[:1], [1], 60), beside(found, [1], 60)
    assert one is not None
    assert many is not None
    assert np.array_equal(one.expected, many.expected)


FEEDS = 30


def feeds(rate: float, begins: Sequence[int], seed: int, *, spread: int = 0, at: int = 0) -> list[Brought]:
    """Many that speak of one monitor, each from its own minute on; in the half hour `at` each says `spread`
    things more."""
    rhythm = Days(MONDAY, ZoneInfo("UTC"), [1.0] * 3, rates=(rate,) * FEEDS).counts(seed)[::EACH]
    found = []
    for number, (begun, counts) in enumerate(zip(begins, rhythm, strict=True)):
        counts[at : at + 30 * (spread > 0) : max(30 // max(spread, 1), 1)] += 1
        figures = np.zeros((len(Sums._fields), DAY), np.int64)
        for name in ("volume", "independent"):
            figures[Sums._fields.index(name)] = counts[begun : begun + DAY]
        new = Newcomer(number, f"feed {number}", MONDAY_MINUTE + begun)
        found.append(Brought(new, 0, MONDAY_MINUTE + begun + np.arange(DAY), figures))
    return found


def heard_together(found: list[Brought]) -> NDArray[np.bool_]:
    """[minute] of two days: whether any of what they brought is judged."""
    heard = np.zeros(2 * DAY, np.bool_)
    for one in apart(found, MONDAY_MINUTE, MONDAY_MINUTE + 2 * DAY):
        heard[one.part] |= one.expected[SIGNALS.index("volume")] > 0
    return heard


@pytest.mark.parametrize("hour", range(0, 24, 4))
@pytest.mark.parametrize("apart_by", [0, 7, 25])
def test_many_that_begin_on_one_day_are_no_burst_together(hour: int, apart_by: int) -> None:
    """At once, or one by one through half the day, quiet ones and busy ones."""
    begins = [60 * hour + apart_by * number for number in range(FEEDS)]
    for rate in (0.003, 0.02, 0.3):
        assert not heard_together(feeds(rate, begins, seed=hour)).any()


def test_a_crisis_that_is_spread_thinly_over_many_is_a_burst_of_all() -> None:
    begins, at = [60 * 9 + 5 * number for number in range(FEEDS)], 60 * 18
    thin = feeds(0.003, begins, seed=2, spread=2, at=at)
    assert not any(heard_together([one]).any() for one in thin), "of none of them"
    burst = np.flatnonzero(heard_together(thin))
    assert at < burst[0] <= at + 20
    assert burst[-1] <= at + 70
    asides = apart(thin, MONDAY_MINUTE, MONDAY_MINUTE + 2 * DAY)
    assert not any(one.figures[0, burst - one.part.start].any() for one in asides), "and counts"
    expected = [one.expected[0, burst[0] - one.part.start] for one in asides]
    assert sum(usual > 0 for usual in expected) == 1, "what is usual is expected once"


def test_one_that_first_speaks_after_hours_is_no_burst_of_all() -> None:
    """A forum that was added in the night, and wakes up; the other feeds are quiet."""
    found = feeds(0.003, [60] * FEEDS, seed=2)
    loud = found[3].figures[:2]
    loud[:] = 0
    loud[:, 8 * 60 :] = 2
    assert not heard_together(found).any()


def test_a_crisis_of_the_first_day_is_not_learned() -> None:
    """An hour of it is cut as those of stories are: at four times the median of hours in which it spoke."""
    counts = np.zeros((EACH, DAY))
    counts[0, 8 * 60 : 18 * 60] = 1
    calm = of_first_day(0, counts, MONDAY_MINUTE)
    assert calm.of_day[12, 0] == 1, "and who keeps office hours is known as it is"
    counts[0, 12 * 60 : 13 * 60] = 200
    burst = of_first_day(0, counts, MONDAY_MINUTE)
    assert burst.of_day[12, 0] == pytest.approx((4 + 1) / 2)
    counts[0, -60:] = 500
    assert of_first_day(0, counts, MONDAY_MINUTE).late[0] == 4


def test_two_join_with_their_shares_and_their_hours() -> None:
    days = Days(MONDAY, ZoneInfo("UTC"), [1.0] * 12, rates=(1.0,))
    calm, first = days.counts(5), 9 * DAY
    angry = Days(MONDAY, ZoneInfo("UTC"), [1.0] * 12, rates=(3.0,)).counts(6, negative=0.7)
    angry[:, :first] = 0
    once = put_aside(days, angry, first)
    counts, newcomers = judged(calm, angry, once)
    counts2, _ = judged(counts, angry, once)
    both = beside([*once, *once], [0], counts.shape[1])
    for told, table, of_them in ((newcomers, counts, 1), (both, counts2, 2)):
        until = first + DAY + 1
        part = told.part(slice(until)) if told else None
        state, _ = advanced(empty(1), table[:, :until], days.first, (), Around(newcomers=part))
        negative = SIGNALS.index("negative")
        share = state.usual_part[negative] / state.usual_whole[negative]
        assert share == pytest.approx((0.25 + of_them * 3 * 0.7) / (1 + of_them * 3), rel=0.1)
        noon = state.of_week[12][SIGNALS.index("volume")]
        assert noon == pytest.approx((1 + 3 * of_them) * 8 / 5.35, rel=0.25)


def test_of_weeks_no_more_than_its_first_day_is_held() -> None:
    """Many feeds that began within weeks that a monitor is warmed from, or that are tried again."""
    weeks, first = 28 * DAY, MONDAY_MINUTE
    minutes = first + 5 * DAY + np.arange(0, DAY, 10)
    brought = Brought(
        Newcomer(1, "forum", first + 5 * DAY),
        1,
        np.concatenate([[minutes[0] - 90], minutes]),
        np.ones((len(Sums._fields), len(minutes) + 1), np.int64),
    )
    (found,) = apart([brought], first, first + weeks)
    assert (found.part.start, found.part.stop) == (5 * DAY - 90, 6 * DAY), "with what came late for before it"
    for held in (found.figures, found.expected, found.unknown_harm):
        assert held.shape[-1] == DAY + 90
    assert found.put_aside.volume == len(minutes) + 1
    told = beside([found], [1], weeks)
    assert told is not None
    assert list(told.joining) == [first + 6 * DAY]
    assert np.flatnonzero(told.expected.any(axis=0))[[0, -1]].tolist() == [5 * DAY, 6 * DAY - 1]
    counts = Series(**{name: np.full((1, weeks), 5) for name in Series.__annotations__})
    taken_out(counts, [found], [1])
    assert counts.volume[0].sum() == 5 * weeks - len(minutes) - 1
    assert counts.volume[0, 5 * DAY - 90] == 4
