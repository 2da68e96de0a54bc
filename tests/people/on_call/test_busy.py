"""What calendars of all kinds say about being busy, and what hostile ones do not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.on_call.busy import busy_spans

MADRID = ZoneInfo("Europe/Madrid")
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    blocks = "".join(f"BEGIN:VEVENT\nUID:{i}\n{event}\nEND:VEVENT\n" for i, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{blocks}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def spans(*events: str) -> list[str]:
    found = busy_spans(calendar(*events), MADRID, SINCE, UNTIL)
    return [f"{a:%m-%dT%H:%M}/{b:%m-%dT%H:%M}" for a, b in found]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260312", ["03-09T23:00/03-11T23:00"]),
        ("DTSTART;VALUE=DATE:20260329", ["03-28T23:00/03-29T22:00"]),  # a day of 23 hours
        ("DTSTART:20260310T090000\nDURATION:PT1H", ["03-10T08:00/03-10T09:00"]),
        ("DTSTART:20260310T090000Z\nDTEND:20260310T100000Z", ["03-10T09:00/03-10T10:00"]),
        ("DTSTART;TZID=Europe/London:20260310T090000\nDURATION:PT1H", ["03-10T09:00/03-10T10:00"]),
        (
            "DTSTART;TZID=Europe/Madrid:20260323T090000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;COUNT=3",
            ["03-23T08:00/03-23T16:00", "03-30T07:00/03-30T15:00", "04-06T07:00/04-06T15:00"],
        ),
        (
            "DTSTART;TZID=Europe/Madrid:20260323T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260325T080000Z\n"
            "EXDATE;TZID=Europe/Madrid:20260324T090000",
            ["03-23T08:00/03-23T09:00", "03-25T08:00/03-25T09:00"],
        ),
        ("DTSTART:20260310T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20260310T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", []),
        ("DTSTART:20260310T090000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20200310T090000Z\nDURATION:PT1H", []),
        ("DTSTART:20260310T090000Z\nDTEND:20260310T080000Z", []),
        ("DTSTART:2026\nDTEND:now", []),
        ("DTSTART:20260310T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY", []),
        ("DTSTART:20260310T090000Z\nDURATION:PT1H\nRRULE:FREQ=FORTNIGHTLY", []),
        ("DTSTART:20200310T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
        ("DTSTART:20260330T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
        # each search for the next occurrence would begin again where it stands, and never end
        ("DTSTART:20260330T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0", []),
        ("DTSTART:20260330T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;INTERVAL=0;BYMONTHDAY=31;BYDAY=MO", []),
        ("SUMMARY:nothing else", []),
    ],
)
def test_one_event(event: str, expected: list[str]) -> None:
    assert spans(event) == expected


def test_an_occurrence_that_was_moved_is_where_it_was_moved_to() -> None:
    weekly = "DTSTART:20260310T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    body = calendar(weekly, "DTSTART:20260318T120000Z\nDURATION:PT1H\nRECURRENCE-ID:20260317T090000Z")
    found = busy_spans(body.replace(b"UID:1", b"UID:0"), MADRID, SINCE, UNTIL)
    assert [f"{a:%d %H}" for a, _ in found] == ["10 09", "18 12"]


def test_one_bad_event_hides_no_other_and_neighbours_are_one() -> None:
    assert spans(
        "DTSTART:20261399",
        "DTSTART:20260310T090000Z\nDURATION:PT1H",
        "DTSTART:20260310T100000Z\nDURATION:PT1H",
    ) == ["03-10T09:00/03-10T11:00"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>sign in</html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe\x00"]
)
def test_what_is_no_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each library's own words
        busy_spans(body, MADRID, SINCE, UNTIL)


@given(st.text(alphabet="BEGIN:VCALNDRTUO=;,0123456789\r\n ", max_size=200))
def test_any_text_is_a_calendar_or_refused(text: str) -> None:
    body = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + text.encode() + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    with suppress(ValueError):
        assert busy_spans(body, MADRID, SINCE, UNTIL) is not None
