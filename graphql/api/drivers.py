"""What drives a change: words, stories, voices and places, and signs that accounts act together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import strawberry

from api.context import Info
from api.counted import People
from api.errors import number
from api.handles import ByAuthor
from api.turns import Turns
from kit.db import ReadSession
from kit.errors import Invalid, Unavailable
from mentions import drivers as mention_drivers
from mentions.drafts.draft import YEARS
from mentions.drivers import Stretch

LONGEST = timedelta(days=31)
PATIENCE = 15.0
"""Seconds that all of it may take."""
COST = 20
"""Of one asking, in the units of `api.bounds`: two samples are read and counted."""
_TURNS = Turns(2)


@strawberry.type(
    description="Something that is said more, or by more, than before: a word, place, language, …"
)
class Term:
    term: str
    count: int = strawberry.field(description="Mentions with it; a text and its copies count once for words.")
    expected: float = strawberry.field(
        description="As many as there would be had people talked as in the stretch compared with."
    )
    score: float = strawberry.field(description="z score of the log-odds ratio; above 1.96 it stands out.")


@strawberry.type(description="A text that was repeated.")
class Story(ByAuthor):
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
class Author(ByAuthor):
    author: str
    count: int
    followers: People | None
    reach: People | None = strawberry.field(
        default=None, description="The audiences of these mentions, added up; none in old evidence."
    )


@strawberry.type(description="A mention quoted as evidence.")
class Example(ByAuthor):
    text: str
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
    description="What mentions of a stretch of time are about that those of another one, mostly the day "
    "before, were not."
)
class Drivers:
    until: datetime | None = strawberry.field(description="Told about what had arrived by then.")
    baseline_since: datetime | None = strawberry.field(description="Compared with what arrived from then")
    baseline_until: datetime | None = strawberry.field(description="until before then; none in old evidence.")
    before: int | None = strawberry.field(description="Mentions that the stretch compared with has.")
    mentions: int = strawberry.field(description="All of the stretch; more than `read` are reckoned by it.")
    copies: int = strawberry.field(description="How many of them repeat a text that was there before.")
    read: int = strawberry.field(description="How many, taken evenly, were read for the stories.")
    sampled: int = strawberry.field(
        description="How many of those, taken evenly, were read for all but stories and copies."
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
            baseline_since=_time(data.get("baseline_since")),
            baseline_until=_time(data.get("baseline_until")),
            before=data.get("before"),
            mentions=data.get("mentions", 0),
            copies=data.get("copies", 0),
            read=data.get("read", data.get("mentions", 0)),
            sampled=data.get("sampled", 0),
            terms=_terms(data, "terms"),
            stories=[_story(one) for one in data.get("stories", [])],
            authors=[
                Author(
                    author=one["author"],
                    count=one["count"],
                    followers=one.get("followers"),
                    reach=one.get("reach"),
                )
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
        description="Of one monitor, or of all monitors of a brand, from `since` until before `until`, "
        "compared with the day before or with the stretch that is named: at most 31 days each."
    )
    async def drivers(
        self,
        info: Info,
        since: datetime,
        until: datetime,
        brand_id: strawberry.ID | None = None,
        monitor_id: strawberry.ID | None = None,
        sentiment: str | None = None,
        baseline_since: datetime | None = None,
        baseline_until: datetime | None = None,
    ) -> Drivers:
        asker = info.context.house
        _check(Stretch(since, until))
        baseline = _baseline(baseline_since, baseline_until)
        async with _patiently(), info.context.read(cost=COST) as session:
            with _TURNS.of(asker.member_id):  # several in one document come here one after the other
                monitors = await _monitors(session, brand_id, monitor_id)
                found = await mention_drivers.drivers(
                    session, monitors, since, until, sentiment=sentiment, baseline=baseline
                )
        return Drivers.of(found)


async def _monitors(
    session: ReadSession, brand_id: strawberry.ID | None, monitor_id: strawberry.ID | None
) -> Sequence[int]:
    if monitor_id is not None and brand_id is None:
        return [number(monitor_id, "monitor")]
    if brand_id is not None and monitor_id is None:
        return await mention_drivers.brand_monitors(session, number(brand_id, "brand"))
    raise Invalid("Name either a brand or a monitor.", field="monitorId")


@asynccontextmanager
async def _patiently() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError as error:
        raise Unavailable("This is too much to read now. Ask for a shorter time, or try again.") from error


def _baseline(since: datetime | None, until: datetime | None) -> Stretch | None:
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise Invalid("Say both from when and until when to compare.", field="baselineSince")
    baseline = Stretch(since, until)
    _check(baseline)
    return baseline


def _check(stretch: Stretch) -> None:
    since, until = stretch
    if since.year not in YEARS:
        raise Invalid("Give a day and a time.", field="since")
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid("until must be after since, by {} days at most.", LONGEST.days, field="until")
