"""The shapes of a curve with its band."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.bands import HEIGHT, WIDTH, band

START = datetime(2026, 3, 7, tzinfo=UTC)


def points(*counts: float, known: bool = True) -> list[dict[str, object]]:
    return [
        {
            "at": (START + timedelta(minutes=i)).isoformat(),
            "observed": count,
            "expected": 2.0 if known else None,
            "low": 1.0 if known else None,
            "high": 4.0 if known else None,
        }
        for i, count in enumerate(counts)
    ]


def minute(i: float) -> str:
    return (START + timedelta(minutes=i)).isoformat()


def test_too_few_points_are_a_line_along_the_bottom() -> None:
    for few in ([], points(3)):
        assert band(few).observed == f"0,{HEIGHT} {WIDTH},{HEIGHT}"


def test_the_curve_goes_from_edge_to_edge_and_stays_in_the_box() -> None:
    drawn = band(points(0, 10, 5))
    first, second, last = (tuple(map(float, one.split(","))) for one in drawn.observed.split())
    assert (first, last[0]) == ((0.0, float(HEIGHT)), float(WIDTH))
    assert 0 < second[1] < last[1] < HEIGHT
    assert drawn.most == 10, "what was counted, not where the box ends"


def test_the_band_has_gaps_where_nothing_is_known() -> None:
    drawn = band([*points(1, 2), *points(1, 1, known=False)[:0], *points(1, 2)])
    assert len(drawn.usual) == 1
    mixed = points(1, 2, 3, 4, 5)
    mixed[2].update(expected=None, low=None, high=None)
    assert len(band(mixed).usual) == len(band(mixed).expected) == 2


def test_onset_and_alert_are_lines_where_they_lie_in_the_picture() -> None:
    alert = {"since": minute(1), "openedAt": minute(2), "level": "red", "title": "<b>"}
    drawn = band(points(0, 0, 9, 9), [alert])
    assert [(line.kind, line.x) for line in drawn.lines] == [("onset", 320.0), ("red", 640.0)]
    assert not band(points(0, 1), [{**alert, "since": minute(-90), "openedAt": minute(900)}]).lines


def test_an_alert_that_rose_is_a_line_for_each_level_where_it_was_claimed() -> None:
    claims = [{"at": minute(2), "level": "amber"}, {"at": minute(3), "level": "red"}]
    alert = {"since": minute(1), "openedAt": minute(2), "level": "red", "claims": claims}
    drawn = band(points(0, 0, 9, 9), [alert])
    assert [(line.kind, line.x) for line in drawn.lines] == [
        ("onset", 320.0),
        ("amber", 640.0),
        ("red", 960.0),
    ]


def test_a_crisis_is_clipped_to_the_picture() -> None:
    crisis = {"begin": minute(-10), "end": minute(1), "words": "#1"}
    assert band(points(0, 0, 0), crises=[crisis]).crises == ((0.0, 480.0, "#1"),)
    assert not band(points(0, 0), crises=[{**crisis, "end": minute(-5)}]).crises
