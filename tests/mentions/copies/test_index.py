"""What is a copy and what only looks like one, and a memory that is bounded."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.copies import Index, sketch
from mentions.copies.index import LAST_NUMBER

FERRY = "The ferry to Palma has been cancelled again and nobody at the port of Barcelona tells us anything"
AVERIA = "Llevamos tres horas parados en el túnel, sin luz ni información, y nadie da explicaciones"
PARAULES = st.text(alphabet=string.ascii_lowercase + "éàçñ", min_size=1, max_size=9)
TEXTS = st.lists(PARAULES, min_size=8, max_size=60).map(" ".join)


def folded(*texts: str, index: Index[None] | None = None) -> list[int]:
    """For each text the place of the first one of its story."""
    kept = Index[None](stories=100, slots=1 << 10) if index is None else index
    stories = []
    for place, one in enumerate(sketch(texts)):
        found = kept.find(one)
        if found is None:
            kept.add(place, one, None)
        stories.append(found.story if found else place)
    return stories


@pytest.mark.parametrize("original", [FERRY, AVERIA])
@pytest.mark.parametrize(
    "alter",
    [
        lambda text: f"RT @somebody: {text}",
        lambda text: f"RT @somebody: {text[:70]}…",
        lambda text: f"{text[:66]}...",
        lambda text: f"{text[:64]} …",
        lambda text: f"{text} https://t.co/xYz123",
        lambda text: f"{text} t.co/xYz123 pic.twitter.com/aBc",
        lambda text: f"{text} #fail #SOS 😡🤦‍♀️",
        lambda text: text.upper(),
        lambda text: text.lower().replace(",", "").replace("ú", "u").replace("ó", "o"),
        lambda text: text.replace(" ", "  ").replace("ú", "u\u0301"),
        lambda text: text.translate({ord(a): 0x1D41A + ord(a) - 97 for a in string.ascii_lowercase}),
        lambda text: f"{text} via @somebody",
        lambda text: f"So true! {text}",
        lambda text: f"Wow. RT @somebody: {text}",
        lambda text: f"{text} (Reuters)",
        lambda text: text.replace(text.split()[3], "maybe").replace(text.split()[9], "always"),
    ],
)
def test_an_altered_copy_joins_its_story(original: str, alter: object) -> None:
    assert callable(alter)
    other = "Quite another text about the weather of this week in the mountains of the north"
    assert folded(other, original, alter(original)) == [0, 1, 1]


def test_running_numbers_begin_anew_when_they_end() -> None:
    """After ten days at 5,000 a second."""
    index = Index[None](stories=100, slots=1 << 10)
    index._number = LAST_NUMBER - 1
    assert folded(FERRY, AVERIA, FERRY, AVERIA, index=index) == [0, 1, 0, 1]


def test_an_article_under_another_headline_joins_its_story() -> None:
    body = " ".join(f"sentence {number} of what happened to them there" for number in range(40))
    assert folded(f"Engine fails. {body}", f"Hundreds adrift for a night. {body} (AFP)") == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("me too", "me too"),
        ("gràcies", "gràcies"),
        ("moltes gràcies a tots", "moltes gràcies a tots"),
        (
            "Delayed flight 123 to Oslo, we are sorry for the inconvenience",
            "Delayed flight 456 to Rome, we are sorry for the inconvenience",
        ),
        (
            "Delayed flight to Oslo, we are sorry for the inconvenience",
            "Delayed flight to Rome, we are sorry for the inconvenience",
        ),
        (
            "Retrasos de 12 minutos en la línea por avería en la señalización",
            "Retrasos de 30 minutos en la línea por avería en la señalización",
        ),
        (
            "The ferry to Palma broke down, we have been waiting at the port since noon",
            "Waiting at the port since noon with two children because the ferry broke down",
        ),
        (
            "Anyone want a ticket for the Harbour Lights on Friday? sixty euros",
            "does anyone here want to buy a ticket for the Harbour Lights on Friday night, I have two left",
        ),
        ("", ""),
        ("😡😡😡 https://t.co/a", "😡😡😡 https://t.co/b"),
    ],
)
def test_what_only_looks_alike_stays_apart(one: str, other: str) -> None:
    assert folded(one, other) == [0, 1]


def test_short_texts_fold_only_as_declared_reposts() -> None:
    index: Index[None] = Index(stories=10, slots=1 << 4)
    short, repost, other = sketch(["me too", "RT @x: me too", "RT @y: me three"])
    assert index.find(short) is None
    assert index.find(repost) is None
    index.add(1, repost, None)
    assert index.find(short) is None
    assert index.find(short, repost=True) is not None
    assert index.find(other) is None


def test_a_repost_that_was_cut_early_is_found_by_the_words_left() -> None:
    long = f"{FERRY}, not even when the next one goes"
    assert folded(long, "RT @x: The ferry to Palma ha…") == [0, 0]
    assert folded(long, "The ferry to Palma ha…") == [0, 1]
    assert folded(long, "RT @x: The ferry to Ibiza ha…") == [0, 1]


def test_a_quote_in_a_long_text_does_not_make_it_a_copy() -> None:
    long = f"{FERRY}. " + " ".join(f"excuse{n} after reason{n}" for n in range(18))
    assert folded(FERRY, long) == [0, 1]


def test_a_chain_of_small_changes_does_not_end_in_another_story() -> None:
    words = FERRY.split()
    chain = [" ".join([f"w{n}" for n in range(changed)] + words[changed:]) for changed in range(len(words))]
    stories = folded(*chain)
    assert stories[1] == 0
    assert stories[-1] != 0


@given(TEXTS)
def test_the_same_words_are_one_story_whatever_is_hung_on(text: str) -> None:
    assert folded(text, f"RT @x: {text.upper()} https://t.co/1") == [0, 0]


@given(st.lists(st.text(max_size=80), max_size=20))
def test_a_sketch_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    assert sketch(texts) == [sketch([text])[0] for text in texts]


def test_a_batch_of_hostile_texts_is_sketched() -> None:
    texts = [
        "\x1e" * 9,
        "a" * 20_000,
        "\ud800 half",
        "\U0010ffff" * 5,
        "٣٤ ١٢",
        "日本語の文章です",
        "@ @@ #",
        "...",
    ]
    made = sketch(texts)
    assert len(made) == len(texts)
    assert [one.words for one in made][:2] == [0, 1]


def test_memory_holds_so_many_stories_and_no_more() -> None:
    rng = random.Random(1)
    index: Index[None] = Index(stories=50, slots=1 << 8)
    texts = [" ".join(str(rng.random()) for _ in range(8)) for _ in range(500)]
    folded(*texts, index=index)
    assert len(index) == 50
    old, new = sketch([texts[0], texts[-1]])
    assert index.find(old) is None
    assert index.find(new) is not None


def test_what_was_rolled_back_is_forgotten() -> None:
    index: Index[None] = Index(stories=50, slots=1 << 8)
    (made,) = sketch([FERRY])
    index.add(7, made, None)
    index.forget({7})
    assert index.find(made) is None
    index.add(8, made, None)
    found = index.find(made)
    assert found is not None
    assert found.story == 8
