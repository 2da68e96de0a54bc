"""What drives a change: words, stories, voices and places, and signs that accounts act together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import strawberry

from api.context import Info
from api.counted import People
from api.errors import number
from kit.errors import Invalid
from mentions import drivers as mention_drivers
from people.permissions import require_house

LONGEST = timedelta(days=7)
COST = 20
"""Of one asking, in the units of `api.bounds`: two samples are read and counted."""


@strawberry.type(
    description="Something that is said more, or by more, than before: a word, place, language, …"
)
class Term:
    term: str
    count: int = strawberry.field(description="Mentions with it; a text and its copies count once for words.")
    expected: float = strawberry.field(
        description="As many as there would be had people talked as on the day before."
    )
    score: float = strawberry.field(description="z score of the log-odds ratio; above 1.96 it stands out.")


@strawberry.type(description="A text that was repeated.")
class Story:
    id: strawberry.ID
    text: str = strawberry.field(description="Of the first; empty when its author took it back.")
    author: str | None = strawberry.field(description="Who told it first.")
    url: str | None
    at: datetime | None = strawberry.field(description="When the first arrived.")
    count: int = strawberry.field(description="Mentions that tell it, originals and copies.")
    copies: int
    accounts: int
    velocity: int = strawberry.field(description="The most mentions of it within one minute.")
    reach: float = strawberry.field(description="The audiences of all who told it, added up.")
    expected: float
    score: float


@strawberry.type
class Author:
    author: str
    count: int
    followers: People | None


@strawberry.type(description="A mention quoted as evidence.")
class Example:
    text: str
    author: str | None
    url: str | None
    sentiment: str
    published_at: datetime


@strawberry.type(
    description="A sign that accounts may act together: what was seen, never who is behind it. "
    "An ordinary text that goes round gives some of these signs as well."
)
class Sign:
    sign: str = strawberry.field(
        description="heavy_posters: accounts with five posts or more within an hour. top_account: share of "
        "all posts by the busiest account. copies: share of posts that repeat another. cluster: most "
        "accounts that told one story within an hour."
    )
    value: float
    bar: float = strawberry.field(description="From this value on it is a sign.")
    reached: bool


@strawberry.type(
    description="What mentions of a stretch of time are about that those of the day before were not."
)
class Drivers:
    until: datetime | None = strawberry.field(description="Told about what had arrived by then.")
    mentions: int = strawberry.field(description="All of the stretch.")
    copies: int = strawberry.field(description="How many of them repeat a text that was there before.")
    sampled: int = strawberry.field(
        description="How many, the newest, were read for all but stories and copies."
    )
    terms: list[Term]
    stories: list[Story]
    authors: list[Author] = strawberry.field(description="Heard by most first.")
    places: list[Term]
    languages: list[Term]
    domains: list[Term]
    examples: list[Example]
    coordination: list[Sign] = strawberry.field(description="Empty below twenty posts.")

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Drivers:
        """Evidence outlives editions of this code, and authors who are erased: what is missing is nothing."""
        return cls(
            until=_time(data.get("until")),
            mentions=data.get("mentions", 0),
            copies=data.get("copies", 0),
            sampled=data.get("sampled", 0),
            terms=_terms(data, "terms"),
            stories=[_story(one) for one in data.get("stories", [])],
            authors=[
                Author(author=one["author"], count=one["count"], followers=one.get("followers"))
                for one in data.get("authors", [])
                if one["author"] is not None
            ],
            places=_terms(data, "places"),
            languages=_terms(data, "languages"),
            domains=_terms(data, "domains"),
            examples=[_example(one) for one in data.get("examples", []) if one["text"] is not None],
            coordination=[Sign(**one) for one in data.get("coordination", [])],
        )


def _terms(data: Mapping[str, Any], name: str) -> list[Term]:
    rows: Sequence[Mapping[str, Any]] | Mapping[str, int] = data.get(name, [])
    if isinstance(rows, Mapping):  # languages before 0.2
        return [Term(term=term, count=count, expected=0.0, score=0.0) for term, count in rows.items()]
    return [
        Term(term=one["term"], count=one["count"], expected=one.get("expected", 0.0), score=one["score"])
        for one in rows
    ]


def _story(one: Mapping[str, Any]) -> Story:
    known = {"id": strawberry.ID(str(one["id"])), "text": one["text"] or "", "at": _time(one["at"])}
    told = {name: value for name, value in one.items() if name != "mention"}
    return Story(**{"velocity": 0, **told, **known})


def _example(one: Mapping[str, Any]) -> Example:
    return Example(
        text=one["text"],
        author=one.get("author"),
        url=one.get("url"),
        sentiment=one["sentiment"],
        published_at=datetime.fromisoformat(one["published_at"]),
    )


def _time(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None


@strawberry.type
class DriversQuery:
    @strawberry.field(
        description="Of one monitor, or of all monitors of a brand, from `since` until before `until`: "
        "at most seven days."
    )
    async def drivers(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        brand_id: strawberry.ID | None = None,
        monitor_id: strawberry.ID | None = None,
        sentiment: str | None = None,
    ) -> Drivers:
        require_house(info.context.viewer)
        _check(since, until)
        async with info.context.read(cost=COST) as session:
            if monitor_id is not None and brand_id is None:
                monitors: Sequence[int] = [number(monitor_id, "monitor")]
            elif brand_id is not None and monitor_id is None:
                monitors = await mention_drivers.brand_monitors(session, number(brand_id, "brand"))
            else:
                raise Invalid("Name either a brand or a monitor.", field="monitorId")
            found = await mention_drivers.drivers(session, monitors, since, until, sentiment=sentiment)
        return Drivers.of(found)


def _check(since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise Invalid("Times need a UTC offset.", field="since")
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid("until must be after since, by {} days at most.", LONGEST.days, field="until")
