"""What a monitor's query finds, and how one that cannot be read is answered."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from mentions.matcher import Matcher
from mentions.query import parse


@pytest.mark.parametrize(
    ("query", "text", "fits"),
    [
        ("almadia", "Ahir vaig agafar l'Almadía", True),
        ("ALMADÍA", "almadia!", True),
        ("almadia", "almadiaferries", False),
        ("almadia", "#Almadía", True),
        ("almadia", "gràcies @almadia", True),
        ("#almadia", "#Almadia avui", True),
        ("#almadia", "almadia avui", False),
        ("@almadia", "hola @ALMADIA", True),
        ("@almadia", "escriu a info@almadia.example", False),
        ("tren retraso", "el retraso del tren", True),
        ("tren retraso", "el tren", False),
        ("tren AND retraso", "tren con retraso", True),
        ("tren OR barco", "un barco", True),
        ("tren OR barco rojo", "un barco", False),
        ("(tren OR barco) rojo", "un barco rojo", True),
        ('"brisa limón"', "una BRISA de limón", False),
        ('"brisa limon"', "una Brisa, limón", True),
        ('"brisa"', "la brisa", True),
        ("brisa -marina", "la brisa marina", False),
        ("brisa -marina", "una brisa fría", True),
        ('brisa NOT "brisa marina"', "brisa del mar", True),
        ("NOT mar brisa", "brisa", True),
        ("brisa -(mar OR viento)", "brisa y viento", False),
        ("lac-mégantic", "à Lac-Mégantic hier", True),
        ("lac-mégantic", "Mégantic, le lac", False),
        ("l'estació", "a l’estació", True),
        ("and or not", "AND OR NOT", True),
        ("ﬁn", "fin", True),
        ("almadia", "alma\u00addia", True),
        ("almadia", "", False),
    ],
)
def test_what_fits(query: str, text: str, fits: bool) -> None:
    assert parse(query).matches(text) is fits
    assert Matcher([(1, query)]).match([text]) == ([[1]] if fits else [[]])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "something is missing here (position 1)"),
        ("   ", "something is missing here (position 4)"),
        ("tren OR", "something is missing here (position 8)"),
        ("OR tren", "OR stands where a word should (position 1)"),
        ("tren OR OR barco", "OR stands where a word should (position 9)"),
        ("(tren", "this bracket is never closed (position 1)"),
        ("tren)", "this bracket was never opened (position 5)"),
        ("()", "stands where a word should (position 2)"),
        ('tren "de noche', "the quotation mark is never closed (position 6)"),
        ('""', "holds no letter or digit (position 1)"),
        ("tren !!", "holds no letter or digit (position 6)"),
        ("tre*", "wildcards are not known here (position 1)"),
        ("-tren", "at least one word"),
        ("NOT tren", "at least one word"),
        ("tren OR -barco", "at least one word"),
        ("(" * 60 + "tren" + ")" * 60, "levels deep"),
        ("- " * 3, "holds no letter"),
        ("tren " * 1000, "at most 4,000 characters"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_position(query: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(query)
    assert said in refusal.value.message
    assert refusal.value.field == "query"


@given(st.text(alphabet='ab ()"-#@*NOTRAD', max_size=30))
def test_any_text_is_a_query_or_is_refused(query: str) -> None:
    with suppress(Invalid):
        assert parse(query).matches("a b") in (True, False)


words = st.sampled_from(["tren", "barco", "mar", "sol"])
queries = st.recursive(
    words | st.builds('"{} {}"'.format, words, words),
    lambda inside: (
        st.builds("({} OR {})".format, inside, inside)
        | st.builds("({} {})".format, inside, inside)
        | st.builds("({} -{})".format, inside, inside)
    ),
    max_leaves=6,
)


@given(st.lists(queries, min_size=1, max_size=5), st.lists(words, max_size=5))
def test_all_at_once_finds_what_one_by_one_finds(monitors: list[str], said: list[str]) -> None:
    text = " ".join(said)
    one_by_one = [number for number, query in enumerate(monitors) if parse(query).matches(text)]
    assert Matcher(list(enumerate(monitors))).match([text]) == [one_by_one]


def test_a_query_that_went_bad_does_not_silence_the_others() -> None:
    assert Matcher([(1, "((("), (2, "tren")]).match(["un tren"]) == [[2]]
