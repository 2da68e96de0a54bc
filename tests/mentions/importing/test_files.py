"""Files as people have them: every line is a mention or is named by its number."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import BadLine, read
from mentions.importing.tables import AHEAD, beginning

Line = MentionDraft | BadLine

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def lines(path: Path, content: str | bytes, *, zone: str | None = None, **field_map: str) -> list[Line]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(path, field_map=field_map, now=NOW, zone=ZoneInfo(zone) if zone else None))


def shown(found: list[Line]) -> list[str | tuple[int, str]]:
    """Texts of the drafts, and (number, reason) of the rest."""
    return [one.text if isinstance(one, MentionDraft) else (one.number, one.reason) for one in found]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "mentions.csv"


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    return tmp_path / "mentions.jsonl"


def test_usual_columns_are_known_by_name(csv: Path) -> None:
    content = (
        "id,brand,created_at,lang,label,full_text,screen_name\n1,Apple,2014-12-01T19:30:03Z,en,x,Hello,tim\n"
    )
    (draft,) = lines(csv, content)
    assert draft == MentionDraft(
        native_id="1",
        text="Hello",
        published_at=datetime(2014, 12, 1, 19, 30, 3, tzinfo=UTC),
        author="tim",
        lang="en",
    )


@pytest.mark.parametrize(
    "header",
    [
        "Fecha;Autor;Texto;Enlace;Idioma;Seguidores;País",
        "Data;Autora;Missatge;Enllaç;Llengua;Seguidors;País",
        "Date;Auteur;Commentaire;Lien;Langue;Abonnés;Pays",
    ],
)
def test_usual_columns_are_known_by_name_in_the_languages_of_the_house(csv: Path, header: str) -> None:
    cells = "2026-03-01 09:00;pau;Hola, bon dia;https://a.example/1;ca;12;FR"
    (draft,) = lines(csv, f"{header}\n{cells}\n", zone="UTC")
    assert isinstance(draft, MentionDraft)
    assert draft.published_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (draft.author, draft.text, draft.url) == ("pau", "Hola, bon dia", "https://a.example/1")
    assert (draft.lang, draft.followers, draft.country) == ("ca", 12, "FR")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_columns_of_a_file_are_told_apart_where_no_name_is_known(csv: Path, sign: str) -> None:
    rows = [["wer", "wann", "was"], ["ana", "2026-03-01", '"no, senyor; no | si"'], ["pau", "", "gens"]]
    csv.write_text("\n".join(sign.join(row) for row in rows))
    with pytest.raises(Invalid, match="among wer, wann, was; add"):
        read(csv, field_map={}, now=NOW)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["20/11/2025 11:00"], ["2025-11-20T11:00"]),
        (["3/4/2025"], ["2025-04-03T00:00"]),
        (["20.11.2025, 9:05:07", "01-12-2025 23:59"], ["2025-11-20T09:05:07", "2025-12-01T23:59"]),
        (["3/4/2025 12:05 AM", "11/20/2025 3:04 p.m."], ["2025-03-04T00:05", "2025-11-20T15:04"]),
        (["20/11/2025 11:00Z", "3/4/2025 9:00+02:00"], ["2025-11-20T11:00", "2025-04-03T07:00"]),
        (["3/4/2025"] * 300 + ["11/20/2025"], ["2025-03-04T00:00"] * 300 + ["2025-11-20T00:00"]),
        (["31/02/2025", "20/11/2025 25:00", "2025-11-20 x"], [None, None, None]),
    ],
)
def test_days_in_numbers_have_the_month_first_only_where_the_file_shows_it(
    csv: Path, written: list[str], meant: list[str | None]
) -> None:
    found = lines(csv, "text;fecha\n" + "".join(f"hola;{when}\n" for when in written), zone="UTC")
    expected = [datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None for time in meant]
    assert [one.published_at if isinstance(one, MentionDraft) else None for one in found] == expected


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_days_of_both_orders_in_one_column_are_a_question_before_anything_is_read(
    tmp_path: Path, name: str
) -> None:
    """However late the second stands: nobody can tell what 3/4 in between means."""
    days = ["11/20/2025", *["3/4/2025"] * 300, "20/11/2025"]
    written = {
        "a.csv": "text;fecha\n" + "".join(f"hola;{day}\n" for day in days),
        "a.jsonl": "\n".join(json.dumps({"text": "hola", "fecha": day}) for day in days),
    }
    with pytest.raises(Invalid, match="fecha: 11/20/2025 has the month first, 20/11/2025 the day") as refused:
        lines(tmp_path / name, written[name], zone="UTC")
    assert refused.value.field == "days"


def test_each_column_has_an_order_of_its_own(csv: Path) -> None:
    (found,) = lines(csv, "text;fecha;arrived\nhola;11/20/2025;21/11/2025\n", zone="UTC")
    assert isinstance(found, MentionDraft)
    assert (found.published_at.day, found.arrived_at and found.arrived_at.day) == (20, 21)


def test_what_is_wrong_is_said_in_the_words_of_the_file(csv: Path) -> None:
    content = "Missatge;Fecha;seguidores\nhola;ayer;1\n;2026-03-01T00:00:00Z;1\nhola;2026-03-01;1\n"
    assert [one[1].split(" ")[0] for one in shown(lines(csv, content))] == [
        "Fecha",
        "Missatge",
        "Fecha",
    ]


@pytest.mark.parametrize(
    ("told", "when", "meant"),
    [("11/20/2025", "05/11/2025", "2025-11-05"), ("20/11/2025", "11/20/2025", "2025-11-20")],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_days_that_people_write_about_say_nothing_of_how_the_file_writes_its_own(
    tmp_path: Path, name: str, told: str, when: str, meant: str
) -> None:
    text = f"{told}, they say, or on the {told}"
    written = {
        "a.csv": f'text;fecha\n"{text}";{when}\n',
        "a.jsonl": json.dumps({"text": text, "fecha": when}),
    }
    (found,) = lines(tmp_path / name, written[name], zone="UTC")
    assert isinstance(found, MentionDraft)
    assert found.published_at == datetime.fromisoformat(meant).replace(tzinfo=UTC)


def test_bad_csv_lines_are_named_and_the_rest_is_read(csv: Path) -> None:
    content = (
        b"\xef\xbb\xbfid,text,published_at\r\n"
        b'1,"two\nlines",2026-03-01T00:00:00Z\r\n'
        b"2,,2026-03-01T00:00:00Z\r\n"
        b"3,three\r\n"
        b"4,four,2026-03-01T00:00:00\r\n"
        b"5,caf\xe9,2026-03-01T00:00:00Z\r\n"
        b"\r\n"
        b"6,six,2027-03-01T00:00:00Z\r\n"
        b'7,"seven, and ""more""",2026-03-01T00:00:00Z\r\n'
    )
    assert shown(lines(csv, content)) == [
        "two\nlines",
        (4, "text must not be empty."),
        (5, "has 2 cells where the header has 3"),
        (6, "published_at has no UTC offset: write 2026-03-01T08:00:00Z, or state the time zone."),
        (7, "is not UTF-8"),
        (9, "its time is in the future; is the time zone right?"),
        'seven, and "more"',
    ]


