"""From series to what there is to say of a monitor: one finding a family, to be checked, in any company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.live import State, recompute
from alerts.detection.severity import reweigh
from alerts.families import FAMILIES, family_of
from alerts.judging.findings import Finding, findings, quieted
from alerts.judging.roster import EACH, SIGNALS, Table, judged, selected, warmed
from mentions.counting.counts import Sums
from mentions.monitor import Monitor

START = 29_000_160
HOURS = 30
CALM = {"volume": 4, "independent": 3, "negative": 1, "positive": 1, "harm": 0, "reach": 1}
COUNTS = st.integers(0, 80)


def monitors(count: int) -> list[Monitor]:
    made = datetime(2025, 1, 1, tzinfo=UTC)
    return [
        Monitor(id=number, brand_id=1, name=f"m{number}", query="x", pages=True, created_at=made)
        for number in range(1, count + 1)
    ]


@cache
def calm(count: int) -> State:
    """So many monitors after a day and more of the same."""
    column = np.array([CALM[signal] for signal in SIGNALS] * count, dtype=float)
    return warmed(np.repeat(column[:, None], HOURS * 60, axis=1), START, ())


def minute(burst: dict[str, int], count: int = 1) -> Table:
    """An open minute in which every monitor has this burst."""
    return np.array([[burst.get(signal, CALM[signal])] for signal in SIGNALS] * count, dtype=float)


def found(burst: dict[str, int], count: int = 1) -> Sequence[Finding]:
    return findings(monitors(count), judged(calm(count), minute(burst, count), 0.5, ()))


def counted(burst: dict[str, int]) -> Sums:
    """As if each mention were an account of its own."""
    return Sums(
        volume=burst.get("volume", 0),
        negative=burst.get("negative", 0),
        positive=burst.get("positive", 0),
        harm=burst.get("harm", 0),
        copies=0,
        voices=burst.get("volume", 0),
        independent=burst.get("independent", 0),
        independent_negative=burst.get("negative", 0),
        independent_positive=burst.get("positive", 0),
        reach=burst.get("reach", 0),
        notable=0,
    )


@pytest.mark.parametrize(
    ("burst", "signals"),
    [
        ({}, []),
        ({"volume": 60}, ["volume"]),
        ({"volume": 60, "independent": 55}, ["volume"]),
        ({"independent": 40}, ["independent"]),
        ({"volume": 60, "independent": 55, "negative": 50}, ["volume", "negative"]),
        ({"volume": 60, "independent": 55, "negative": 50, "harm": 9, "reach": 70},
         ["volume", "negative", "harm"]),
        ({"volume": 60, "independent": 55, "positive": 50}, ["volume", "positive"]),
        ({"reach": 40}, ["reach"]),
    ],
)  # fmt: skip
def test_of_each_family_the_first_that_fires_leads(burst: dict[str, int], signals: list[str]) -> None:
    assert [finding.signal for finding in found(burst)] == signals


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(SIGNALS, COUNTS)))
def test_a_family_speaks_once_and_what_it_says_can_be_checked(burst: dict[str, int]) -> None:
    weighed = [finding.weighed(counted(burst)) for finding in found(burst)]
    families = [finding.family for finding in weighed]
    assert len(families) == len(set(families)) <= 4
    for finding in weighed:
        assert recompute(finding.evidence) == finding.evidence["score"]
        assert reweigh(finding.evidence["severity"]).level == finding.level == finding.evidence["level"]
        assert finding.evidence["kind"] == finding.signal
        assert finding.pages == (finding.level != "green")
        assert not (finding.family == "opportunity" and finding.pages)


CROWD = {"volume": 60, "independent": 55}
"""Those who speak of one thing, in words of their own."""


@pytest.mark.parametrize(
    ("series", "burst", "says"),
    [
        ("independent", {"volume": 60}, "crowd"),
        ("negative", CROWD, "hurt"),
        ("harm", CROWD, "harm"),
        ("reach", CROWD, "reach"),
    ],
)
def test_the_monitors_other_series_say_how_grave_an_alert_is(
    series: str, burst: dict[str, int], says: str
) -> None:
    alone, beside = (found(more)[0].inputs for more in (burst, {**burst, series: 55}))
    assert (alone.signal, beside.signal) == ("volume", "volume")
    assert (getattr(alone, says), getattr(beside, says)) == (False, True)
    if series == "harm":
        assert (alone.harmed, beside.harmed) == (0, 55)
    if series == "reach":
        assert beside.audience == pytest.approx(55)
        assert beside.audience_ratio > 10 > alone.audience_ratio


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(SIGNALS, COUNTS)))
def test_neighbours_make_no_difference(burst: dict[str, int]) -> None:
    alone = found(burst)
    company = [finding for finding in found(burst, 3) if finding.monitor.id == 2]
    assert [one.evidence for one in company] == [one.evidence for one in alone]


def test_dropping_a_neighbour_leaves_what_is_said() -> None:
    burst = {"volume": 60, "independent": 55, "negative": 50}
    state = selected(calm(3), [1])
    told = findings(monitors(1), judged(state, minute(burst), 0.5, ()))
    assert [one.evidence for one in told] == [one.evidence for one in found(burst)]


def test_what_another_alert_says_better_is_not_told_again() -> None:
    burst = {"volume": 60, "independent": 55, "positive": 50}
    volume, praise = (finding.weighed(counted(burst)) for finding in found(burst))
    assert volume.told == praise.told == "praise"
    assert quieted([volume, praise], []) == [praise]
    assert quieted([volume, praise], [volume.key]) == [volume, praise]
    assert quieted([volume], [praise.key]) == []
    (reach,) = found({"reach": 40})
    voice = replace(reach, signal="notable")
    assert quieted([reach, voice], []) == [voice]
    assert quieted([reach], []) == [reach]


def test_in_the_first_day_there_is_no_opportunity() -> None:
    column = np.array([CALM[signal] for signal in SIGNALS], dtype=float)
    young = warmed(np.repeat(column[:, None], 300, axis=1), START, ())
    for praise in (30, 300):
        burst = minute({"volume": praise, "independent": praise, "positive": praise})
        told = findings(monitors(1), judged(young, burst, 0.5, ()))
        assert all(finding.family != "opportunity" for finding in told)


def test_every_series_belongs_to_a_family_and_what_is_unknown_is_one_of_its_own() -> None:
    assert {family_of(signal) for signal in SIGNALS} <= set(FAMILIES)
    assert family_of("grafana") == "grafana"
    assert len(SIGNALS) == EACH
