"""Why a line is no mention, in the languages of the house: all that can be said of one, and the value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mentions
from kit.languages import OTHERS
from mentions.importing.files import BadLine, read
from mentions.sources.faults import FAULTS
from mentions.sources.troubles import TROUBLES
from tests.alerts.wording.test_phrases import sample
from tests.mentions.sources import golden

FOUND_BY = {
    "ValueError": ("published_at {}.", 0),
    "BadLine": ("{}", 1),
    "_bad": ("{}", 1),
    "Invalid": ("{}", 0),
}
"""Which argument says what is wrong, and what it stands in."""
JUDGES = ("drafts/draft.py", "importing/tables.py", "sources/columns.py", "sources/values.py")
"""What judges a line."""


def faults() -> Iterator[str]:
    for judge in JUDGES:
        tree = ast.parse((Path(mentions.__path__[0]) / judge).read_text())
        for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
            within, place = FOUND_BY.get(getattr(call.func, "id", ""), ("", len(call.args)))
            for said in call.args[place : place + 1]:
                if (text := sample(said)) and text not in ("{} {}.", "published_at 7."):
                    yield within.format(text)


@pytest.mark.parametrize("language", OTHERS)
def test_all_that_can_be_wrong_with_a_line_has_its_words(language: str) -> None:
    found = list(faults())
    assert len(found) > 20, "the scan finds them"
    assert [text for text in found if FAULTS.told(text, language) == text] == []


BAD = """\
id,text,published_at,followers,url
1,hola,yesterday,3,https://a.example
2,hola,2026-03-01T08:00:00,3,https://a.example
3,hola,2026-03-01T08:00:00Z,many,https://a.example
4,,2026-03-01T08:00:00Z,3,https://a.example
5,hola,2026-03-01T08:00:00Z,3,ftp://a.example
6,hola,2031-03-01T08:00:00Z,3,https://a.example
7,hola
"""


def test_a_fault_has_its_line_and_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(BAD)
    found = [one for one in read(path, field_map={}, now=golden.NOW) if isinstance(one, BadLine)]
    assert [(one.number, one.value, FAULTS.told(one.reason, "ca")) for one in found] == [
        (2, "", "Hora: no és cap hora com ara 2026-03-01T08:00:00Z: 'yesterday'."),
        (
            3,
            "2026-03-01T08:00:00",
            "Hora: no diu la diferència amb UTC: escriu 2026-03-01T08:00:00Z o indica la zona horària.",
        ),
        (4, "many", "Seguidors: ha de ser un nombre enter de 0 a 9007199254740992."),
        (5, "", "Text: no pot ser buit."),
        (6, "ftp://a.example", "Enllaç: ha de començar per http:// o https://."),
        (7, "2031-03-01T08:00:00+00:00", "La seva hora és en el futur; és correcta la zona horària?"),
        (8, "", "Té 2 cel·les i la capçalera, 5"),
    ]


def test_a_fault_of_an_export_has_the_value_too() -> None:
    found = read(golden.HERE / "exports" / "meltwater_2022.csv", field_map={}, now=golden.NOW)
    late = next(one for one in found if isinstance(one, BadLine))
    assert FAULTS.told(late.reason, "es") == "Date: no es una hora que se pueda leer."
    assert late.value


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"text": }', "N’est pas du JSON\xa0: il manque une valeur au caractère 10"),
        ('{"text" 1}', "N’est pas du JSON\xa0: il manque un deux-points au caractère 9"),
        ("[1]", "N’est pas un objet JSON"),
        (
            r'{"text": "\x"}',
            "N’est pas du JSON\xa0: une barre oblique inverse précède un signe qui n’en veut pas"
            " au caractère 11",
        ),
        (
            r'{"text": "\u1"}',
            "N’est pas du JSON\xa0: il manque quatre chiffres hexadécimaux après \\u au caractère 12",
        ),
        (
            '\ufeff{"text": "a"}',
            "N’est pas du JSON\xa0: une marque d’ordre des octets (BOM) est là au caractère 1",
        ),
        (
            f'{{"text": {"9" * 5000}}}',
            "N’est pas du JSON\xa0: il a un nombre trop long, NaN ou Infinity",
        ),
        (
            f'{{"text": {"[" * 100_000}',
            "N’est pas du JSON\xa0: il est imbriqué trop profondément pour être lu",
        ),
    ],
)
def test_broken_json_lines(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"text": "hola"}\n' + line)
    (bad,) = (one for one in read(path, field_map={}, now=golden.NOW) if isinstance(one, BadLine))
    assert FAULTS.told(bad.reason, "fr") == told


def test_a_batch_of_nothing_but_faults_is_told_too() -> None:
    told = TROUBLES.told("Nothing of it is a mention: text must not be empty.", "es")
    assert told == "Nada de lo enviado es una mención: Texto: no puede estar vacío."
