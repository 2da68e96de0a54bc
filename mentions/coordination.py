"""Signs that accounts act together, as evidence for people to weigh. Pure.

The lines are those that one published validation found usable (docs/copies.md). An ordinary text that goes
round reaches the last two as well, so they say what was seen and never who is behind it; nothing here opens
an incident.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FEWEST_POSTS = 20
"""Below that, nothing is told."""
HOUR = timedelta(hours=1)
HEAVY_POSTS = 5
"""So many posts within an hour make a heavy poster."""
HEAVY_POSTERS = 3.0
TOP_SHARE = 0.25
COPY_SHARE = 0.20
CLUSTER = 3.0


@dataclass(frozen=True)
class Post:
    """What is looked at of a mention."""

    author: str | None
    at: datetime
    story: int | None
    copy: bool


@dataclass(frozen=True)
class Line:
    """One sign: what was seen and from which value on it is one.

    `sign` is one of: heavy_posters (accounts with HEAVY_POSTS posts within an hour), top_account (the share
    of all posts that the busiest account wrote), copies (the share of posts that repeat another), cluster
    (the most accounts that told one story within an hour).
    """

    sign: str
    value: float
    bar: float

    @property
    def reached(self) -> bool:
        return self.value >= self.bar


def coordination(posts: Sequence[Post]) -> list[Line]:
    """The four lines, in a fixed order; none for fewer than FEWEST_POSTS posts, in whatever order."""
    if len(posts) < FEWEST_POSTS:
        return []
    written = Counter(post.author for post in posts if post.author)
    top = max(written.values(), default=0) / len(posts)
    copied = sum(post.copy for post in posts) / len(posts)
    return [
        Line("heavy_posters", float(_heavy_posters(posts)), HEAVY_POSTERS),
        Line("top_account", round(top, 3), TOP_SHARE),
        Line("copies", round(copied, 3), COPY_SHARE),
        Line("cluster", float(_cluster(posts)), CLUSTER),
    ]


def _heavy_posters(posts: Iterable[Post]) -> int:
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for post in posts:
        if post.author:
            times[post.author].append(post.at)
    return sum(_within_an_hour(sorted(at), HEAVY_POSTS) for at in times.values())


def _within_an_hour(times: Sequence[datetime], count: int) -> bool:
    return any(last - first < HOUR for first, last in zip(times, times[count - 1 :], strict=False))


def _cluster(posts: Iterable[Post]) -> int:
    stories: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for post in posts:
        if post.story is not None and post.author:
            stories[post.story].append((post.at, post.author))
    most = max((_accounts_in_an_hour(sorted(told)) for told in stories.values()), default=0)
    return most if most > 1 else 0


def _accounts_in_an_hour(told: Iterable[tuple[datetime, str]]) -> int:
    window: deque[tuple[datetime, str]] = deque()
    inside: Counter[str] = Counter()
    most = 0
    for at, author in told:
        window.append((at, author))
        inside[author] += 1
        while at - window[0][0] >= HOUR:
            _, gone = window.popleft()
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        most = max(most, len(inside))
    return most
