"""What the table of languages is learnt from."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from mentions.language import gather


@pytest.mark.parametrize(
    ("asked", "told", "said"),
    [
        ("Delete %(name)s?", "Voleu suprimir %(name)s?", ["Voleu suprimir  ?"]),
        ("{0} <b>rows</b>", "{0} <b>files</b>\n", ["files"]),
        (("A row", "%d rows"), ("Una fila", "%d files"), ["Una fila", "files"]),
        ("Save", "Save", []),
        ("Save", "", []),
        ("Save", None, []),
    ],
)
def test_a_message_is_taken_where_it_is_translated(
    asked: gather.Forms, told: gather.Forms, said: list[str]
) -> None:
    assert [" ".join(one.split()) for one in gather._forms(asked, told)] == [
        " ".join(one.split()) for one in said
    ]


def test_a_word_is_as_likely_as_each_letter_after_those_before_it() -> None:
    model = {"a": math.log(0.5), "b": math.log(0.25), "ab": math.log(0.8), "abb": math.log(0.1)}
    assert gather._likelihood(model, "abb") == pytest.approx(math.log(0.5 * 0.8 * 0.1))
    assert gather._likelihood(model, "bb") == pytest.approx(2 * math.log(0.25) - gather.BACK_OFF)
    assert gather._likelihood(model, "c") == -gather.UNSEEN


def test_likelier_fragments_are_drawn_more_often_and_always_the_same() -> None:
    model = {"casa": -1.0, "casas": -0.1, "casaq": -6.0}
    drawn = gather._fragments(model, random.Random("es"))
    assert set(drawn) <= {"casas", "casaq"}
    assert drawn.count("casas") > 50 * drawn.count("casaq")
    assert drawn == gather._fragments(model, random.Random("es"))


def test_posts_are_of_the_sources_whose_terms_are_clear(tmp_path: Path) -> None:
    rows = "label\tsource\ttext\npositive\tsemeval_en\tlovely\nnegative\tumsab_en\tno\n"
    (tmp_path / "train_en.tsv").write_text(rows, encoding="utf-8")
    assert gather._posts(tmp_path, "en") == ["lovely"]
    assert gather._posts(tmp_path, "sv") == []


def test_what_is_not_installed_is_asked_for() -> None:
    with pytest.raises(SystemExit, match=r"\.\[languages\]"):
        gather._package("gruut_lang_xx")
