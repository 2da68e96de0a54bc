"""GDELT's articles as mentions."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.sources.base import Items, Trouble
from mentions.sources.gdelt.article import read_article, read_list
from mentions.sources.gdelt.look import next_window
from mentions.sources.payload import judged
from tests.mentions.sources import fuzz, golden

TEXT = (Path(__file__).parent / "artlist.txt").read_text()


def read(text: str) -> Items:
    drafts, rejected = judged(read_list(text), lambda article: read_article(article, now=golden.NOW))
    return Items(drafts, rejected=rejected)


@pytest.mark.parametrize("payload", golden.payloads("gdelt"), ids=golden.name)
def test_articles_become_mentions(payload: Path) -> None:
    golden.check(payload, read(payload.read_text()))


@pytest.mark.parametrize(
    "seen",
    ["20260301T020000Z", "20260301020000", "2026-03-01T02:00:00Z", "2026-03-01 02:00:00", "20260301T020000"],
)
def test_when_gdelt_saw_it_is_read_however_it_is_written(seen: str) -> None:
    article = {"url": "https://news.example/a", "title": "Ferry adrift", "seendate": seen}
    draft = read_article(article, now=golden.NOW)
    assert draft.published_at.isoformat() == "2026-03-01T02:00:00+00:00"


def test_an_article_with_a_very_long_address_is_not_lost() -> None:
    long = "https://n.example/" + "a" * 600
    drafts = [read_article({"url": f"{long}{end}", "title": "t"}, now=golden.NOW) for end in "xyx"]
    assert [draft.url for draft in drafts] == [f"{long}{end}" for end in "xyx"]
    assert len({draft.native_id for draft in drafts}) == 2


@given(fuzz.mutated({"articles": read_list(TEXT)}))
def test_nothing_that_a_server_sends_is_more_than_rejected(answer: Any) -> None:
    try:
        found = read(json.dumps(answer))
    except Trouble:
        return
    for draft in found.drafts:
        fuzz.check_sound(draft)


@given(st.text(alphabet="\\\"{}[]:,u0041'n \n", max_size=60))
def test_no_text_crashes_it(text: str) -> None:
    with suppress(Trouble):
        assert isinstance(read_list(text), list)


@pytest.mark.parametrize(
    ("text", "permanent", "patient"),
    [
        ("Your query was too short or too long.", True, False),
        ("The specified phrase is too short.", True, False),
        ("Please limit requests to one every 5 seconds or contact us for larger queries.", False, True),
        ("<!DOCTYPE html><html><body><h1>We'll be right back</h1></body></html>", False, True),
        ('{"articles": [{"url": "https://news.exam', False, False),
        ("[]", False, False),
    ],
)
def test_gdelt_answers_200_whatever_happens(text: str, permanent: bool, patient: bool) -> None:
    with pytest.raises(Trouble) as caught:
        read_list(text)
    assert caught.value.permanent is permanent
    assert (caught.value.retry_after is not None) is patient


@pytest.mark.parametrize("text", ["", " \n", "{}", '{"articles": []}'])
def test_no_article_is_no_trouble(text: str) -> None:
    assert read(text) == Items([])


@given(
    st.dictionaries(st.sampled_from(["since", "end", "until"]), st.one_of(fuzz.ODD, st.datetimes().map(str)))
)
def test_a_window_is_one_whatever_the_cursor_says(cursor: Any) -> None:
    window = next_window(cursor, golden.NOW)
    assert golden.NOW - timedelta(days=8) < window.since < window.end <= window.until <= golden.NOW
