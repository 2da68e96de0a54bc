"""The language of short posts."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.language import identify, known
from mentions.language.scripts import by_script
from mentions.language.table import Table

SHARED = Path(__file__).parents[4] / "shared" / "data" / "sentiment"

POSTS = [
    ("en", "The checkout keeps failing and nobody at support is answering my emails"),
    ("en", "Just landed, thanks to the crew for a smooth flight"),
    ("es", "Llevo tres días esperando el pedido y nadie me coge el teléfono"),
    ("es", "Hoy hemos abierto la tienda nueva, venid a vernos esta tarde"),
    ("ca", "Fa tres dies que espero la comanda i ningú no m'agafa el telèfon"),
    ("ca", "Avui hem obert la botiga nova, veniu a veure'ns aquesta tarda"),
    ("fr", "J'attends ma commande depuis trois jours et personne ne me répond"),
    ("fr", "Nous avons ouvert le nouveau magasin, venez nous voir cet après-midi"),
    ("pt", "Estou há três dias à espera da encomenda e ninguém me atende o telefone"),
    ("it", "Aspetto l'ordine da tre giorni e nessuno mi risponde al telefono"),
    ("de", "Ich warte seit drei Tagen auf die Bestellung und niemand geht ans Telefon"),
    ("nl", "Ik wacht al drie dagen op mijn bestelling en niemand neemt de telefoon op"),
]


@pytest.mark.parametrize(("lang", "text"), POSTS)
def test_a_sentence_is_told(lang: str, text: str) -> None:
    assert identify([text])[0].code == lang


def test_handles_links_and_hashtags_do_not_count() -> None:
    noise = "@thebestshop #blackfriday https://example.org/the/english/path "
    assert identify([noise + "encara no ha arribat el paquet que vaig demanar"])[0].code == "ca"


def test_fewer_than_four_words_are_taken_at_the_declared_language() -> None:
    found = identify(["No comment", "No comment"], declared=["fr", None])
    assert found[0].code == "fr"
    assert found[0].confidence <= 0.5


def test_four_words_speak_for_themselves() -> None:
    assert identify(["ningú no em vol respondre"], declared=["en"])[0].code == "ca"


@pytest.mark.parametrize("text", ["", "   ", "@shop", "https://example.org", "🔥🔥🔥", "12 345"])
def test_a_text_without_words_is_undetermined(text: str) -> None:
    assert identify([text]) == [("und", 0.0)]
    assert identify([text], declared=["ca"])[0].code == "ca"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "Мой заказ так и не пришёл"),
        ("uk", "Моє замовлення так і не прийшло"),
        ("el", "Η παραγγελία μου δεν ήρθε"),
        ("ar", "لم يصل طلبي بعد"),
        ("ja", "注文がまだ届いていません"),
        ("zh", "我的订单还没有到"),
        ("ko", "주문이 아직 도착하지 않았습니다"),
    ],
)
def test_other_scripts_are_told_by_their_letters(lang: str, text: str) -> None:
    assert identify([text])[0].code == lang


def test_a_foreign_name_does_not_turn_a_latin_text() -> None:
    assert by_script("We saw Москва on the map and then went home") is None


def test_confidence_grows_with_evidence() -> None:
    short, long = identify(["la comanda", "la comanda encara no ha arribat i ningú no em respon"])
    assert short.confidence < long.confidence


def test_the_products_languages_come_first() -> None:
    assert set(known()[:4]) == {"en", "es", "ca", "fr"}


def test_a_broken_table_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mentions\.language\.train"):
        Table(b"something else")


def test_lists_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        identify(["one", "two"], declared=["en"])


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_text_gets_an_answer(texts: list[str]) -> None:
    found = identify(texts)
    assert len(found) == len(texts)
    assert all(0 <= one.confidence <= 1 for one in found)


def test_a_huge_text_is_told_by_its_beginning() -> None:
    assert identify(["el servei no funciona i ningú respon " * 50_000])[0].code == "ca"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared development texts are not here")
def test_the_bar_on_development_posts() -> None:
    """98 % here on texts of any length; see docs/measurements/sentiment.md for the exact figures."""
    for lang in ("en", "es", "fr", "ca"):
        with (SHARED / f"dev_{lang}.tsv").open(encoding="utf-8") as lines:
            texts = [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
        right = Counter(one.code == lang for one in identify(texts))[True]
        assert right / len(texts) > 0.96, lang