def test_bad_json_lines_are_named_and_the_rest_is_read(jsonl: Path) -> None:
    content = b'{"text": "one"}\n\n{"text": \n[1]\n{"text": "caf\xe9"}\n{"txt": "no"}\n{"text": "two"}'
    found = shown(lines(jsonl, content))
    assert found[0] == "one"
    assert found[-1] == "two"
    assert [one[0] for one in found[1:-1]] == [3, 4, 5, 6]


def test_a_quotation_mark_that_is_never_closed_costs_its_row_only_so_far_as_it_reaches(csv: Path) -> None:
    found = lines(csv, 'id,text\n1,good\n2,"never closed\n' + "3,swallowed\n" * 30_000)
    assert shown(found)[0] == "good"
    assert isinstance(found[1], BadLine)
    assert found[1].number == 3


def test_a_stated_zone_reads_naive_times(csv: Path) -> None:
    (draft,) = lines(csv, "text,date\nhola,2026-03-01 09:00\n", zone="Europe/Madrid")
    assert isinstance(draft, MentionDraft)
    assert draft.published_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_a_field_map_goes_before_the_usual_names(csv: Path, jsonl: Path) -> None:
    (draft,) = lines(csv, "text,body\nwrong,right\n", text="body")
    assert isinstance(draft, MentionDraft)
    assert draft.text == "right"
    nested = json.dumps({"post": {"body": "right"}, "text": "wrong"})
    assert shown(lines(jsonl, nested, text="post.body")) == ["right"]


