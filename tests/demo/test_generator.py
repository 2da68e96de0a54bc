"""The invented public: one seed, one history; varied, in four languages, calm on calm days."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from mentions.coordination import COPY_SHARE
from mentions.copies import Index, sketch
from mentions.drafts.draft import MentionDraft
from mentions.judging.enrich import whole_text
from mentions.judging.matcher import Matchable, Matcher
from mentions.texts.text import Text
from tests.mentions.makers import scorer
from tocsin.demo.generator import HOME, KINDS, calm, crisis

START = datetime(2026, 3, 1, tzinfo=UTC)
WEEK = 7 * 24 * 60
QUERIES = [(1, "almadia OR almadiaferries"), (2, "brisa OR brisadrinks")]
BRANDS = {"almadia": [1], "brisa": [2]}


def negative_share(drafts: list[MentionDraft]) -> float:
    judged = scorer().score([one.text for one in drafts], [one.lang for one in drafts])
    return sum(one.label == "negative" for one in judged) / len(judged)


def brand_of(kind: str) -> str:
    return "brisa" if kind == "product_defect" else "almadia"


def test_one_seed_is_one_history() -> None:
    assert calm(random.Random(1), START, 600, 1, "brisa") == calm(random.Random(1), START, 600, 1, "brisa")
    assert calm(random.Random(1), START, 600, 1, "brisa") != calm(random.Random(2), START, 600, 1, "brisa")


@pytest.mark.parametrize("brand", ["almadia", "brisa"])
def test_calm_days_have_their_rate_their_rhythm_and_a_quarter_of_complaints(brand: str) -> None:
    drafts = calm(random.Random(3), START, WEEK, 2.0, brand)
    assert 0.9 < len(drafts) / (2.0 * WEEK) < 1.1
    assert [one.published_at for one in drafts] == sorted(one.published_at for one in drafts)
    assert START < drafts[0].published_at < drafts[-1].published_at < START + timedelta(minutes=WEEK)
    hours = Counter(one.published_at.astimezone(HOME).hour for one in drafts)
    assert hours[20] > 5 * hours[3]
    assert 0.15 < negative_share(drafts) < 0.30


def test_minute_by_minute_is_as_much_as_all_at_once() -> None:
    rng = random.Random(4)
    noon = START + timedelta(hours=11)
    single = [len(calm(rng, noon + timedelta(minutes=at), 1, 3.0, "brisa")) for at in range(600)]
    whole = len(calm(rng, noon, 600, 3.0, "brisa"))
    assert 0.85 < sum(single) / whole < 1.15


@pytest.mark.parametrize("kind", KINDS)
def test_a_crisis_rises_within_minutes_and_is_mostly_negative(kind: str) -> None:
    drafts = crisis(random.Random(5), START, 180, kind, brand_of(kind))
    per_minute = Counter(int((one.published_at - START).total_seconds() // 60) for one in drafts)
    assert sum(per_minute[at] for at in range(3)) > 5
    assert per_minute[0] < per_minute[4] < 1.5 * max(per_minute[at] for at in range(10, 20))
    assert sum(per_minute[at] for at in range(170, 180)) < 0.5 * sum(per_minute[at] for at in range(10, 20))
    assert negative_share(drafts) > 0.5


@pytest.mark.parametrize("brand", ["almadia", "brisa"])
def test_every_text_is_about_its_brand_and_no_other(brand: str) -> None:
    drafts = calm(random.Random(6), START, 2 * 24 * 60, 2.0, brand)
    for kind in KINDS:
        if brand_of(kind) == brand:
            drafts += crisis(random.Random(6), START, 60, kind, brand)
    matched = Matcher(QUERIES).match([Matchable(one.text) for one in drafts])
    assert [one.text for one, found in zip(drafts, matched, strict=True) if found != BRANDS[brand]] == []


def test_texts_are_whole_sentences_without_left_over_slots() -> None:
    drafts = calm(random.Random(7), START, WEEK, 1.0, "almadia") + calm(
        random.Random(7), START, WEEK, 1.0, "brisa"
    )
    for kind in KINDS:
        drafts += crisis(random.Random(7), START, 60, kind, brand_of(kind))
    assert [one.text for one in drafts if set(one.text) & set("[]{}|") or "  " in one.text] == []
    assert {one.lang for one in drafts} == {"en", "es", "ca", "fr"}


@pytest.mark.parametrize(
    ("lang", "wrong"),
    [
        ("es", (" a el ", " de el ")),
        ("ca", (" de Almadía", "d'@", " a el ", " de el ", " a els ", " de els ", " per el ")),
        ("fr", (" de Almadía", "d'@", " à le ", " de le ", " à les ", " de les ")),
    ],
)
def test_articles_and_names_run_together_as_they_do_in_speech(lang: str, wrong: tuple[str, ...]) -> None:
    drafts = calm(random.Random(7), START, WEEK, 1.0, "almadia")
    for kind in KINDS:
        drafts += crisis(random.Random(7), START, 60, kind, brand_of(kind))
    spoken = [one.text for one in drafts if one.lang == lang and any(each in one.text for each in wrong)]
    assert spoken == []


def test_texts_are_not_near_identical() -> None:
    drafts = calm(random.Random(8), START, 24 * 60, 1.0, "almadia")
    words = [Text(one.text).tokens for one in drafts]
    alike = sum(
        len(one & other) > 0.9 * len(one | other)
        for at, one in enumerate(words)
        for other in words[max(0, at - 50) : at]
    )
    assert alike < 0.01 * 50 * len(words)
    assert len({one.text for one in drafts}) > 0.95 * len(drafts)


def test_ids_are_unique_and_authors_many() -> None:
    drafts = calm(random.Random(9), START, WEEK, 2.0, "brisa")
    assert len({one.native_id for one in drafts}) == len(drafts)
    assert Counter(one.author for one in drafts).most_common(20)[-1][1] < 0.02 * len(drafts)
    assert all(one.url and one.url.startswith(f"https://{one.domain}/") for one in drafts)
    assert all(one.domain and one.domain.endswith(".example") for one in drafts)


def copied(drafts: list[MentionDraft]) -> float:
    """The share of copies by the product's own rule."""
    index: Index[None] = Index()
    copies = 0
    for number, made in enumerate(sketch([whole_text(one) for one in drafts])):
        repost = drafts[number].repost_of is not None
        if repost or index.find(made) is not None:
            copies += 1
        elif index.tells(made):
            index.add(number, made, None)
    return copies / len(drafts)


def test_people_use_their_own_words() -> None:
    days = calm(random.Random(10), START, 4 * 24 * 60, 0.6, "almadia")
    assert copied(days) < 0.15
    assert 0.1 < copied(crisis(random.Random(10), START, 30, "service_outage", "almadia")) < COPY_SHARE


def test_a_crisis_has_threads_quotes_reposts_and_the_press() -> None:
    drafts = crisis(random.Random(11), START, 45, "service_outage", "almadia", peak_per_minute=120)
    known: dict[str, MentionDraft] = {}
    for one in drafts:
        for name in (one.reply_to, one.repost_of):
            assert name is None or name in known
        known[one.native_id] = one
    assert sum(one.reply_to is not None for one in drafts) > 100
    assert sum(one.thread == drafts[0].thread for one in drafts) < len(drafts) / 10
    papers = [one for one in drafts if one.kind == "article"]
    assert 20 < len(papers) < len(drafts) / 20
    assert all(one.title and one.reach for one in papers)
    assert len({one.country for one in drafts}) > 5
