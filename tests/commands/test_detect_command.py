"""`tocsin detect`: a stream in, the same with scores out, one line about bad input."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tocsin.commands.detect import BadInput, answers

HEADER = "timestamp,value\n"
ROOT = Path(__file__).parents[2]


def hours(values: Sequence[float]) -> str:
    """Five-minute rows from the start of 2024."""
    rows = []
    for i, value in enumerate(values):
        day, minute = divmod(i * 5, 1440)
        stamp = f"2024-01-{day + 1:02d} {minute // 60:02d}:{minute % 60:02d}:00"
        rows.append(f"{stamp},{value}")
    return "\n".join(rows) + "\n"


def answered(text: str, size: int = 10**9) -> list[str]:
    data = text.encode()
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    return "".join(answers(pieces)).splitlines()


def test_every_row_is_answered_in_order_and_a_burst_is_an_alert() -> None:
    values = [3 + i % 4 for i in range(2000)] + [200] * 6
    lines = answered(HEADER + hours(values))
    assert lines[0] == "timestamp,value,anomaly_score,is_alert"
    rows = [line.split(",") for line in lines[1:]]
    assert [float(row[1]) for row in rows] == values
    assert all(0 <= float(row[2]) <= 1 for row in rows)
    assert [i for i, row in enumerate(rows) if row[3] == "1"] == [2000]


def test_the_answer_does_not_depend_on_how_the_input_arrives() -> None:
    text = HEADER + hours([(i * 7) % 11 for i in range(400)])
    assert answered(text, 7) == answered(text)


def test_a_later_row_changes_no_earlier_answer() -> None:
    values = [(i * 7) % 11 for i in range(600)]
    short, long = HEADER + hours(values), HEADER + hours([*values, 500, 500])
    assert answered(long)[: len(answered(short))] == answered(short)


def test_a_line_without_an_end_is_refused_before_the_memory_is_full() -> None:
    def endless() -> Iterator[bytes]:
        yield (HEADER + hours([3])).encode()
        for _ in range(100):
            yield bytes(65_536)
        raise AssertionError("read on")

    answering = answers(endless())
    assert next(answering).startswith("timestamp")
    assert next(answering).startswith("2024-01-01")
    with pytest.raises(BadInput, match="line 3: longer than 1,000,000 characters"):
        next(answering)


def test_windows_line_ends_a_mark_and_quotes_are_read() -> None:
    text = '\ufefftimestamp,value\r\n"2024-01-01 00:00:00",3\r\n\r\n2024-01-01 00:05:00,\r\n'
    assert answered(text)[1:] == ["2024-01-01 00:00:00,3,0.000000,0", "2024-01-01 00:05:00,,0.000000,0"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", None),
        ("2024-01-01,NaN\n", None),
        ("2024-01-01\n", "line 2: expected 2 fields, found 1"),
        ("2024-01-01,1,2\n", "line 2: expected 2 fields, found 3"),
        ("yesterday,1\n", "line 2: timestamp 'yesterday' is not ISO 8601"),
        ("2024-01-01,many\n", "line 2: value 'many' is not a number"),
        ("2024-01-01,1_000\n", "line 2: value '1_000' is not a number"),
        ("2024-01-01,١٦٥\n", "line 2: value '١٦٥' is not a number"),
        ("2024-01-01,-1\n", "line 2: value '-1' is not a count"),
        ("2024-01-01,inf\n", "line 2: value 'inf' is not a count"),
        ("2024-01-01,1e300\n", "line 2: value '1e300' is not a count"),
        ("2024-01-01,1\n2024-01-01,1\n", "line 3: timestamp 2024-01-01 is not later than the one before"),
    ],
)
def test_bad_rows_are_named(rows: str, message: str | None) -> None:
    if message is None:
        assert len(answered(HEADER + rows)) == 1 + bool(rows)
        return
    with pytest.raises(BadInput, match="^" + message + "$"):
        answered(HEADER + rows)


@pytest.mark.parametrize("text", ["", "time,count\n"])
def test_a_missing_header_is_named(text: str) -> None:
    with pytest.raises(BadInput, match=r"line 1: .*header timestamp,value"):
        answered(text)


def test_the_process_answers_at_once_and_ends_with_2_on_bad_input() -> None:
    code = (
        "import argparse, sys; from tocsin.commands import detect; sys.exit(detect.run(argparse.Namespace()))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(HEADER)
        assert process.stdout.readline() == "timestamp,value,anomaly_score,is_alert\n"
        process.stdin.write("2024-01-01 00:00,4\n")
        assert process.stdout.readline() == "2024-01-01 00:00,4,0.000000,0\n"
        process.stdin.write("2024-01-01 00:05,x\n")
        process.stdin.close()
        assert process.stderr.read() == "tocsin detect: line 3: value 'x' is not a number\n"
        assert process.wait() == 2


def test_a_short_series_waits_for_no_library() -> None:
    code = (
        "import sys; from tocsin.commands.detect import answers; list(answers([sys.stdin.buffer.read()]));"
        " print(sorted({'numpy', 'numba'} & set(sys.modules)))"
    )
    text = (HEADER + hours([(i * 7) % 11 for i in range(400)])).encode()
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=text, capture_output=True, check=True)
    assert said.stdout == b"[]\n"
