"""What is told of new words and fast stories, by tables and properties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.arrivals.claims import Arrival, Looked, gravest
from alerts.arrivals.said import Past, Said, Spread, in_own_words
from alerts.arrivals.words import Known, clusters
from alerts.detection.settings import BALANCED, FEWER, MORE
from alerts.detection.severity import reweigh, weigh

USUAL = [f"thing{number}" for number in range(30)]
PAST = Past(500_000, 9_000, 14.0, 2_000, 0.25, frozenset(USUAL), (3, 0, 4, 2, 5, 3, 3))


def said(number: int, *words: str, account: str = "", sentiment: str = "neutral", harm: bool = False) -> Said:
    """A mention with two usual words of its own beside those given."""
    own = (USUAL[number % 30], USUAL[(number // 30 + number + 1) % 30])
    spelled = {word: word for word in (*own, *words)}
    return Said(number, account or f"@{number}", 1_000 + number, spelled, sentiment, harm)


def crowd(people: int, usual: int = 60, sentiment: str = "negative", harm: bool = False) -> list[Said]:
    """So many say that it is salmonella, beside what is usual."""
    new = [said(n, "salmonella", sentiment=sentiment, harm=harm) for n in range(people)]
    return [*new, *(said(100 + n) for n in range(usual))]


def looked(mentions: list[Said], **values: object) -> Looked:
    given: dict[str, object] = {
        "stories": [],
        "past": PAST,
        "settings": BALANCED,
        "campaign": False,
        **values,
    }
    return Looked(1_200, in_own_words(mentions), **given)  # type: ignore[arg-type]


def level(found: Arrival | None) -> str:
    return "" if found is None else weigh(found.inputs).level


@pytest.mark.parametrize(
    ("mentions", "values", "expected"),
    [
        (crowd(12), {}, "amber"),
        (crowd(35), {}, "amber"),
        (crowd(35, harm=True), {}, "red"),
        (crowd(12, sentiment="neutral"), {}, "green"),
        (crowd(12, sentiment="neutral", harm=True), {}, "amber"),
        (crowd(12, sentiment="positive"), {}, ""),
        (crowd(12), {"campaign": True}, "amber"),
        (crowd(12, sentiment="neutral"), {"campaign": True}, ""),
        (crowd(5), {}, ""),
        (crowd(5), {"settings": MORE}, "amber"),
        (crowd(8), {"settings": FEWER}, ""),
        (crowd(12, usual=400), {}, ""),  # of four hundred, a twelfth of a twentieth is chatter
        (crowd(12), {"past": replace(PAST, texts=120)}, ""),
        (crowd(12), {"past": replace(PAST, days=0.5)}, ""),
        (crowd(12), {"past": replace(PAST, known=PAST.known | {"salmonella"})}, ""),
        (crowd(12), {"past": replace(PAST, negative=0.9)}, "green"),  # they are always cross
        ([said(n, "salmonella", account="@fury", sentiment="negative") for n in range(40)], {}, ""),
        (crowd(0), {}, ""),
        ([], {}, ""),
    ],
)
def test_which_new_words_are_told_and_how_grave_they_are(
    mentions: list[Said], values: dict[str, object], expected: str
) -> None:
    assert level(gravest(looked(mentions, **values))) == expected


def test_a_greeting_that_all_repeat_is_one_voice() -> None:
    wishes = [
        Said(n, f"@{n}", n, {"happy": "happy", "carnival": "carnival"}, "neutral", False) for n in range(50)
    ]
    assert gravest(looked([*wishes, *crowd(0)])) is None


def test_the_graver_of_two_groups_is_told() -> None:
    match = [said(200 + n, "stadium", "goal", account=f"@fan{n}") for n in range(25)]
    found = gravest(looked([*crowd(12), *match]))
    assert found is not None
    assert [one["term"] for one in found.evidence["arrived"]["terms"]] == ["salmonella"]


def test_words_that_go_together_are_one_group_written_as_people_write_them() -> None:
    mentions = [replace(said(n), words={"averia": "avería", "motor": "motor"}) for n in range(6)]
    mentions += [replace(said(9), words={"averia": "averia", "paella": "paella"})]
    (group,) = clusters(mentions, frozenset())
    assert group.terms == (("avería", 7), ("motor", 6))


def test_a_word_is_known_from_its_third_text_on() -> None:
    assert Known([["a", "b"], ["a", "b"], ["a"]]).words == {"a"}


@given(st.permutations(range(30)), st.integers(8, 30))
def test_order_within_a_minute_and_who_repeats_make_no_difference(order: list[int], people: int) -> None:
    mentions = [replace(one, minute=1_000) for one in crowd(people, 30 - people)]
    again = [replace(one, id=one.id + 5_000) for one in mentions]
    one, two = gravest(looked(mentions)), gravest(looked([*(mentions[i] for i in order), *again]))
    assert one == two


@given(st.integers(0, 60), st.integers(0, 300))
def test_one_more_who_says_it_makes_it_no_less_sure(people: int, usual: int) -> None:
    less, more = gravest(looked(crowd(people, usual))), gravest(looked(crowd(people + 1, usual)))
    if less is not None and usual >= people:
        assert more is None or more.evidence["score"] > less.evidence["score"]


@pytest.mark.parametrize(
    ("accounts", "values", "fastest", "expected"),
    [
        (30, {"negative": 28}, (3, 0, 4, 2, 5, 3, 3), "red"),
        (30, {"negative": 2}, (3, 0, 4, 2, 5, 3, 3), "green"),
        (30, {"negative": 2, "harm": True}, (3, 0, 4, 2, 5, 3, 3), "red"),
        (30, {"positive": 30}, (3, 0, 4, 2, 5, 3, 3), ""),
        (3, {"negative": 3, "copies": 900}, (0, 0, 0, 0), ""),  # three accounts, nine hundred copies
        (12, {"negative": 12}, (0, 0, 0, 0), "amber"),
        (12, {"negative": 12}, (9, 12, 10, 11), ""),
        (30, {"negative": 30}, (2, 60, 1, 40), ""),  # of some days much faster ones are known
        (30, {"negative": 30}, (2, 400, 1, 3, 2, 4, 2), "red"),  # of one day only
        (30, {"negative": 30}, (), ""),
    ],
)
def test_which_stories_are_told(
    accounts: int, values: dict[str, int], fastest: tuple[int, ...], expected: str
) -> None:
    given = {"copies": accounts, "negative": 0, "positive": 0, "harm": False, **values}
    story = Spread(7, 1_190, accounts=accounts, **given)  # type: ignore[arg-type]
    past = replace(PAST, fastest=fastest, days=float(len(fastest)))
    found = gravest(looked([], stories=[story], past=past))
    assert level(found) == expected
    if found is not None:
        severity = weigh(found.inputs)
        assert reweigh(severity.explained()) == severity
