"""Crises in a stream of mentions: each kind of trouble, and what must not open an incident."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from alerts.detection.crises import Campaign, Incident, Mention, incidents
from alerts.detection.weight import Weigher

START = 1_736_121_600  # a Monday, midnight UTC
DAY = 86_400
DAYS = 7
ONSET = START + DAYS * DAY


def mentions(
    rng: np.random.Generator, begin: int, minutes: int, rate: float, negative: float, *, brand: str = "acme"
) -> list[Mention]:
    """Ordinary mentions at `rate` a minute; each author and wording once, 400 followers."""
    times = np.sort(rng.uniform(begin, begin + 60 * minutes, rng.poisson(rate * minutes)))
    bad = rng.uniform(size=len(times)) < negative
    return [
        Mention(int(t) + 4, int(t), brand, f"{brand}{t}", 400, -1 if b else 0, f"{brand}{t}")
        for t, b in zip(times, bad, strict=True)
    ]


def calm(seed: int = 1, extra_minutes: int = 720) -> tuple[np.random.Generator, list[Mention]]:
    rng = np.random.default_rng(seed)
    return rng, mentions(rng, START, DAYS * 1440 + extra_minutes, 1.0, 0.2)


def opened(*parts: list[Mention], campaigns: tuple[Campaign, ...] = ()) -> list[Incident]:
    stream: Iterator[Mention] = iter(sorted((m for part in parts for m in part), key=lambda m: m.arrived))
    return list(incidents(stream, campaigns))


def test_calm_opens_nothing() -> None:
    assert opened(calm()[1]) == []


def test_a_sudden_crisis_opens_once_within_half_an_hour_and_says_why() -> None:
    rng, ordinary = calm()
    (incident,) = opened(ordinary, mentions(rng, ONSET, 240, 12.0, 0.65))
    assert 0 < incident.opened - ONSET <= 1800
    assert incident.kind == "sudden"
    assert "are usual" in incident.reason


def sure(incident: Incident) -> int:
    """How likely a crisis was when it opened, in percent."""
    found = re.search(r"a crisis is (\d+) % likely", incident.reason)
    assert found, incident.reason
    return int(found[1])


def test_what_grows_within_minutes_opens_at_less_than_what_takes_hours() -> None:
    sudden, slow = [], []
    for seed in range(6):
        rng, ordinary = calm(seed)
        sudden += opened(ordinary, mentions(rng, ONSET, 240, 7.0, 0.6))
        slow += opened(ordinary, mentions(rng, ONSET, 720, 0.6, 0.65))
    assert {incident.kind for incident in sudden} == {"sudden"}
    assert 70 <= min(map(sure, sudden)) < 93
    assert not {"sudden", "influencer"} & {incident.kind for incident in slow}
    assert min(map(sure, slow)) >= 93


def test_what_becomes_graver_is_red_since_it_opened() -> None:
    rng, ordinary = calm()
    post = [Mention(ONSET + 5, ONSET, "acme", "star", 2_000_000, -1, "star")]
    (amber,) = opened(ordinary, post)
    (red,) = opened(ordinary, post, mentions(rng, ONSET + 3600, 180, 12.0, 0.8))
    assert (amber.severity, red.severity) == ("amber", "red")
    assert (amber.opened, amber.kind) == (red.opened, red.kind)
    assert "are usual" in red.reason, "it says why it is red"


def test_a_turn_of_sentiment_opens_within_hours() -> None:
    rng = np.random.default_rng(2)
    before = mentions(rng, START, DAYS * 1440, 1.0, 0.2)
    (incident,) = opened(before, mentions(rng, ONSET, 1440, 1.0, 0.65))
    assert 0 < incident.opened - ONSET <= 8 * 3600


def test_a_huge_account_opens_at_once() -> None:
    _, ordinary = calm()
    (incident,) = opened(ordinary, [Mention(ONSET + 5, ONSET, "acme", "star", 8_000_000, -1, "star")])
    assert (incident.opened, incident.kind, incident.severity) == (ONSET + 5, "influencer", "red")


@pytest.mark.parametrize(("followers", "opens"), [(1_500_000, 1), (600_000, 0)])
def test_what_follows_a_large_account_needs_less(followers: int, opens: int) -> None:
    rng, ordinary = calm()
    crowd = mentions(rng, ONSET + 600, 40, 1.2, 0.65)
    assert opened(ordinary, crowd) == []
    post = Mention(ONSET + 5, ONSET, "acme", "star", followers, -1, "star")
    assert len(opened(ordinary, [post], crowd)) == opens


def test_a_conversation_that_is_over_within_the_hour_opens_nothing() -> None:
    rng, ordinary = calm()
    assert opened(ordinary, mentions(rng, ONSET, 30, 2.0, 0.5)) == []


@pytest.mark.parametrize(("rate", "negative", "opens"), [(9.0, 0.4, 0), (6.0, 0.7, 1)])
def test_a_quarrel_is_half_and_half_and_a_crisis_mostly_negative(
    rate: float, negative: float, opens: int
) -> None:
    """About four negative mentions a minute either way."""
    rng, ordinary = calm()
    assert len(opened(ordinary, mentions(rng, ONSET, 40, rate, negative))) == opens


def test_a_slow_burn_says_since_when() -> None:
    rng, ordinary = calm(extra_minutes=1440)
    parts = [mentions(rng, ONSET + 3600 * h, 60, 0.08 * h, 0.45) for h in range(24)]
    (incident,) = opened(ordinary, *parts)
    assert incident.kind == "slow_burn"
    assert " h where " in incident.reason


def test_a_crowd_of_small_accounts_is_one_of_bots_whatever_they_say() -> None:
    rng, ordinary = calm()
    crowd = mentions(rng, ONSET, 60, 10.0, 0.9)
    assert len(opened(ordinary, crowd)) == 1
    assert opened(ordinary, [replace(m, followers=20) for m in crowd]) == []


def test_the_same_stream_weeks_later_opens_the_same_weeks_later() -> None:
    rng, ordinary = calm()
    crisis = mentions(rng, ONSET, 240, 12.0, 0.65)
    later = 3 * 7 * DAY
    moved = [replace(m, arrived=m.arrived + later, created=m.created + later) for m in ordinary + crisis]
    assert [i.opened + later for i in opened(ordinary, crisis)] == [i.opened for i in opened(moved)]


def test_the_order_within_a_minute_changes_nothing() -> None:
    rng, ordinary = calm()
    stream = sorted(ordinary + mentions(rng, ONSET, 240, 12.0, 0.65), key=lambda m: m.arrived)
    whole = [replace(m, arrived=m.arrived // 60 * 60) for m in stream]
    other = sorted(whole, key=lambda m: (m.arrived, -m.created))
    assert list(incidents(whole)) == list(incidents(other))


def test_bots_repeating_a_few_wordings_open_nothing() -> None:
    rng, ordinary = calm()
    crowd = mentions(rng, ONSET, 60, 10.0, 0.9)
    bots = [
        Mention(m.arrived, m.created, m.brand, f"bot{i % 80}", 20, m.sentiment, f"w{i % 8}")
        for i, m in enumerate(crowd)
    ]
    assert opened(ordinary, bots) == []


def test_a_positive_campaign_opens_nothing_and_its_turn_does() -> None:
    rng, ordinary = calm()
    campaign = (Campaign("acme", ONSET, ONSET + 8 * 3600),)
    lift = mentions(rng, ONSET, 180, 6.0, 0.1)
    assert opened(ordinary, lift, campaigns=campaign) == []
    turned = mentions(rng, ONSET + 3 * 3600, 240, 8.0, 0.7)
    (incident,) = opened(ordinary, lift, turned, campaigns=campaign)
    assert incident.kind == "backfire"
    assert incident.opened > ONSET + 3 * 3600


def test_a_backfill_opens_nothing() -> None:
    rng, ordinary = calm()
    late = [Mention(ONSET + i, ONSET - 7200 + 5 * i, "acme", f"l{i}", 400, -1, f"l{i}") for i in range(300)]
    del rng
    assert opened(ordinary, late) == []


def test_news_that_lifts_every_brand_opens_nothing() -> None:
    rng = np.random.default_rng(3)
    parts = []
    for name in ("a", "b", "c", "d"):
        parts.append(mentions(rng, START, DAYS * 1440 + 600, 1.0, 0.2, brand=name))
        parts.append(mentions(rng, ONSET, 300, 1.0, 0.2, brand=name))
    assert opened(*parts) == []


def test_what_comes_later_changes_nothing_before() -> None:
    rng, ordinary = calm()
    crisis = mentions(rng, ONSET, 240, 12.0, 0.65)
    cut = ONSET + 120 * 60
    whole = opened(ordinary, crisis)
    part = opened([m for m in ordinary + crisis if m.arrived < cut])
    assert [i.opened for i in whole if i.opened < cut] == [i.opened for i in part]


@pytest.mark.parametrize(
    ("text", "late", "weight"),
    [("new", 0, 1.0), ("old", 0, 1.0), ("new", 601, 0.0)],
)
def test_what_a_mention_weighs(text: str, late: int, weight: float) -> None:
    weigher = Weigher()
    weigher.weight(START, START, "acme", "first", "old")
    assert weigher.weight(START + late, START, "acme", "second", text) == weight


def test_words_said_over_and_over_count_once() -> None:
    weigher = Weigher()
    weights = [weigher.weight(START, START, "acme", f"a{i}", "same") for i in range(9)]
    assert weights == [1, 1, -1, 0, 0, 0, 0, 0, 0]


def test_an_author_who_posts_again_counts_less_until_the_next_day() -> None:
    weigher = Weigher()
    days = [START, START, START + DAY]
    assert [weigher.weight(t, t, "acme", "one", f"w{i}") for i, t in enumerate(days)] == [1, 0.5, 1]
