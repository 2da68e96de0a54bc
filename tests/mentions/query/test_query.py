"""What a monitor's query finds."""

from __future__ import annotations

import pytest

from mentions.judging.matcher import Matcher
from mentions.query import Matchable, parse, written


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
        ("#almadia", "#almadiaferries", False),
        ("@almadia", "hola @ALMADIA", True),
        ("@almadia", "escriu a info@almadia.example", False),
        ("@marta.bsky.social", "gràcies @marta.bsky.social!", True),
        ("@marta.bsky.social", "marta.bsky.social", False),
        ("tren retraso", "el retraso del tren", True),
        ("tren retraso", "el tren", False),
        ("tren AND retraso", "tren con retraso", True),
        ("tren OR barco", "un barco", True),
        ("tren OR barco rojo", "un barco", False),
        ("(tren OR barco) rojo", "un barco rojo", True),
        ('"brisa limón"', "una BRISA de limón", False),
        ('"brisa limon"', "una Brisa, limón", True),
        ("“brisa limon”", "una Brisa, limón", True),
        ("«brisa limon»", "una Brisa, limón", True),
        ('"brisa"', "la brisa", True),
        ("brisa -marina", "la brisa marina", False),
        ("brisa –marina", "la brisa marina", False),
        ("brisa -marina", "una brisa fría", True),
        ("+brisa", "una brisa fría", True),
        ('brisa NOT "brisa marina"', "brisa del mar", True),
        ("brisa AND NOT marina", "brisa marina", False),
        ("NOT mar brisa", "brisa", True),
        ("brisa -(mar OR viento)", "brisa y viento", False),
        ("lac-mégantic", "à Lac-Mégantic hier", True),
        ("lac-mégantic", "Mégantic, le lac", False),
        ("l'estació", "a l’estació", True),
        ("AT&T", "sur AT&T, encore", True),
        ('"or" blanc', "l'or blanc", True),
        ("ﬁn", "fin", True),
        ("almadia", "alma\u00addia", True),
        ("almadia", "", False),
        ("restaurant near station", "the station near a restaurant", True),
        # wildcards
        ("almad*", "els almadians", True),
        ("almad*", "almad", True),
        ("almad*", "calmadia", False),
        ("can*lat*", "el tren se canceló, cancelaciones", False),
        ("can*lac*", "cancelaciones", True),
        ("#almad*", "#AlmadiaFerries", True),
        ("#almad*", "almadiaferries", False),
        ('"servicio* minimo*"', "los servicios mínimos de hoy", True),
        ('"servicio* minimo*"', "servicios de mínimos", False),
        ("cancel*", "cancel" + "a" * 41, False),
        ("cancel*", "cancel" + "a" * 40, True),
        # near
        ("tren NEAR/3 tarde", "el tren llega muy tarde", True),
        ("tren NEAR/2 tarde", "el tren llega muy tarde", False),
        ("tarde NEAR/3 tren", "el tren llega muy tarde", True),
        ("tren near/3 tarde", "el tren llega muy tarde", True),
        ("tren NEAR/1 tarde", "tren tarde", True),
        ("tren NEAR/5 tren", "el tren", False),
        ("tren NEAR/5 tren", "tren, tren", True),
        ('"muy tarde" NEAR/2 tren', "el tren llega muy tarde", True),
        ('tren NEAR/2 "muy tarde"', "el tren no llega muy tarde", False),
        ("(tren OR bus) NEAR/2 (tarde OR retras*)", "bus con retrasos", True),
        ("#tren NEAR/2 retras*", "tren con retrasos", False),
        ("#tren NEAR/2 retras*", "#tren con retrasos", True),
        ("tren NEAR/2 tarde -lunes", "tren tarde el lunes", False),
        # scripts without blanks
        ("東京", "今日は東京タワーに行った", True),
        ("東京", "京東", False),
        ('"東京 タワー"', "東京 タワー", True),
        ("か", "が", False),
        ("삼성", "삼성은 크다", True),
        ("사", "삼성", False),
        ("東京 NEAR/2 タワー", "今日は東京タワーに行った", True),
        ("กรุงเทพ", "ไปกรุงเทพมา", True),
    ],
)
def test_what_a_text_must_have(query: str, text: str, fits: bool) -> None:
    item = Matchable(text)
    assert parse(query).matches(item) is fits
    assert Matcher([(1, query)]).match([item]) == ([[1]] if fits else [[]])


