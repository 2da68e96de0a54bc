"""Which department, and why: by table. Cases are told apart by who writes where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.triage.grouping import key_of, place_of
from mentions.triage.routing import CASES, DEFAULTS, TAGS, About, Routes, RoutingRule
from people.departments import Department

SLUGS = sorted({*DEFAULTS.values()})


def house(*slugs: str, rules: list[RoutingRule] | None = None) -> Routes:
    departments = {
        slug: Department(id=number, slug=slug, name=slug.title(), answer_minutes=60)
        for number, slug in enumerate(slugs or SLUGS, 1)
    }
    return Routes(rules or [], departments)


def rule(position: int, department_id: int | None = 1, **values: object) -> RoutingRule:
    given: dict[str, object] = {
        "label": "",
        "lang": "",
        "terms": "",
        "reason": "",
        "brand_id": None,
        **values,
    }
    return RoutingRule(position=position, department_id=department_id, **given)


def about(label: str = "complaint", brand_id: int = 1, lang: str = "en", text: str = "") -> About:
    return About(label, brand_id, lang, text)


@pytest.mark.parametrize("label", [*CASES, *TAGS, "praise"])
def test_every_label_has_a_department_in_a_full_house(label: str) -> None:
    route = house().of(about(label))
    assert route.department_id is not None
    assert route.reason == "", "pages say it in the reader's language"


def test_a_rule_without_a_reason_is_told_in_signs() -> None:
    rules = [rule(3, 7, label="threat", lang="ca", terms="jutjat")]
    assert (
        house(rules=rules).of(about("threat", lang="ca", text="al jutjat")).reason
        == "§ 3 · threat · ca · jutjat"
    )


def test_spam_goes_nowhere_and_a_missing_department_is_stood_in_for() -> None:
    assert house().of(about("spam")).department_id is None
    assert house("press").of(about("threat")).department_id == 1
    assert house("product").of(about("threat")).department_id is None


@pytest.mark.parametrize(
    ("values", "asked", "fits"),
    [
        ({"label": "question"}, about("question"), True),
        ({"label": "question"}, about("lead"), False),
        ({"brand_id": 2}, about(brand_id=2), True),
        ({"brand_id": 2}, about(brand_id=1), False),
        ({"lang": "fr"}, about(lang="ca"), False),
        ({"terms": "gluten, sans gluten"}, about(text="Y a-t-il du GLUTEN ?"), True),
        ({"terms": "cafè"}, about(text="un CAFE si us plau"), True),
        ({"terms": "glut"}, about(text="gluten"), False),
        ({"terms": " , ,"}, about(text="gluten"), False),
    ],
)
def test_a_rule_fits_or_not(values: dict[str, object], asked: About, fits: bool) -> None:
    found = house(rules=[rule(1, 99, **values)]).of(asked)
    assert (found.department_id == 99) is fits


def test_the_first_rule_that_fits_counts_and_says_why() -> None:
    rules = [rule(1, 5, label="lead"), rule(2, 6, terms="refund", reason="money matters"), rule(3, 7)]
    found = house(rules=rules).of(about(text="I want a refund"))
    assert (found.department_id, found.reason) == (6, "money matters")


def test_a_rule_may_say_nowhere() -> None:
    assert house(rules=[rule(1, None, lang="de")]).of(about(lang="de")).department_id is None


def key(author: str | None = "a", thread: str | None = "t", **values: object) -> str:
    given: dict[str, object] = {"place": "x.example", "story_id": 3, "mention_id": 4, **values}
    return key_of(author=author, thread=thread, **given)  # type: ignore[arg-type]


def test_one_author_and_thread_is_one_key_and_anything_else_another() -> None:
    assert key() == key(mention_id=99, story_id=98)
    assert key("A") == key("a")
    assert len({key(), key("b"), key(thread="u"), key(place="y.example"), key(None), key(None, None)}) == 6
    assert place_of(1, "x.example") == place_of(2, "x.example") != place_of(1, None) != place_of(2, None)
    assert key(None, None) == key(None, None, mention_id=99)  # the story
    assert key(None, None, story_id=None) != key(None, None, story_id=None, mention_id=99)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_keys_hold_for_any_text(author: str, thread: str, other: str, elsewhere: str) -> None:
    assert len(key(author, thread)) == 64
    if author and other and author.lower() != other.lower():
        assert key(author, thread) != key(other, thread) or "\x1f" in author + other + thread


def test_praise_goes_by_itself_only_where_a_rule_sends_praise() -> None:
    rules = [rule(1, 5, lang="ca"), rule(2, 6, label="praise", brand_id=1)]
    ways = house(rules=rules)
    assert ways.by_itself(about("praise", lang="ca")).department_id == 6
    assert ways.by_itself(about("praise", brand_id=2, lang="ca")).department_id is None
    assert ways.by_itself(about("question", lang="ca")).department_id == 5
    assert ways.of(about("praise", brand_id=2)).department_id is not None, "where somebody raises it"
