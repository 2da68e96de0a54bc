"""How grave an alert is: each contribution by itself, and the whole again from what was stored."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.severity import Inputs, few_accounts, reweigh, weigh

COUNTS = st.integers(0, 100_000)
SIGNALS = ("volume", "independent", "reach", "negative", "harm", "positive", "notable")
NUMBERS = st.floats(0, 1e6)
GIVEN = st.builds(
    Inputs,
    signal=st.sampled_from(SIGNALS),
    observed=NUMBERS, expected=st.floats(0.001, 1e6), ratio=NUMBERS, dispersion=st.floats(1, 50),
    score=st.floats(2, 60), lower=st.floats(0.1, 0.9), floor=st.floats(1, 50),
    red_floor=st.floats(1, 500), red_ratio=st.floats(1, 50),
    mentions=COUNTS, copies=COUNTS, accounts=COUNTS, independent=COUNTS, negative=COUNTS, positive=COUNTS,
    usual_negative=st.floats(0, 1), crowd=st.booleans(), harm=st.booleans(), hurt=st.booleans(),
    reach=st.booleans(), harmed=COUNTS, audience=NUMBERS, audience_ratio=NUMBERS, notable=COUNTS,
)  # fmt: skip

CROWD = Inputs(
    signal="volume", observed=48, expected=6, ratio=8, dispersion=1.5, score=14, lower=0.5, floor=6,
    red_floor=30, red_ratio=6, mentions=48, accounts=44, independent=40, negative=10, usual_negative=0.25,
)  # fmt: skip
HURT = replace(CROWD, signal="negative", observed=22, expected=2, ratio=11, negative=22, hurt=True)
VOICE = replace(CROWD, signal="notable", observed=1, expected=0, ratio=0, notable=1)
FLOOD = replace(CROWD, observed=240, ratio=40, mentions=240, copies=237, accounts=3, independent=3)


@pytest.mark.parametrize(
    ("inputs", "level", "told", "points"),
    [
        (CROWD, "amber", "", {"size": 1, "speed": 1}),
        (replace(CROWD, negative=25), "red", "", {"size": 1, "speed": 1, "negative_share": 1}),
        (replace(CROWD, negative=25, usual_negative=0.6), "amber", "", {"size": 1, "speed": 1}),
        (replace(CROWD, accounts=400, expected=10), "red", "", {"size": 2, "speed": 2}),
        (replace(CROWD, notable=1), "red", "", {"size": 1, "speed": 1, "tier_1": 1}),
        (replace(CROWD, reach=True, audience=8, audience_ratio=3), "red", "",
         {"size": 1, "speed": 1, "reach": 1}),
        (HURT, "amber", "", {"speed": 1, "negative_share": 1}),
        (replace(HURT, observed=30), "red", "", {"size": 1, "speed": 1, "negative_share": 1}),
        (replace(CROWD, signal="harm", observed=3, ratio=90, harm=True, harmed=3), "amber", "", {"harm": 1}),
        (replace(CROWD, signal="harm", observed=12, ratio=90, harm=True, harmed=12), "red", "",
         {"harm": 2, "speed": 2}),
        (FLOOD, "green", "few_accounts", {}),
        (replace(FLOOD, crowd=True), "amber", "", {}),
        (replace(FLOOD, harm=True, harmed=3), "amber", "", {"harm": 1}),
        (replace(CROWD, positive=30, negative=2), "green", "praise", {"size": 1, "speed": 1}),
        (replace(CROWD, positive=30, negative=2, hurt=True), "amber", "", {"size": 1, "speed": 1}),
        (replace(CROWD, signal="positive", observed=30), "green", "praise", {"size": 1, "speed": 1}),
        (replace(CROWD, signal="positive", harm=True, harmed=4), "green", "praise",
         {"size": 1, "speed": 1, "harm": 1}),
        (replace(CROWD, signal="reach", accounts=4, reach=True, audience=9), "green", "audiences",
         {"reach": 1}),
        (replace(CROWD, signal="reach", accounts=4, independent=4, negative=3, reach=True, audience=9),
         "amber", "", {"reach": 1}),
        (replace(VOICE, accounts=4000, independent=4000, negative=1400), "amber", "", {"tier_1": 1}),
        (replace(VOICE, accounts=4000, independent=4000, negative=2400), "amber", "",
         {"tier_1": 1, "negative_share": 1}),
        (replace(VOICE, observed=3, notable=3, accounts=40, independent=40, negative=24), "red", "",
         {"tier_1": 2, "negative_share": 1}),
    ],
)  # fmt: skip
def test_what_makes_an_alert_grave(inputs: Inputs, level: str, told: str, points: dict[str, int]) -> None:
    found = weigh(inputs)
    assert (found.level, found.told) == (level, told)
    assert {one.name: one.points for one in found.contributions if one.points} == points
    assert found.points == sum(points.values())


@given(GIVEN)
def test_what_was_stored_is_weighed_again_to_the_same(inputs: Inputs) -> None:
    stored: dict[str, Any] = json.loads(json.dumps(weigh(inputs).explained()))
    assert reweigh(stored) == weigh(inputs)
    with pytest.raises(ValueError, match="formula"):
        reweigh({**stored, "formula": "severity-0"})


@given(GIVEN, st.sampled_from(["accounts", "notable", "harmed", "observed"]))
def test_more_of_anything_bad_never_calms(inputs: Inputs, name: str) -> None:
    more = replace(inputs, **{name: getattr(inputs, name) * 3 + 1})
    assert weigh(more).points >= weigh(inputs).points


@given(GIVEN, st.integers(1, 1000))
def test_copies_and_repetitions_make_nothing_graver(inputs: Inputs, times: int) -> None:
    louder = replace(inputs, mentions=inputs.mentions * times, copies=inputs.mentions * times)
    assert weigh(louder).level == weigh(inputs).level


@given(GIVEN)
def test_a_flood_of_as_many_accounts_as_mentions_is_a_crowd(inputs: Inputs) -> None:
    """What opens by its mentions is no flood when each of them is an account of its own."""
    fires = replace(inputs, signal="volume", observed=200.0, accounts=200, expected=20.0, floor=6.0, score=14)
    assert few_accounts(replace(fires, dispersion=1.5, crowd=False)) is False