ITEM = Matchable(
    "Dos hores esperant la barca",
    title="Retards al port de Maó",
    lang="ca",
    source="El Far",
    source_kind="rss",
    author="@Anna Puig",
    followers=1_500,
    domain="noticies.elfar.example",
    country="ES",
    kind="article",
)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("lang:ca", True),
        ("language:CA", True),
        ("lang:es", False),
        ("lang:(ca OR es) barca", True),
        ("barca -lang:ca", False),
        ("source:rss", True),
        ('source:"el far"', True),
        ("source:far", False),
        ("site:elfar.example", True),
        ("domain:noticies.elfar.example", True),
        ("site:https://www.elfar.example/", True),
        ("site:far.example", False),
        ("site:(else.example OR elfar.example)", True),
        ('author:"anna puig"', True),
        ('author:"@Anna Puig"', True),
        ("author:anna", False),
        ("followers:>1k", True),
        ("followers:>=1.5K", True),
        ("followers:>1500", False),
        ("followers:<2M", True),
        ("followers:<=1499", False),
        ("followers:=1500", True),
        ("kind:article", True),
        ("kind:review", False),
        ("country:es", True),
        ("country:FR", False),
        ("title:retards", True),
        ("title:barca", False),
        ('title:"port de mao"', True),
        ("intitle:retard*", True),
        ("title:(retards -barca)", True),
        ('"mao dos"', False),
        ("mao NEAR/100 dos", False),
        ("mao dos", True),
        ("retards NEAR/2 port", True),
        ("hores NEAR/2 esperant", True),
    ],
)
def test_what_an_item_must_be(query: str, fits: bool) -> None:
    assert parse(query).matches(ITEM) is fits
    assert Matcher([(1, query)]).match([ITEM]) == ([[1]] if fits else [[]])


@pytest.mark.parametrize("query", ["lang:ca", "followers:>=0", "followers:<1", "site:x.example", "author:x"])
def test_what_is_not_known_is_not_found(query: str) -> None:
    unknown = Matchable("barca", kind="post")
    assert not parse(query).matches(unknown)
    assert parse(f"barca -{query}").matches(unknown)


def test_a_query_that_went_bad_does_not_silence_the_others() -> None:
    assert Matcher([(1, "((("), (2, "tren")]).match([Matchable("un tren")]) == [[2]]


def test_ids_come_in_order_whatever_finds_them() -> None:
    queries = [(9, "barca"), (3, "lang:ca"), (7, "followers:>1"), (5, "retards"), (4, "tren")]
    assert Matcher(queries).match([ITEM, ITEM._replace(lang="es", title=None)]) == [[3, 5, 7, 9], [7, 9]]


def test_no_monitors_find_nothing() -> None:
    assert Matcher([]).match([ITEM]) == [[]]


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("Almadía and_co", "almadia and_co"),
        ("a AND b OR NOT c d", "(a b) OR (-c d)"),
        ("lang:(ca OR es)", "lang:ca OR lang:es"),
        ("“Brisa  Limón” near/5 (“or” OR b)", '"brisa limon" NEAR/5 ("or" OR b)'),
        ("followers:>=1.5k site:https://www.x.example/", "followers:>=1500 site:x.example"),
        ('author:"Anna Puig"', 'author:"anna puig"'),
    ],
)
def test_what_was_understood_in_one_form(query: str, form: str) -> None:
    assert written(parse(query).root) == form
