"""Tables over the pure parts: times, durations, numbers, lines, groups of steps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web import shown
from web.fields import number as typed_number
from web.pages.steps import grouped
from web.render import environment
from web.sparkline import HEIGHT, WIDTH, sparkline
from web.visit import local_path

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (7.3, "en", "×7.3"),
        (999.4, "es", "×999"),
        (1000, "en", "×1,000+"),
        (314_045, "fr", "×1\u202f000+"),
        (float("inf"), "ca", "×1.000+"),
    ],
)
def test_ratios_say_no_more_than_they_know(value: float, language: str, expected: str) -> None:
    assert shown.ratio(value, language) == expected


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [(0.499, "es", "0,5"), (0, "en", "0"), (0.04, "fr", "<\u202f0,1"), (0.97, "ca", "1"), (12.0, "en", "12")],
)
def test_alarms_a_week_are_told_by_tenths(value: float, language: str, expected: str) -> None:
    assert shown.a_week(value, language) == expected


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [(1.84, "es", "1,8"), (9.96, "en", "10"), (34.5, "en", "34"), (1e9, "ca", "1.000+")],
)
def test_how_many_times_is_said_without_tenths_that_nobody_says(
    value: float, language: str, expected: str
) -> None:
    assert shown.times(value, language) == expected


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (1240, "en", "1,240"),
        (1240.4, "fr", "1\u202f240"),
        (12.94, "es", "12,9"),
        (0.997, "en", "0.997"),
        (84.0, "ca", "84"),
        (float("inf"), "en", "∞"),
        (-0.0003, "en", "0"),
        (-0.31, "en", "−0.31"),
    ],
)
def test_numbers(value: float, language: str, expected: str) -> None:
    assert shown.number(value, language) == expected


@pytest.mark.parametrize(
    ("place", "language", "expected"),
    [
        ("ES", "en", "Spain"),
        ("GB", "fr", "Royaume-Uni"),
        ("Reus", "ca", "Reus"),
        ("ES-CT", "es", "España (CT)"),
        ("XX-CT", "es", "XX-CT"),
        ("ES-Reus", "es", "ES-Reus"),
    ],
)
def test_countries_have_their_names_in_the_readers_language(place: str, language: str, expected: str) -> None:
    assert shown.place_name(place, language) == expected


@pytest.mark.parametrize(
    ("window", "language", "expected"),
    [
        ("mon-sun 08:00-22:00", "en", "Mon–Sun 08:00–22:00"),
        ("sat,sun 22:00-06:00", "fr", "sam., dim. 22:00–06:00"),
    ],
)
def test_the_hours_of_a_layer(window: str, language: str, expected: str) -> None:
    assert shown.hours_of_days(window, language) == expected


@pytest.mark.parametrize("value", [2.5, 0.25, 14.0, 1234.567, 9_999_999.0, 1e-6])
@pytest.mark.parametrize("language", ["en", "es", "ca", "fr"])
def test_what_a_field_shows_is_read_as_what_it_was(value: float, language: str) -> None:
    field = shown.entry(value, language)
    assert ("," if language != "en" else ".") in field or value == int(value)
    for typed in (field, field.replace(",", "."), field.replace(".", ",")):
        assert typed_number(typed, "score") == value


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-29T00:59:00+00:00", "01:59"),
        ("2026-03-29T01:00:00+00:00", "03:00"),  # the hour that does not exist
        ("2026-03-28T22:30:00+00:00", "28 Mar, 23:30"),
        ("2025-03-28T22:30:00+00:00", "28 Mar 2025, 23:30"),
    ],
)
def test_times_across_the_change_of_clocks(moment: str, expected: str) -> None:
    assert shown.day_and_time(moment, MADRID, "en", NOW) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-03-28T08:00:00+00:00", "2026-03-28T09:00:00+00:00", "28 Mar, 09:00 – 10:00"),
        ("2026-03-28T00:10:00+00:00", "2026-03-29T00:10:00+00:00", "28 Mar, 01:10 – 29 Mar, 01:10"),
    ],
)
def test_a_stretch_says_on_which_day_it_ends(since: str, until: str, expected: str) -> None:
    stretch = environment("en").from_string("{{ since|time }} – {{ until|time(after=since) }}")
    text = stretch.render(since=since, until=until, zone=MADRID, language="en", now=NOW)
    assert re.sub("<[^>]+>", "", text) == expected


def test_a_line_stays_in_its_box() -> None:
    line = sparkline([{"volume": volume, "negative": volume // 2} for volume in (0, 3, 400, 7)])
    for point in (line.volume + " " + line.negative).split():
        x, y = (float(part) for part in point.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert (line.total, line.total_negative, line.peak) == (410, 204, 400)


@pytest.mark.parametrize("signal", [[], [{"volume": 0, "negative": 0}]])
def test_silence_is_a_line(signal: list[dict[str, int]]) -> None:
    assert sparkline(signal).total == 0


def step(minutes: int, state: str = "todo", *, overdue: bool = False) -> dict[str, object]:
    return {
        "dueAt": (NOW + timedelta(minutes=minutes)).isoformat(),
        "state": state,
        "overdue": overdue,
        "incident": {"state": "open"},
    }


def test_steps_by_urgency() -> None:
    steps = [
        step(90),
        step(-5, overdue=True),
        step(15),
        step(5, "awaiting_approval"),
        step(-9, "awaiting_approval", overdue=True),
        step(-60, "done"),
        step(1, "skipped"),
    ]
    groups = {name: [steps.index(member) for member in members] for name, members in grouped(steps, NOW)}
    assert groups == {"overdue": [4, 1], "awaiting": [3], "soon": [2], "later": [0], "finished": [5, 6]}
    assert list(groups) == ["overdue", "awaiting", "soon", "later", "finished"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/incidents/1#steps", "/incidents/1#steps"),
        ("//evil", "/"),
        ("/\\evil", "/"),
        ("http://evil", "/"),
        ("/a\r\nb", "/"),
        ("", "/"),
    ],
)
def test_only_our_own_paths(target: str, expected: str) -> None:
    assert local_path(target, "/") == expected
