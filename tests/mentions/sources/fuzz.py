"""Payloads as no server should send them: fixtures with parts taken away, swapped and made absurd."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mentions.drafts.draft import (
    KINDS,
    MAX_FOLLOWERS,
    MAX_SHORT,
    MAX_TEXT,
    MAX_TITLE,
    MAX_URL,
    YEARS,
    MentionDraft,
    storable,
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "\ud800", "x" * 30_000, "javascript:alert(1)", "9999-12-31T23:59:59-23:59", "&#0;<p"]
    ),
    st.lists(
        st.one_of(st.none(), st.text(max_size=5), st.dictionaries(st.text(max_size=3), st.none())), max_size=3
    ),
    st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.integers()), max_size=3),
)


def mutated(payload: Any) -> st.SearchStrategy[Any]:
    """The payload with up to four of its parts replaced or taken away."""
    paths = list(_paths(payload))
    change = st.tuples(st.sampled_from(paths), st.one_of(ODD, st.just(_GONE)))
    return st.lists(change, max_size=4).map(lambda changes: _changed(payload, changes))


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes with some of them torn out and others in their place."""
    torn = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(torn)))
        end = draw(st.integers(start, min(len(torn), start + 40)))
        torn[start:end] = draw(st.binary(max_size=8))
    return bytes(torn)


_GONE = object()


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Any:
    yield here
    if isinstance(value, dict):
        for name in value:
            yield from _paths(value[name], (*here, name))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _paths(value[index], (*here, index))


def _changed(payload: Any, changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
    for path, odd in changes:
        payload = _put(payload, path, odd)
    return payload


def _put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy with `odd` at the path, as far as an earlier change left the path there."""
    if not path:
        return None if odd is _GONE else odd
    if isinstance(value, dict) and path[0] in value:
        copy = dict(value)
        if len(path) == 1 and odd is _GONE:
            del copy[path[0]]
        else:
            copy[path[0]] = _put(copy[path[0]], path[1:], odd)
        return copy
    if isinstance(value, list) and isinstance(path[0], int) and path[0] < len(value):
        return [_put(item, path[1:], odd) if index == path[0] else item for index, item in enumerate(value)]
    return value


def check_sound(draft: MentionDraft) -> None:
    """Nothing that could not be stored or shown, whatever was sent."""
    assert draft.native_id
    assert draft.native_id == draft.native_id.strip()
    assert bool(draft.text.strip()) is not draft.deleted
    assert len(draft.text) <= MAX_TEXT
    assert draft.kind in KINDS
    for text in (draft.native_id, draft.author, draft.place, draft.thread, draft.reply_to, draft.domain):
        assert text is None or len(text) <= MAX_SHORT
    for text in (draft.url, draft.uri, draft.repost_of):
        assert text is None or len(text) <= MAX_URL
    assert draft.url is None or draft.url.lower().startswith(("http://", "https://"))
    assert draft.title is None or len(draft.title) <= MAX_TITLE
    for text in (draft.native_id, draft.text, draft.author, draft.url, draft.title, draft.uri, draft.thread):
        assert text is None or text == storable(text)
    for number in (draft.followers, draft.reach):
        assert number is None or 0 <= number <= MAX_FOLLOWERS
    for time in (draft.published_at, draft.arrived_at, draft.revised_at):
        assert time is None or (time.utcoffset() is not None and time.year in YEARS)
