"""The query language: any text is a query or is refused with a place in it; what was read holds together."""

from __future__ import annotations

from mentions.judging.matcher import Matcher
from mentions.query import Matchable, Unreadable, parse, written

SEEDS = [
    b'almadia OR "brisa limon" -marina',
    b"(tren OR bus*) NEAR/5 (tarde OR retras*) lang:(ca OR es)",
    b'title:"de noche" site:example.com followers:>1.5k author:"Anna Puig"',
    "@marta.bsky.social #almad* 東京 -kind:review".encode(),
]


def one(data: bytes) -> None:
    """Half of the bytes are a query, and all of them are a text."""
    text = data.decode("utf-8", "replace")
    query = text[: (len(text) + 1) // 2] if len(text) % 2 else text
    try:
        read = parse(query)
    except Unreadable as refusal:
        if not 1 <= refusal.position <= len(query) + 1:
            raise AssertionError(f"no place in the query: {refusal.position}") from refusal
        return
    item = Matchable(text, title=text[:50], author=text[:20], followers=len(text))
    assert parse(written(read.root)).root == read.root
    assert (Matcher([(1, query)]).match([item]) == [[1]]) is read.matches(item)