@pytest.mark.parametrize(
    ("field_map", "said"),
    [
        ({"txt": "text"}, "'txt' is not one of id, text"),
        ({"author": "who"}, "the file has only id, text"),
        ({"text": "id.text"}, None),
    ],
)
def test_an_unknown_map_is_refused_before_anything_is_read(
    csv: Path, field_map: dict[str, str], said: str | None
) -> None:
    if said is None:
        assert shown(lines(csv, "id,text\n1,hola\n", **field_map)) == [(2, "id.text must not be empty.")]
        return
    with pytest.raises(Invalid, match=said):
        lines(csv, "id,text\n1,hola\n", **field_map)


def test_a_file_without_a_text_column_says_what_it_has(csv: Path) -> None:
    with pytest.raises(Invalid, match=r"among id, words; add --map text=COLUMN"):
        lines(csv, "id,words\n1,hola\n")


@pytest.mark.parametrize("name", ["nowhere.csv", "folder.csv", "mentions.xlsx"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(Invalid):
        read(tmp_path / name, field_map={}, now=NOW)


@pytest.mark.parametrize("content", [b"", b"\n", b"id,text\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_mentions(csv: Path, content: bytes) -> None:
    assert lines(csv, content) == []


def test_wide_lines_are_not_all_held_to_find_the_columns(jsonl: Path) -> None:
    wide = f'{{"text": "x", "published_at": "2026-03-01T10:00:00Z", "a": [{"[]," * 10_000}[]]}}\n'
    jsonl.write_text(wide * 40)
    tracemalloc.start()
    try:
        found = list(read(jsonl, field_map={}, now=NOW))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [one.text for one in found if isinstance(one, MentionDraft)] == ["x"] * 40
    assert peak < 20_000_000, "forty lines take 24 MB"


def test_a_look_at_the_beginning_ends_after_so_many_characters() -> None:
    assert beginning(iter("ab"), 200) == ["a", "b"]
    assert beginning(iter("abc"), 2) == ["a", "b"]
    wide = "x" * (AHEAD // 3)
    assert len(beginning(iter([wide] * 200), 200)) == 4


def test_real_crises_are_read_whole(shared: Path) -> None:
    for name, count in (
        ("2013_spain_train_crash.csv", 1000),
        ("2013_lac_megantic_train_crash.csv", 1000),
        ("apple_dec2014.csv", 3885),
    ):
        found = list(read(shared / "data" / "replay" / name, field_map={}, now=NOW))
        assert [one for one in found if isinstance(one, BadLine)] == []
        assert len({one.native_id for one in found if isinstance(one, MentionDraft)}) == count


@pytest.mark.parametrize(
    "header",
    [
        "Datum;Nutzer;Inhalt;Reichweite",
        "Veröffentlicht am;Nutzername;Beitrag;Reichweite",
        "Data e ora;Autore;Testo;Portata",
        "Data de publicação;Utilizador;Conteúdo;Alcance",
    ],
)
def test_the_usual_headers_of_our_neighbours(csv: Path, header: str) -> None:
    (found,) = lines(csv, f"{header}\n2026-03-01 10:00;ana;Das Schiff steht;1.200\n", zone="UTC")
    assert isinstance(found, MentionDraft)
    assert (found.text, found.author, found.reach) == ("Das Schiff steht", "ana", 1200)
