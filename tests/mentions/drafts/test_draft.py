"""One mention as the outside sends it: every field may be missing, null, hostile or huge."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kit.errors import Invalid
from mentions.drafts.draft import MAX_TEXT, MentionDraft, parse
from mentions.drafts.field_map import compiled

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def read(**fields: object) -> MentionDraft:
    return parse(fields, now=NOW)


def test_a_whole_mention_is_read_as_it_is_written() -> None:
    draft = read(
        id=359949548937945091,
        text=" Descarrila un tren ",
        published_at="2026-03-10T03:00:00+01:00",
        author="marta",
        followers="1200",
        url="https://social.example/1",
        lang="es-ES",
    )
    assert draft == MentionDraft(
        native_id="359949548937945091",
        text=" Descarrila un tren ",
        published_at=datetime(2026, 3, 10, 2, 0, tzinfo=UTC),
        author="marta",
        followers=1200,
        url="https://social.example/1",
        lang="es",
        domain="social.example",
    )


def test_all_that_a_source_may_know_is_read() -> None:
    draft = read(
        id="7",
        text="Body",
        title=" Headline ",
        kind="Article",
        thread="t1",
        reply_to=12,
        repost_of="https://social.example/1",
        reach="12000",
        country="es",
        place="Vigo",
        uri="at://did:plc:a/app.bsky.feed.post/3k",
        revised_at=1_700_000_000,
        domain="www.News.Example",
    )
    assert (draft.title, draft.kind, draft.thread, draft.reply_to) == ("Headline", "article", "t1", "12")
    assert (draft.repost_of, draft.reach, draft.country) == ("https://social.example/1", 12_000, "ES")
    assert (draft.place, draft.uri) == ("Vigo", "at://did:plc:a/app.bsky.feed.post/3k")
    assert (draft.revised_at, draft.domain) == (datetime.fromtimestamp(1_700_000_000, UTC), "news.example")


def test_a_deletion_needs_no_text_but_an_id() -> None:
    assert read(id="7", deleted=True) == replace(read(id="7", text="x"), text="", deleted=True)
    assert read(id="7", text="x", deleted="no").deleted is False
    with pytest.raises(Invalid) as refused:
        read(deleted=True)
    assert refused.value.field == "id"


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "tweet"), ("reach", -1), ("thread", "x" * 501), ("uri", "x" * 2001), ("deleted", "perhaps")],
)
def test_what_is_known_wrongly_is_refused(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        read(id="7", text="x", **{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("absent", [{}, {"id": None}, {"id": "  "}])
def test_without_an_id_the_same_post_is_the_same_mention(absent: dict[str, object]) -> None:
    one, again = read(text="hola", author="a", **absent), read(text="hola", author="a", **absent)
    other = read(text="hola", author="b", **absent)
    assert one.native_id == again.native_id != other.native_id


def test_everything_but_the_text_may_be_missing_or_null() -> None:
    nothing = dict.fromkeys(("author", "followers", "url", "lang", "published_at", "arrived_at"))
    assert read(text="hola", **nothing) == read(text="hola")
    assert read(text="hola").published_at == NOW


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        ("2026-03-10T01:02:03Z", datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)),
        ("2026-03-10 01:02:03+00:00", datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)),
        (1773104523, datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)),
        ("1773104523", datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)),
        (1773104523000, datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)),
    ],
)
def test_times_come_in_several_forms(published_at: object, expected: datetime) -> None:
    assert read(text="hola", published_at=published_at).published_at == expected


def test_a_time_without_offset_needs_a_stated_zone() -> None:
    naive = {"text": "hola", "published_at": "2026-03-10 02:02:03"}
    with pytest.raises(Invalid, match="published_at has no UTC offset"):
        parse(naive, now=NOW)
    draft = parse(naive, now=NOW, zone=ZoneInfo("Europe/Madrid"))
    assert draft.published_at == datetime(2026, 3, 10, 1, 2, 3, tzinfo=UTC)


def test_what_is_no_time_is_said_so_in_words_of_ours() -> None:
    with pytest.raises(Invalid, match=r"^published_at is no time such as .*Z: 'the other day'\.$"):
        read(text="hola", published_at=" the other day")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", None),
        ("text", ""),
        ("text", " \n\t "),
        ("text", "\0\0"),
        ("text", 7),
        ("text", ["hola"]),
        ("text", "x" * (MAX_TEXT + 1)),
        ("id", True),
        ("id", {"$oid": "1"}),
        ("id", 1.5),
        ("id", "x" * 501),
        ("id", "a\0b"),
        ("id", "a\ud800"),
        ("published_at", "yesterday"),
        ("published_at", "2026-02-30T00:00:00Z"),
        ("published_at", "0001-01-01T00:00:00+14:00"),
        ("published_at", "0001-01-02T00:00:00Z"),
        ("published_at", "1899-12-31T23:59:59Z"),
        ("published_at", "9999-12-31T23:59:59Z"),
        ("published_at", 1e300),
        ("published_at", "NaN"),
        ("published_at", True),
        ("published_at", []),
        ("author", 12),
        ("author", "x" * 501),
        ("followers", -1),
        ("followers", "many"),
        ("followers", 1.5),
        ("followers", float("inf")),
        ("followers", 10**400),
        ("followers", True),
        ("url", "javascript:alert(1)"),
        ("url", "https://" + "x" * 2000),
        ("url", 1),
    ],
)
def test_a_malformed_field_is_named(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        read(**{"text": "hola", field: value})
    assert refusal.value.field == field


@pytest.mark.parametrize("lang", ["klingon language", "", 7, "x"])
def test_a_declared_language_that_is_none_is_only_no_hint(lang: object) -> None:
    assert read(text="hola", lang=lang).lang is None


@pytest.mark.parametrize("not_an_object", [None, [], "text", 1, [{"text": "hola"}]])
def test_a_mention_is_an_object(not_an_object: object) -> None:
    with pytest.raises(Invalid, match="object"):
        parse(not_an_object, now=NOW)


def test_what_the_database_cannot_hold_is_mended() -> None:
    draft = read(text="a\0b \ud83d\ude00 c\ud800", author="x\0\udfffy")
    assert draft.text == "ab \ufffd\ufffd c\ufffd"
    assert draft.author == "x\ufffdy"


def test_marks_that_pile_up_on_a_letter_are_cut() -> None:
    heap = "\u0316\u0300\u0327\u031b" * 2_000
    assert read(text=f"a{heap} b{heap}").text == f"a{heap[:30]} b{heap[:30]}"
    assert read(text="x", title=f"a{heap[:900]}").title == f"a{heap[:30]}"


@pytest.mark.parametrize(
    "letters", ["Ha\u0301 fallat ", "سَيِّئٌ جِدًّا ", "שָׁלוֹם ", "แย่มาก ", "क्षत्रिय ", "z" + "\u0310" * 30, "😡"]
)
def test_the_marks_of_a_language_stay(letters: str) -> None:
    text = letters * (MAX_TEXT // len(letters))
    assert read(text=text).text == text


def test_a_field_map_renames_and_reaches_into_nested_objects() -> None:
    status = {"body": "hola", "user": {"screen_name": "marta", "stats": {"followers": 3}}, "id": 9}
    where = compiled({"text": "body", "author": "user.screen_name", "followers": "user.stats.followers"})
    draft = parse(where.read(status), now=NOW)
    assert (draft.text, draft.author, draft.followers, draft.native_id) == ("hola", "marta", 3, "9")
    assert parse(where.read({"body": "hola", "user": None}), now=NOW).author is None


texts = st.text(st.sampled_from("a1 :-.TZ/é\0\ud83d\udfff😀"), max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(texts, inside, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(["id", "text", "published_at", "author", "followers", "url", "lang", "arrived_at"])


@given(st.dictionaries(fields, json_values))
def test_whatever_comes_is_a_storable_draft_or_a_named_field(obj: dict[str, object]) -> None:
    outcome = outcome_of(obj)
    if isinstance(outcome, Invalid):
        assert outcome.field in {*obj, "text"}
        return
    outcome.text.encode()
    assert "\0" not in outcome.text + outcome.native_id + (outcome.author or "")
    assert outcome.published_at.tzinfo is UTC


def outcome_of(obj: dict[str, object]) -> MentionDraft | Invalid:
    try:
        return parse(obj, now=NOW)
    except Invalid as error:
        return error
