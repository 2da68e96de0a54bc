"""Reading what a calendar or a table announces; everything that is wrong is told, and nothing half taken."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.campaigns.ical import read_ical
from alerts.campaigns.parsed import MOST_WINDOWS, Otherwise, Parsed
from alerts.campaigns.table_file import read_csv
from kit.errors import Invalid

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def calendar(*events: str) -> str:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{inside}END:VCALENDAR\r\n"


def ical(*events: str, lift: float = 3.0) -> Parsed:
    return read_ical(
        calendar(*(event.replace("\n", "\r\n") for event in events)), MADRID, Otherwise(lift), NOW
    )


def spans(parsed: Parsed) -> list[tuple[str, str]]:
    return [
        (
            f"{one.wish.starts_at.astimezone(UTC):%m-%d %H:%M}",
            f"{one.wish.ends_at.astimezone(UTC):%m-%d %H:%M}",
        )
        for one in parsed.whole().found
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # in the winter of Madrid, and in its summer
        ("DTSTART:20260320T090000\nDTEND:20260320T100000", [("03-20 08:00", "03-20 09:00")]),
        ("DTSTART:20260520T090000\nDTEND:20260520T100000", [("05-20 07:00", "05-20 08:00")]),
        ("DTSTART:20260320T090000Z\nDURATION:PT90M", [("03-20 09:00", "03-20 10:30")]),
        # whole days are the brand's: the last Sunday of March has 23 hours there
        ("DTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330", [("03-28 23:00", "03-29 22:00")]),
        ("DTSTART;VALUE=DATE:20260401", [("03-31 22:00", "04-01 22:00")]),
        (
            "DTSTART;TZID=America/New_York:20260320T090000\nDTEND;TZID=America/New_York:20260320T100000",
            [("03-20 13:00", "03-20 14:00")],
        ),
        # every week at nine by the clock, also after it changed
        (
            "DTSTART;TZID=Europe/Madrid:20260323T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
            [("03-23 08:00", "03-23 09:00"), ("03-30 07:00", "03-30 08:00"), ("04-06 07:00", "04-06 08:00")],
        ),
        (
            "DTSTART:20260323T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260324T090000Z",
            [("03-23 09:00", "03-23 10:00"), ("03-25 09:00", "03-25 10:00")],
        ),
        ("DTSTART:20260320T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", []),
        ("DTSTART:20200320T090000Z\nDURATION:PT1H", []),
    ],
)
def test_when_events_take_place(event: str, expected: list[tuple[str, str]]) -> None:
    assert spans(ical(f"UID:1\nSUMMARY:Rowing\n{event}")) == expected


def test_an_occurrence_that_was_moved_is_told_once() -> None:
    found = ical(
        "UID:1\nSUMMARY:Fair\nDTSTART:20260323T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
        "UID:1\nSUMMARY:Fair\nRECURRENCE-ID:20260324T090000Z\nDTSTART:20260324T150000Z\nDURATION:PT1H",
    )
    assert sorted(spans(found)) == [("03-23 09:00", "03-23 10:00"), ("03-24 15:00", "03-24 16:00")]
    assert len({one.occurrence for one in found.found}) == 2


@pytest.mark.parametrize(
    ("line", "lift"),
    [
        ("X-TOCSIN-LIFT:4.5", 4.5),
        ("DESCRIPTION:A contest.\\nlift: 2\\,5\\nBye", 2.5),
        ("DESCRIPTION:It will uplift: 9", 3.0),
        ("LOCATION:Palma", 3.0),
    ],
)
def test_the_lift_is_of_the_event_or_of_the_file(line: str, lift: float) -> None:
    (found,) = ical(f"UID:1\nSUMMARY:Fair\nDTSTART:20260323T090000Z\nDURATION:PT1H\n{line}").whole().found
    assert found.wish.lift == lift


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no iCalendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "This is no iCalendar file, or a part of it is missing."),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "no iCalendar"),
        (calendar(), "no event"),
        (calendar("UID:1\r\nSUMMARY:Fair"), "Event 1 (Fair) cannot be read"),
        (calendar("UID:1\r\nSUMMARY:Fair\r\nDTSTART:20260230T090000Z"), "Event 1"),
        (
            calendar("UID:1\r\nSUMMARY:Fair\r\nDTSTART;TZID=Customized:20260320T090000\r\nDURATION:PT1H"),
            "Event 1 (Fair): nobody knows its time zone 'Customized'.",
        ),
        (calendar("UID:1\r\nDTSTART:20260320T090000Z\r\nDURATION:PT1H"), "Event 1: A title has"),
        (calendar("UID:1\r\nSUMMARY:Fair\r\nDTSTART:20260320T090000Z"), "must end after"),
        (
            calendar("UID:1\r\nSUMMARY:Fair\r\nDTSTART:20260320T090000Z\r\nDTEND:20260319T090000Z"),
            "impossible",
        ),
        (
            calendar("UID:1\r\nSUMMARY:Fair\r\nDTSTART:20260320T090000Z\r\nDURATION:P200D"),
            "100 days at most",
        ),
        (
            calendar("UID:1\r\nSUMMARY:F\r\nDTSTART:20260320T090000Z\r\nDURATION:PT1H\r\nX-TOCSIN-LIFT:lots"),
            "'lots' is not a number",
        ),
        (
            calendar("UID:1\r\nSUMMARY:F\r\nDTSTART:20260320T090000Z\r\nDURATION:PT1H\r\nX-TOCSIN-LIFT:1000"),
            "Expect 1 to 100",
        ),
        (
            calendar(
                "UID:1\r\nSUMMARY:F\r\nDTSTART:20260320T090000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY"
            ),
            "Event 1 (F) cannot be read",
        ),
    ],
)
def test_a_calendar_that_is_wrong_says_what_and_where(text: str, said: str) -> None:
    with pytest.raises(Invalid, match="Nothing was imported") as refused:
        read_ical(text, MADRID, Otherwise(3.0), NOW).whole()
    assert said in refused.value.message


def test_every_trouble_is_told_and_none_hides_the_good_events_behind_it() -> None:
    good = "UID:{0}\nSUMMARY:Good\nDTSTART:20260320T090000Z\nDURATION:PT1H"
    parsed = ical(good.format(1), *("UID:x\nSUMMARY:Bad",) * 12, good.format(2))
    assert len(parsed.found) == 2
    with pytest.raises(Invalid, match="And 4 more"):
        parsed.whole()


def test_a_calendar_without_end_is_refused_in_time() -> None:
    daily = "SUMMARY:Fair\nDTSTART:20250101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    with pytest.raises(Invalid, match=r"too much|more than"):
        ical(*(f"UID:{n}\n{daily}" for n in range(MOST_WINDOWS))).whole()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title,start,end\nFair,2026-03-20T09:00,2026-03-20T10", [("03-20 08:00", "03-20 09:00", 3.0, "")]),
        ("Title;Start;End;Lift\nFair;2026-03-29;2026-03-29;2,5", [("03-28 23:00", "03-29 22:00", 2.5, "")]),
        (
            "start\tend\ttitle\tmonitor\n2026-03-20T09:00Z\t2026-03-20T10:00+00:00\tFair\tFerries",
            [("03-20 09:00", "03-20 10:00", 3.0, "Ferries")],
        ),
        (
            '\ufefftitle,start,end,lift\r\n"A, b",2026-03-20,2026-03-21,x4\r\n\r\n',
            [("03-19 23:00", "03-21 23:00", 4.0, "")],
        ),
    ],
)  # fmt: skip
def test_what_a_table_announces(text: str, expected: list[tuple[str, str, float, str]]) -> None:
    parsed = read_csv(text, MADRID, Otherwise(3.0)).whole()
    found = [
        (*span, one.wish.lift, one.monitor) for span, one in zip(spans(parsed), parsed.found, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no title, start, end"),
        ("title,start\nFair,2026-03-20", "there is no end"),
        ("title,start,end\n", "nothing behind the first line"),
        ("title,start,end\nFair,tomorrow,2026-03-20", "Line 2: the start 'tomorrow' is no day"),
        ("title,start,end\nFair,2026-03-20,2026-03-19", "Line 2: It must end after"),
        ("title,start,end\n,2026-03-20,2026-03-20", "Line 2: A title"),
        ("title,start,end\nFair,2026-03-20", "Line 2: the end '' is no day"),
        ("title,start,end\nFair,2026-03-20,2026-03-20,7", "more values than there are columns"),
        ("title,start,end,lift\nFair,2026-03-20,2026-03-20,nan", "Expect 1 to 100"),
        ("title,start,end,lift\nFair,2026-03-20,2026-03-20,many", "'many' is not a number"),
        ("title,start,end\nF,2026-03-20,2026-03-20\nF,2026-03-20,2026-03-21", "Line 3: this title and start"),
        ('title,start,end\n"Fair,2026-03-20,2026-03-20', "cannot be read"),
        ("title,start,end\nFair,9999-12-31,9999-12-31", "Line 2"),
        ("title,start,end\nFair,0001-01-01T00:00+14:00,2026-03-20", "Line 2: It must begin between"),
        ("title,start,end\nFair,2026-03-20,9999-12-31T00:00-14:00", "Line 2: It may last"),
    ],
)
def test_a_table_that_is_wrong_says_what_and_where(text: str, said: str) -> None:
    with pytest.raises(Invalid, match="Nothing was imported") as refused:
        read_csv(text, MADRID, Otherwise(3.0)).whole()
    assert said in refused.value.message


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_no_text_is_more_than_refused(text: str) -> None:
    read_csv(f"title,start,end\n{text}", MADRID, Otherwise(3.0))
    read_csv(text, MADRID, Otherwise(3.0))
    read_ical(text, MADRID, Otherwise(3.0), NOW)
    read_ical(calendar(text), MADRID, Otherwise(3.0), NOW)


def test_a_table_with_too_much_wrong_is_not_read_to_its_end() -> None:
    parsed = read_csv("title,start,end\n" + "x,never,never\n" * 300, MADRID, Otherwise(3.0))
    assert len(parsed.troubles) == 101
    with pytest.raises(Invalid, match=r"read to line 101 only.* And 93 more"):
        parsed.whole()


def test_what_is_a_holiday_says_so_itself_or_the_file_does() -> None:
    day = "DTSTART;VALUE=DATE:20260401\nSUMMARY:A\nUID:"
    text = calendar(
        f"{day}1".replace("\n", "\r\n"),
        f"{day}2\nCATEGORIES:Team,Holiday".replace("\n", "\r\n"),
        f"{day}3\nCATEGORIES:Fair\nCATEGORIES:Holidays".replace("\n", "\r\n"),
    )
    for kind, first in (("campaign", "campaign"), ("holiday", "holiday")):
        parsed = read_ical(text, MADRID, Otherwise(2.0, kind), NOW).whole()
        assert [one.wish.kind for one in parsed.found] == [first, "holiday", "holiday"]
    table = "title,start,end,kind\nA,2026-03-20,2026-03-20,\nB,2026-03-21,2026-03-21,Holiday\n"
    assert [one.wish.kind for one in read_csv(table, MADRID, Otherwise(2.0)).whole().found] == [
        "campaign",
        "holiday",
    ]
    with pytest.raises(Invalid, match="Choose one of"):
        read_csv(table.replace("Holiday", "feast"), MADRID, Otherwise(2.0)).whole()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "DESCRIPTION:Ten trips.\\nlift: 3\nURL:https://a.example/x",
            ("Ten trips.", "https://a.example/x", ""),
        ),
        ("URL:javascript:alert(1)", ("", "", "")),
        ("CONTACT:Pau\\, +34 600\nORGANIZER:mailto:x@a.example", ("", "", "Pau, +34 600")),
        ("ORGANIZER;CN=Eva:mailto:eva@a.example", ("", "", "Eva, eva@a.example")),
        ("ORGANIZER:MAILTO:eva@a.example", ("", "", "eva@a.example")),
        ("CONTACT:A\nCONTACT:B", ("", "", "A")),
        (f"DESCRIPTION:{'x' * 5000}\nCONTACT:{'y' * 400}", ("x" * 3999 + "…", "", "y" * 300)),
    ],
)
def test_a_calendar_says_what_is_promised_where_it_is_written_and_whom_to_ask(
    lines: str, expected: tuple[str, str, str]
) -> None:
    (found,) = ical(f"UID:1\nSUMMARY:A\nDTSTART;VALUE=DATE:20260401\n{lines}").whole().found
    assert (found.wish.brief, found.wish.link, found.wish.contact) == expected
