"""Field maps: every way to say where a field stands, and that no item can make them stumble."""

from __future__ import annotations

import json
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from mentions.drafts import json_paths
from mentions.drafts.draft import FIELDS
from mentions.drafts.field_map import compiled, split
from mentions.drafts.kinds import kind_of

ITEM = {
    "body": "hola",
    "empty": "",
    "none": None,
    "nested": {"deep": {"er": 7}, "a.b": "dotted", "a|b": "barred"},
    "plain.dotted": "whole",
    "tags": [{"label": "one"}, {"label": None}, {"label": "two"}],
    "author": {"id": 9, "name": "", "handle": "@pau", "followers": 31},
    "source": {"name": "Harbour News", "type": "online_news", "country": "ES"},
    "gone": True,
}


@pytest.mark.parametrize(
    ("field", "where", "found"),
    [
        ("text", "body", "hola"),
        ("text", "nested.deep.er", 7),
        ("text", "plain.dotted", "whole"),
        ("text", "$.body", "hola"),
        ("text", "$['plain.dotted']", "whole"),
        ("text", "$.nested['a|b']", "barred"),
        ("text", "$.tags[*].label", "one\ntwo"),
        ("id", "$.tags[*].label", "one"),
        ("id", "$.tags[-1].label", "two"),
        ("text", "$.tags[?@.label == 'two' || @.label == 'no'].label", "two"),
        ("text", "$..er", 7),
        ("text", "empty | none | $.missing | body", "hola"),
        ("text", "missing | =nothing said", "nothing said"),
        ("kind", "=review", "review"),
        ("kind", "source.type", "article"),
        ("kind", "missing", None),
        ("author", "author", "@pau"),
        ("author", "author.id", "9"),
        ("deleted", "gone", True),
        ("text", "missing", None),
        ("text", "body.deeper", None),
    ],
)
def test_places(field: str, where: str, found: object) -> None:
    assert compiled({field: where}).read(ITEM)[field] == found


def test_the_usual_places() -> None:
    read = compiled({}).read(ITEM)
    assert (read["author"], read["followers"], read["country"]) == ("@pau", 31, "ES")
    assert read["kind"] == "article"


@pytest.mark.parametrize(
    ("where", "content", "found"),
    [
        (None, [1, 2], [1, 2]),
        (None, {"mentions": [1]}, [1]),
        (None, {"text": "alone"}, [{"text": "alone"}]),
        (None, {"id": 4, "deleted": True}, [{"id": 4, "deleted": True}]),
        (None, {"mentions": {}}, None),
        (None, {"other": [1]}, None),
        (None, "text", None),
        ("data.items", {"data": {"items": [1, 2]}}, [1, 2]),
        ("$.data[*].post", {"data": [{"post": {"a": 1}}, {"post": {"a": 2}}, {}]}, [{"a": 1}, {"a": 2}]),
        ("$.data[*].post", {"data": [{"post": {"a": 1}}]}, [{"a": 1}]),
        ("$.data", {"data": "no list"}, None),
        ("$.data", 7, None),
        ("$", [1], [1]),
        ("data.items", {"data": {"items": []}}, []),
        ("$.data[*]", {"data": []}, []),
        ("other | $.data", {"data": []}, []),
        ("$.data[*]", {"data": None}, None),
        ("$.data[*]", {"mentions": []}, None),
    ],
)
def test_where_the_items_are(where: str | None, content: object, found: object) -> None:
    assert compiled({"items": where} if where else {}).listed(content) == found


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"txt": "body"}, "txt"),
        ({"text": "$.["}, "text"),
        ({"text": "$..a..b"}, "text"),
        ({"text": "a || b"}, "text"),
        ({"text": "|"}, "text"),
        ({"text": "$." + "a" * 500}, "text"),
        ({"items": "$[?@.a ==]"}, "items"),
        ({"text": "$" + "[?@" * 100}, "text"),
        ({"text": "$" + "['a','a']" * 40 + ".zz"}, "text"),
        ({"text": "$['a','b']['c','d']"}, "text"),
        ({"text": "$..[" + ",".join("*" * 30) + "]"}, "text"),
        ({"text": "$.." + "[*]" * 30}, "text"),
        ({"text": "$[?$.a]"}, "text"),
        ({"items": "$[?@[?@.a]]"}, "items"),
        ({"text": "$[?@.b == 1 && !(@[*])]"}, "text"),
        ({"text": "$[?match(@.a, '(a*)*b')]"}, "text"),
    ],
)
def test_a_map_that_makes_no_sense_names_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as found:
        compiled(given)
    assert found.value.field == field


def test_an_item_that_is_nested_too_deep_costs_itself() -> None:
    deep: Any = "text"
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(Invalid, match="nested too deep"):
        compiled({"text": "$..x"}).read({"a": deep})
    with pytest.raises(Invalid, match="nested too deep"):
        compiled({"items": "$..x"}).listed({"a": deep})


def test_paths_whose_work_stays_in_bounds_are_taken() -> None:
    spec = "$..tags[?@.kind == 'b' || @.n > 5].label | $.x['label','name']"
    tags = [{"kind": "a", "n": 1}, {"kind": "b", "n": 0, "label": "B"}, {"n": 9, "label": "C"}]
    assert compiled({"text": spec}).read({"deep": {"tags": tags}})["text"] == "B\nC"


@given(st.text(alphabet="ab |'\"[]()\\$.", max_size=30))
def test_the_alternatives_together_are_what_was_written(spec: str) -> None:
    assert "|".join(split(spec)) == spec


@given(st.text(max_size=40))
def test_whatever_stands_in_a_map_is_read_or_refused(where: str) -> None:
    try:
        field_map = compiled({"text": where, "items": where})
    except Invalid:
        return
    field_map.read(ITEM)
    field_map.listed([ITEM])


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "name", "mentions"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_whatever_an_item_is_it_is_read_or_refused(value: Any) -> None:
    field_map = compiled({"text": "$.text[*] | $..name | title", "items": "$..mentions"})
    field_map.listed(value)
    try:
        read = field_map.read(value)
    except Invalid:
        assert not isinstance(value, dict)
        return
    assert set(read) == set(FIELDS)
    json.dumps(read)


names = st.sampled_from(["text", "name", "mentions"])
steps = st.one_of(
    names.map(lambda name: f".{name}"), st.integers(-3, 2).map(lambda at: f"[{at}]"), st.just("[*]")
)


@given(st.lists(steps, max_size=4), json_values)
def test_a_path_of_steps_alone_finds_what_the_library_does(path: list[str], value: Any) -> None:
    spec = "$" + "".join(path)
    wanted = [] if not isinstance(value, dict | list) else jsonpath_rfc9535.find(spec, value).values()
    assert repr(json_paths.reader(spec)(value)) == repr(wanted[0] if len(wanted) == 1 else wanted or None)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("BLOG,BLOG_OTHER", "article"),
        ("SOCIALMEDIA,SOCIALMEDIA_YOUTUBE", "video"),
        ("tveyes_radio", "audio"),
        ("Product Review", "review"),
        ("Phone-Call", "call"),
        ("Not labeled", "post"),
        ("", "post"),
        (None, "post"),
        (7, "post"),
    ],
)
def test_kinds(word: object, kind: str) -> None:
    assert kind_of(word) == kind
