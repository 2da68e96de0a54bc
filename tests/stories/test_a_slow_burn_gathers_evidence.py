"""What grows by little and lasts is told within hours; what is new says how little it is judged by."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from alerts.detection.live import BALANCED, explain, peek
from alerts.judging.roster import EACH, SIGNALS, advanced, empty
from tests.alerts.calm import DAY, Days, alarms

MADRID = ZoneInfo("Europe/Madrid")
COUNTED = [SIGNALS.index(signal) for signal in ("volume", "independent", "negative", "harm")]
BEGAN = 21 * DAY + 8 * 60


def burning(share: float, times: float, hours: int) -> tuple[Days, np.ndarray]:
    """Three weeks of calm, then for some hours `times` as much, `share` of it negative: one a minute."""
    days = Days(datetime(2026, 4, 6, tzinfo=UTC), MADRID, [1.0] * 23, rates=(1.0,) * 6)
    told = np.full(23 * DAY, 0.25)
    told[BEGAN : BEGAN + 60 * hours] = share
    calm, angry = days.counts(1), days.counts(1, negative=told)
    rng = np.random.default_rng(2)
    stretch = slice(BEGAN, BEGAN + 60 * hours)
    for signal in ("volume", "independent", "negative", "reach"):
        rows = slice(SIGNALS.index(signal), None, EACH)
        angry[rows, stretch] += rng.poisson((times - 1) * angry[rows, stretch])
    assert (angry[:, :BEGAN] == calm[:, :BEGAN]).all()
    return days, angry


def first_alert(days: Days, counts: np.ndarray) -> list[float]:
    """Hours from the beginning of the burn to each monitor's first alert by what is counted."""
    state, _ = advanced(empty(len(days.rates)), counts[:, :BEGAN], days.first, ())
    assert not state.firing.reshape(-1, EACH)[:, COUNTED].any()
    found = np.full(len(days.rates), np.nan)
    for hour in range(24):
        part = slice(BEGAN + 60 * hour, BEGAN + 60 * (hour + 1))
        state, opened = advanced(state, counts[:, part], days.first + part.start, ())
        hit = opened.reshape(-1, EACH)[:, COUNTED].any(axis=1) & np.isnan(found)
        found[hit] = hour + 1
    return found.tolist()


def test_two_and_a_half_times_as_many_angry_mentions_are_told_within_hours() -> None:
    days, counts = burning(share=0.65, times=1.3, hours=24)
    assert max(first_alert(days, counts)) <= 8


def test_a_fifth_more_of_everything_is_no_crisis_however_long_it_lasts() -> None:
    days, counts = burning(share=0.25, times=1.2, hours=36)
    assert np.isnan(first_alert(days, counts)).all()


def test_the_first_day_opens_nothing_by_its_rhythm_and_an_alert_of_it_says_how_little_is_known() -> None:
    days = Days(datetime(2026, 4, 6, tzinfo=UTC), MADRID, [1.0, 1.0])
    counts = days.counts()
    assert alarms(days, counts, 0).sum() <= 1
    state, _ = advanced(empty(len(days.rates)), counts[:, : 15 * 60], days.first, ())
    crowd = counts[:, 15 * 60] + 60 * np.maximum(1.0, counts[:, 15 * 60 - 60 : 15 * 60].mean(axis=1))
    evidence = peek(state, crowd, 1.0, minute=days.first + 15 * 60)
    told = explain(evidence, SIGNALS.index("volume"))
    assert told["firing"]
    assert told["state"] == "insufficient history"
    assert told["thresholds"]["cold_ratio"] == BALANCED.cold_ratio
