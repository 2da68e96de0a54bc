"""`tocsin backtest --events`: a file of mentions in, incidents out, one line about a bad file."""

import argparse
from pathlib import Path

import pytest

from tocsin.commands import backtest

EVENTS = "arrived,created,brand,author,followers,sentiment,text\n"
CALENDAR = "brand,start,end\n"
ROW = "2025-01-06T00:00:06Z,2025-01-06T00:00:05Z,acme,1,165,-1,7\n"


def run(tmp_path: Path, events: str, calendar: str | None = None) -> int:
    (tmp_path / "E.csv").write_text(events)
    (tmp_path / "C.csv").write_text(calendar or CALENDAR)
    parser = argparse.ArgumentParser()
    backtest.configure(parser)
    return backtest.run(
        parser.parse_args(["--events", str(tmp_path / "E.csv"), "--calendar", str(tmp_path / "C.csv")])
    )


def test_calm_opens_nothing_and_a_loud_voice_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stamps = [f"2025-01-{6 + h // 24:02d}T{h % 24:02d}:30:00Z" for h in range(240)]
    calm = [f"{t},{t},acme,{i},500,0,{i}\n" for i, t in enumerate(stamps)]
    loud = "2025-01-16T10:00:00Z,2025-01-16T09:59:50Z,acme,x,9000000,-1,x\n"
    assert run(tmp_path, EVENTS + "".join(calm)) == 0
    assert capsys.readouterr().out == "brand,opened,closed,severity,kind,reason\n"
    assert run(tmp_path, EVENTS + "".join(calm) + loud) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[1].startswith("acme,2025-01-16T10:00:00Z,,red,influencer,")
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("events", "calendar", "message"),
    [
        ("", None, "E.csv line 1: expected the header arrived,"),
        (EVENTS + "a,b\n", None, "E.csv line 2: expected 7 fields, found 2"),
        (EVENTS + ROW.replace(",-1,", ",bad,"), None, "E.csv line 2: sentiment 'bad' is not -1, 0 or 1"),
        (EVENTS + ROW.replace("165", "-3"), None, "E.csv line 2: '-3' is not a number of followers"),
        (EVENTS + ROW.replace("165", "١٦٥"), None, "E.csv line 2: '١٦٥' is not a number of followers"),
        (EVENTS + ROW.replace("165", "9" * 5000), None, f"E.csv line 2: '{'9' * 20}' is not a number of"),
        (EVENTS + "soon" + ROW[20:], None, "E.csv line 2: 'soon' is not an ISO 8601 time"),
        (
            EVENTS + ROW + ROW.replace("06Z,", "05Z,", 1),
            None,
            "E.csv line 3: arrived before the line above it",
        ),
        (
            EVENTS + ROW + ROW.replace("2025-01-06", "2026-01-08", 1),
            None,
            "E.csv line 3: arrived more than 366 days after the line above it",
        ),
        (
            EVENTS,
            CALENDAR + "acme,2025-01-02,2025-01-01\n",
            "C.csv line 2: the campaign ends before it starts",
        ),
    ],
)
def test_a_bad_file_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], events: str, calendar: str | None, message: str
) -> None:
    assert run(tmp_path, events, calendar) == 2
    error = capsys.readouterr().err
    assert error.startswith("tocsin backtest: " + message)
    assert error.count("\n") == 1


def test_a_line_without_an_end_is_refused_before_the_memory_is_full(
    capsys: pytest.CaptureFixture[str],
) -> None:
    args = argparse.Namespace(events=Path("/dev/zero"), calendar=None)
    assert backtest.run(args) == 2
    assert capsys.readouterr().err == "tocsin backtest: zero line 1: longer than 1,000,000 characters\n"


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = argparse.Namespace(events=tmp_path / "none.csv", calendar=None)
    assert backtest.run(args) == 2
    assert "none.csv: No such file" in capsys.readouterr().err
