"""The suites' CSV exports, by their headers alone: encodings, delimiters, rows before the header."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mentions.drafts.draft import MentionDraft
from mentions.importing.files import BadLine, read
from mentions.sources.base import Items
from tests.mentions.sources import golden

EXPORTS = golden.HERE / "exports"
HEADERS = {
    "brandwatch": "Query Name,Date,Title,Snippet,Url",
    "talkwalker": "url,published,search_indexed,title,content",
}


@pytest.mark.parametrize("payload", golden.payloads("exports"), ids=golden.name)
def test_payloads(payload: Path) -> None:
    found = list(read(payload, field_map={}, now=golden.NOW))
    drafts = [one for one in found if isinstance(one, MentionDraft)]
    golden.check(payload, Items(drafts, rejected=len(found) - len(drafts)))


def test_the_bad_lines_of_an_export_are_told_with_their_numbers() -> None:
    """And by the suite's own column of times: in this one another is named Time, and is empty."""
    found = read(EXPORTS / "meltwater_2022.csv", field_map={}, now=golden.NOW)
    assert [(one.number, one.reason) for one in found if isinstance(one, BadLine)] == [
        (6, "Date is not a time that can be read."),
        (7, "Text must not be empty."),
    ]


@pytest.mark.parametrize(("suite", "column"), [("brandwatch", "Date"), ("talkwalker", "published")])
def test_a_bad_time_is_told_by_the_column_of_its_suite(tmp_path: Path, suite: str, column: str) -> None:
    path = tmp_path / f"{suite}.csv"
    path.write_text(HEADERS[suite] + "\n" + ",".join("x" for _ in HEADERS[suite].split(",")) + "\n")
    assert [one.reason for one in read(path, field_map={}, now=golden.NOW) if isinstance(one, BadLine)] == [
        f"{column} is not a time that can be read."
    ]


def test_a_map_goes_before_what_is_known_of_an_export() -> None:
    path = EXPORTS / "brandwatch.csv"
    first = next(read(path, field_map={"author": "Domain", "kind": "=letter"}, now=golden.NOW))
    assert isinstance(first, MentionDraft)
    assert (first.author, first.kind, first.native_id) == ("news.example", "letter", "r-100")


def test_a_stated_zone_goes_before_utc() -> None:
    path = EXPORTS / "brandwatch.csv"
    first = next(read(path, field_map={}, now=golden.NOW, zone=ZoneInfo("Europe/Madrid")))
    assert isinstance(first, MentionDraft)
    assert first.published_at.isoformat() == "2026-02-20T10:22:33+00:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "own.csv"
    lines = [["Created At", "User", "Full Text"], ["2026-02-01T10:00:00Z", "zoé", "Això és una queixa"]]
    path.write_bytes("\r\n".join(delimiter.join(cells) for cells in lines).encode(encoding))
    (draft,) = read(path, field_map={}, now=golden.NOW)
    assert isinstance(draft, MentionDraft)
    assert (draft.author, draft.text) == ("zoé", "Això és una queixa")


def test_a_file_in_utf8_with_one_torn_line_is_not_taken_for_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes("text\ncafé olé\nmañana\n".encode() + b"caf\xe9\n")
    found = list(read(path, field_map={}, now=golden.NOW))
    assert [one.text if isinstance(one, MentionDraft) else one.reason for one in found] == [
        "café olé",
        "mañana",
        "is not UTF-8",
    ]


@pytest.mark.parametrize(
    ("figures", "reach"),
    [(("", "12,000", ""), 12_000), (("900", "12,000", "7"), 900), (("", "", "7"), 7), (("", "", ""), None)],
)
def test_the_reach_of_a_broadcast_is_its_viewership(
    tmp_path: Path, figures: tuple[str, str, str], reach: int | None
) -> None:
    path = tmp_path / "meltwater.csv"
    header = "Date;Headline;URL;Opening Text;Hit Sentence;Source;Influencer;Reach;National Viewership;Views"
    row = ("2026-02-15 07:30:00", "Noon news", "", "Five ferries", "", "TV", "", *figures)
    path.write_text(f"{header}\n{';'.join(row)}\n")
    (draft,) = read(path, field_map={}, now=golden.NOW)
    assert isinstance(draft, MentionDraft)
    assert (draft.reach, draft.kind) == (reach, "video")


def test_odd_columns_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "id,text,source_type,country,reply_to,deleted,label,followers,lang,edited_at\n"
        f'1,hola,Not labeled,Atlantis,{"x" * 600},[deleted],0.6264,"1,204",Spanish,soon\n'
    )
    (draft,) = read(path, field_map={}, now=golden.NOW)
    assert draft == MentionDraft("1", "hola", golden.NOW, followers=1204, lang="es")
