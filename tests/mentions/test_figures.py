"""What one mention counts for: the same whatever the order, and taken away as it was added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.figures import ALL, HARM, NEGATIVE, OWN, POSITIVE, VOICE, Change, Said, figures, reach_weight

SAID = st.builds(
    Said,
    sentiment=st.sampled_from(["negative", "neutral", "positive"]),
    harm=st.booleans(),
    copy=st.booleans(),
    firsts=st.integers(0, ALL),
    audience=st.none() | st.integers(0, 2**53),
)


@pytest.mark.parametrize(
    ("audience", "weight"),
    [
        (None, 0), (0, 0), (999, 0), (1_000, 0), (1_001, 0), (2_000, 30), (10_000, 100), (100_000, 200),
        (1_000_000, 300), (10_000_000, 400), (2**53, 400),
    ],
)  # fmt: skip
def test_an_audience_weighs_by_its_size_and_never_more_than_four(audience: int | None, weight: int) -> None:
    assert reach_weight(audience) == weight


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said("negative", True, False, ALL, 10_000),
         Change(volume=1, negative=1, harm=1, voices=1, independent=1, independent_negative=1, reach=100)),
        (Said("negative", True, False, 0, 10_000), Change(volume=1, negative=1)),
        (Said("negative", False, True, VOICE, None), Change(volume=1, negative=1, copies=1, voices=1)),
        # the first that its account says, but the words are another's
        (Said("negative", True, True, ALL, None), Change(volume=1, negative=1, harm=1, copies=1, voices=1)),
        (Said("positive", False, True, ALL, None), Change(volume=1, positive=1, copies=1, voices=1)),
        (Said("positive", False, False, OWN | POSITIVE, None),
         Change(volume=1, positive=1, independent=1, independent_positive=1)),
        (Said("negative", False, False, NEGATIVE, None),
         Change(volume=1, negative=1, independent_negative=1)),
        (Said("neutral", True, True, HARM, None), Change(volume=1, harm=1, copies=1)),
        # corrected by hand from neutral: the account's first own words anyway
        (Said("negative", False, False, VOICE | OWN, None),
         Change(volume=1, negative=1, voices=1, independent=1, independent_negative=1)),
    ],
)  # fmt: skip
def test_what_a_mention_adds(said: Said, expected: Change) -> None:
    assert figures(said) == expected


@given(SAID, st.booleans())
def test_only_what_hurts_is_notable_and_nothing_counts_more_than_once(said: Said, notable: bool) -> None:
    found = figures(said, notable=notable)
    assert found.notable == int(notable and said.hurts)
    assert all(value in (0, 1) for value in found._replace(reach=0))
    assert 0 <= found.reach <= 400
    assert found.independent <= found.voices + bool(said.firsts & OWN)
    assert found.copies + found.independent <= 1


@given(SAID, SAID)
def test_what_moves_is_the_difference(before: Said, after: Said) -> None:
    moved = figures(after) - figures(before)
    assert Change(*map(sum, zip(figures(before), moved, strict=True))) == figures(after)
