"""Signs that accounts act together: each from its line on, none from few posts, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentions.coordination import Post, coordination

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def post(author: str | None, minute: float = 0, *, story: int | None = None, copy: bool = False) -> Post:
    return Post(author, NOON + timedelta(minutes=minute), story, copy)


def crowd(count: int) -> list[Post]:
    """People who each say one thing of their own."""
    return [post(f"person {number}", number, story=1000 + number) for number in range(count)]


def signs(posts: list[Post]) -> dict[str, float]:
    """What is told: the signs that are reached, and their values."""
    return {line.sign: line.value for line in coordination(posts) if line.reached}


def test_a_thousand_complaints_in_own_words_give_no_sign() -> None:
    assert signs(crowd(1000)) == {}


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 0), (19, 0), (20, 4)])
def test_of_less_than_twenty_posts_nothing_is_told(count: int, told: int) -> None:
    assert len(coordination([post("one", 0, story=1, copy=True)] * count)) == told


@pytest.mark.parametrize(("accounts", "told"), [(2, False), (3, True)])
def test_heavy_posters(accounts: int, told: bool) -> None:
    posts = crowd(60) + [post(f"busy {who}", at * 10) for who in range(accounts) for at in range(5)]
    assert ("heavy_posters" in signs(posts)) is told


def test_five_posts_in_more_than_an_hour_are_not_heavy() -> None:
    assert "heavy_posters" not in signs(
        crowd(60) + [post(f"busy {w}", at * 15) for w in range(9) for at in range(5)]
    )


@pytest.mark.parametrize(("own", "told"), [(9, False), (10, True)])
def test_the_busiest_account(own: int, told: bool) -> None:
    posts = crowd(40 - own) + [post("one", at * 30) for at in range(own)]
    assert ("top_account" in signs(posts)) is told


@pytest.mark.parametrize(("copies", "told"), [(19, False), (20, True)])
def test_the_share_of_copies(copies: int, told: bool) -> None:
    posts = crowd(100 - copies) + [post(f"c{at}", at * 61, story=at, copy=True) for at in range(copies)]
    assert signs(posts) == ({"copies": 0.2} if told else {})


@pytest.mark.parametrize(("minutes", "told"), [(29.9, True), (30, False)])
def test_accounts_that_tell_one_story_within_an_hour(minutes: float, told: bool) -> None:
    posts = crowd(60) + [post(f"c{at}", at * minutes, story=1) for at in range(3)]
    assert ("cluster" in signs(posts)) is told


def test_one_account_that_repeats_itself_is_no_cluster() -> None:
    assert "cluster" not in signs(crowd(60) + [post("one", at, story=1) for at in range(4)])


POSTS = st.lists(
    st.builds(
        post,
        st.sampled_from([None, "a", "b", "c", "d"]),
        st.integers(0, 300),
        story=st.sampled_from([None, 1, 2, 3]),
        copy=st.booleans(),
    ),
    max_size=60,
)


@given(POSTS, st.randoms())
def test_the_order_of_posts_does_not_matter(posts: list[Post], rng: object) -> None:
    shuffled = list(posts)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert coordination(posts) == coordination(shuffled)


@given(POSTS)
def test_values_are_shares_and_numbers_of_accounts(posts: list[Post]) -> None:
    values = {line.sign: line.value for line in coordination(posts)}
    accounts = len({one.author for one in posts if one.author})
    if values:
        assert 0 <= values["top_account"] <= 1
        assert 0 <= values["copies"] <= 1
        assert max(values["cluster"], values["heavy_posters"]) <= accounts
