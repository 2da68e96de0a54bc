"""How long servers want to be left alone, as they write it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.limits import MOST_PATIENT, patience, pause
from mentions.sources.web import refusal
from tests.mentions.sources.golden import NOW

LATER = NOW + timedelta(minutes=5)
UNIX = int(LATER.timestamp())


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("17", 17),
        ("17.5", 17.5),
        ("60s", 60),
        ("60 seconds", 60),
        ("60, 60", 60),
        ("2 minutes", 120),
        ("1h", 3600),
        ("1500ms", 1.5),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("2026-03-01T12:02:00Z", 120),
        (f"{UNIX}", 300),
        (f"{UNIX}000", 300),
        ("999999", MOST_PATIENT),
        ("-5", 0),
        ("soon", None),
        ("5 fortnights", None),
        ("", None),
    ],
)
def test_retry_after_is_read_kindly(written: str, seconds: float | None) -> None:
    assert patience({"retry-after": written}, NOW, limited=True) == seconds


def test_a_date_to_wait_for_goes_by_the_servers_own_clock() -> None:
    then = "Sun, 01 Mar 2020 00:01:00 GMT"
    assert patience({"retry-after": then, "date": "Sun, 01 Mar 2020 00:00:00 GMT"}, NOW, limited=True) == 60
    assert patience({"retry-after": then}, NOW, limited=True) == 0


@pytest.mark.parametrize("family", ["x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"])
@pytest.mark.parametrize(
    ("reset", "date", "seconds"),
    [
        ("30", "", 30),
        (f"{UNIX}", "", 300),
        (f"{UNIX}000", "", 300),
        ("2026-03-01T12:05:00.000000Z", "", 300),  # as Mastodon says it, without Retry-After
        ("2026-03-01T13:05:00+01:00", "", 300),
        ("2020-03-01T00:01:00Z", "Sun, 01 Mar 2020 00:00:00 GMT", 60),
        ("2026-03-01T11:00:00Z", "", 0),
        ("soon", "", None),
    ],
)
def test_a_limit_is_waited_for_until_it_resets(
    family: str, reset: str, date: str, seconds: float | None
) -> None:
    assert patience({family: reset, "date": date}, NOW, limited=True) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": "default;r=0;t=30;pk=:MTIz:"}, 30),
        ({"ratelimit": '"burst";r=0;t=9, "day";r=0;t=4000, "month";r=7;t=90000'}, 4000),
        ({"ratelimit": '"burst";r=5;t=9, "day";r=2;t=40'}, None),
        ({"ratelimit": '"day";r=0', "ratelimit-policy": '"hour";q=9;w=60,"day";q=99;w=80'}, 80),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50),
        ({"ratelimit": "limit=100, remaining=5, reset=50"}, None),
        ({"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "8"}, 8),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.25"}, 1.25),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "8"}, None),
        ({"x-ratelimit-reset": "8"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"ratelimit": '"default"'}, None),
        ({}, None),
    ],
)
def test_what_is_left_is_read_from_good_answers_too(headers: dict[str, str], seconds: float | None) -> None:
    assert pause(headers, NOW) == seconds
    assert patience(headers, NOW, limited=False) == seconds


NAMES = ["retry-after", "x-ratelimit-reset", "x-ratelimit-remaining", "ratelimit", "ratelimit-policy", "date"]
PIECES = [
    "0",
    "1",
    "r=",
    "t=",
    "w=",
    ";",
    ",",
    '"',
    "a",
    " ",
    "GMT",
    "-",
    "T",
    ":",
    "9" * 12,
    "s",
    "remaining=",
]


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(NAMES),
        st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    ),
    st.text(max_size=50),
)
def test_any_refusal_is_a_trouble_with_a_sane_wait(status: int, headers: dict[str, str], said: str) -> None:
    found = refusal(status, headers, said, NOW)
    for wait in (found.retry_after, pause(headers, NOW)):
        assert wait is None or 0 <= wait <= MOST_PATIENT
