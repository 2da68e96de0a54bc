"""What holds for every query and every text."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.judging.matcher import Matcher
from mentions.query import Matchable, Reading, Unreadable, parse, written
from mentions.query.item import name_key
from mentions.query.nodes import And, Field, Followers, Near, Node, Not, Or, Titled, Words
from mentions.texts.text import fold, tokenise

WORDS = ["tren", "trens", "mar", "sol", "sole", "or", "not"]
word = st.sampled_from(WORDS)
starred = st.sampled_from(["tre*", "tren*", "sol*", "tre*s"])
texts = st.one_of(
    st.builds(lambda w: Words((w,)), word | starred),
    st.builds(lambda w: Words(tuple(w)), st.lists(word | starred, min_size=2, max_size=3)),
    st.builds(lambda sign, w: Words((sign + w,)), st.sampled_from("#@"), word | starred),
)
placed = texts | st.builds(lambda parts: Or(tuple(parts)), st.lists(texts, min_size=2, max_size=3))
LANGS, HOSTS, NAMES = ["ca", "es"], ["a.example", "b.a.example"], ["anna", "anna puig"]
fields = st.one_of(
    st.builds(Field, st.just("lang"), st.sampled_from(LANGS)),
    st.builds(Field, st.just("site"), st.sampled_from([*HOSTS, "example"])),
    st.builds(Field, st.just("author"), st.sampled_from(NAMES)),
    st.builds(Followers, st.sampled_from([">", ">=", "<", "<=", "="]), st.integers(0, 3)),
    st.builds(Titled, texts),
)
leaves = texts | fields | st.builds(Near, placed, placed, st.integers(1, 4))


def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)


trees = st.recursive(leaves, joined, max_leaves=8)
said = st.lists(st.sampled_from([*WORDS, "#tren", "@mar", "#sole", "Sólé"]), max_size=8).map(" ".join)
items = st.builds(
    Matchable,
    text=said,
    title=st.none() | said,
    lang=st.none() | st.sampled_from(LANGS),
    author=st.none() | st.sampled_from(["Anna", "@anna", "Anna Puig"]),
    followers=st.none() | st.integers(0, 3),
    domain=st.none() | st.sampled_from([*HOSTS, "xa.example"]),
)


@given(trees)
def test_written_and_read_again_it_is_the_same(tree: Node) -> None:
    query = written(tree)
    if tree.anchors() is None:
        with pytest.raises(Unreadable, match="at least one word"):
            parse(query)
    else:
        assert parse(query).root == tree


@given(st.lists(trees, min_size=1, max_size=6), st.lists(items, max_size=4))
def test_all_at_once_finds_exactly_what_trying_each_in_turn_finds(
    monitors: list[Node], given_items: list[Matchable]
) -> None:
    queries = [(number, written(tree)) for number, tree in enumerate(monitors) if readable(written(tree))]
    by_hand = [[number for number, _ in queries if plainly(monitors[number], item)] for item in given_items]
    assert Matcher(queries).match(given_items) == by_hand


def readable(query: str) -> bool:
    with suppress(Unreadable):
        return bool(parse(query))
    return False


def plainly(node: Node, item: Matchable) -> bool:
    """The meaning of a query, written down a second time without any speed."""
    head, body = tokenise(item.title or ""), tokenise(item.text)
    match node:
        case And(parts):
            return all(plainly(part, item) for part in parts)
        case Or(parts):
            return any(plainly(part, item) for part in parts)
        case Not(part):
            return not plainly(part, item)
        case Words():
            return bool(places(node, head) or places(node, body))
        case Titled(words):
            return bool(places(words, head))
        case Near(one, other, distance):
            return any(
                0 < (b[0] - a[1] if a[1] < b[0] else a[0] - b[1]) <= distance
                for side in (head, body)
                for a in places(one, side)
                for b in places(other, side)
            )
        case Followers(sign, number):
            compare = {">": int.__gt__, ">=": int.__ge__, "<": int.__lt__, "<=": int.__le__, "=": int.__eq__}
            return item.followers is not None and compare[sign](item.followers, number)
        case Field("lang", value):
            return item.lang == value
        case Field("site", value):
            return f".{item.domain or ''}".endswith(f".{value}")
        case Field("author", value):
            return name_key(item.author or "").lstrip("@") == value
    raise AssertionError(node)


def places(node: Words | Or, tokens: list[str]) -> list[tuple[int, int]]:
    """First and last word of each place."""
    if isinstance(node, Or):
        return [
            place for part in node.parts if isinstance(part, Words | Or) for place in places(part, tokens)
        ]
    size = len(node.parts)
    return [
        (at, at + size - 1)
        for at in range(len(tokens) - size + 1)
        if all(is_word(part, token) for part, token in zip(node.parts, tokens[at : at + size], strict=True))
    ]


def is_word(part: str, token: str) -> bool:
    pattern = ".{0,40}".join(map(re.escape, part.split("*")))
    return re.fullmatch(pattern, token if part[0] in "#@" else token.lstrip("#@")) is not None


hostile = st.text(max_size=200) | st.text(alphabet='ab()"-#@*:/~ \u0301東NOTREAD5lang', max_size=300)


@given(hostile)
def test_any_text_is_a_query_or_is_refused_with_a_place_in_it(query: str) -> None:
    refusal = None
    try:
        read = parse(query)
    except Unreadable as error:
        refusal = error
    if refusal is not None:
        assert 1 <= refusal.position <= len(query) + 1
        assert refusal.position + refusal.length <= max(len(query), refusal.position) + 1
    else:
        assert read.matches(Matchable(query)) in (True, False)
        assert parse(written(read.root)).root == read.root


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_longest_queries_and_texts_take_no_time_to_speak_of() -> None:
    queries = [
        "(" * 5_000,
        '"' * 9_999,
        "-" * 9_999 + "a",
        "a " * 5_000,
        "a OR " * 1_999 + "a",
        "aaa*a*a OR " * 900 + "b",
        f"({' OR '.join(['aaa*'] * 100)}) NEAR/100 ({' OR '.join(['aaa'] * 100)})",
        f"({' OR '.join(['aaa'] * 800)}) NEAR/5 ({' OR '.join(['b'] * 800)})",
        " OR ".join(["aaa NEAR/5 zzz"] * 550),
        " OR ".join(f"aaa NEAR/{distance} zzz" for distance in range(1, 100)),
        f"({' OR '.join(_echo('aaa', times) for times in range(1, 65))}) NEAR/5 zzz",
        "NOT " * 2_400 + "a",
        "lang:(" * 1_600,
        "\u0301" * 9_999,
    ]
    texts = ["a" * 20_000, "aaa " * 5_000, "aaaa" * 4_000 + " a", "@#" * 10_000, "東" * 20_000]
    texts.append("aaa " * 3_000 + "x " * 200 + "zzz " * 1_500)
    start = time.process_time()
    for query in queries:
        with suppress(Unreadable):
            Matcher([(1, query)]).match([Matchable(texts[1])])
            for text in texts:
                parse(query).matches(Matchable(text))
    assert time.process_time() - start < 12


def _echo(word: str, times: int) -> str:
    return f'"{" ".join([word] * times)}"'


@given(st.text(), st.text())
def test_the_words_of_a_reading_are_those_of_title_and_text(title: str, text: str) -> None:
    reading, whole = Reading(Matchable(text, title=title or None)), fold(f"{title}\n{text}")
    assert reading.words == re.findall(r"\w+", whole)
