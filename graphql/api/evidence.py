"""Why the detector spoke: the evidence that is kept with an alert, to be checked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from alerts.arrivals.words import RARE
from alerts.detection.severity import RED_POINTS
from alerts.paging.grown import told_at
from api.counted import People
from api.drivers import Author, Drivers, Example, Term
from api.handles import ByAuthor


@strawberry.type(description="An author who weighs for the brand, and what they said.")
class Voice(ByAuthor):
    followers: People | None
    domain: str | None
    url: str | None
    text: str | None
    at: datetime

    @classmethod
    def of(cls, data: dict[str, Any]) -> Voice:
        names = ("author", "followers", "domain", "url", "text")
        return cls(**{name: data.get(name) for name in names}, at=datetime.fromisoformat(data["at"]))


@strawberry.type(description="A word that is new, and how many accounts use it.")
class NewWord:
    term: str
    count: int


@strawberry.type(
    description="What arrives: words that are new, the leading one first, or a story that spreads."
)
class Arrived:
    terms: list[NewWord] = strawberry.field(description="Empty for a story.")
    velocity: float = strawberry.field(description="Accounts a minute that copy the story.")
    fastest: list[int] = strawberry.field(
        description="What is usual for stories: the accounts that copied the fastest one of each day before."
    )
    texts: int = strawberry.field(
        description="What is usual for words: so many earlier texts were looked at."
    )
    rare: int = strawberry.field(description="In how many of them a word may stand and be new.")

    @classmethod
    def of(cls, data: dict[str, Any], past: dict[str, Any]) -> Arrived:
        return cls(
            terms=[NewWord(**one) for one in data.get("terms", [])],
            velocity=data.get("velocity", 0.0),
            fastest=past.get("fastest", []),
            texts=past.get("texts", 0),
            rare=RARE,
        )


@strawberry.type(description="One thing that an alert's level was made of.")
class Contribution:
    name: str = strawberry.field(description="size, speed, negative_share, reach, tier_1 or harm.")
    value: float
    bar: float = strawberry.field(description="From which value on it counts.")
    points: int


@strawberry.type(description="Why an alert is green, amber or red; see docs/detection.md.")
class Severity:
    points: int = strawberry.field(description="Red from `redFrom` on.")
    red_from: int = strawberry.field(description="From how many points on an alert is red.")
    told: str = strawberry.field(
        description="Why it only informs: few_accounts, praise, audiences, not_cross; empty: it does not."
    )
    contributions: list[Contribution]
    mentions: int = strawberry.field(description="Since its onset; so are the next ones.")
    copies: int = strawberry.field(description="How many of them repeat a text.")
    accounts: int = strawberry.field(description="Who said it, each once an hour.")
    independent: int = strawberry.field(description="Who said it in words of their own, each once an hour.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Severity:
        inputs = data.get("inputs", {})
        return cls(
            points=data.get("points", 0),
            red_from=RED_POINTS,
            told=data.get("told", ""),
            contributions=[Contribution(**one) for one in data.get("contributions", [])],
            mentions=inputs.get("mentions", 0),
            copies=inputs.get("copies", 0),
            accounts=inputs.get("accounts", 0),
            independent=inputs.get("independent", 0),
        )


@strawberry.type(description="A campaign or a holiday, as it was known when an alert was opened.")
class Announced:
    title: str
    starts_at: datetime
    ends_at: datetime
    lift: float

    @classmethod
    def of(cls, data: dict[str, Any]) -> Announced:
        return cls(
            title=data["title"],
            starts_at=datetime.fromisoformat(data["starts_at"]),
            ends_at=datetime.fromisoformat(data["ends_at"]),
            lift=data["lift"],
        )


@strawberry.type(
    description="A source that was out when an alert was told: what was said there is not in it."
)
class Unheard:
    source: str
    state: str = strawberry.field(description="silent or failing.")
    since: datetime
    share: float = strawberry.field(description="Its usual share of the monitor's mentions, 0 to 1.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Unheard:
        return cls(**{**data, "since": datetime.fromisoformat(data["since"])})


@strawberry.type(description="Why the detector spoke: all that is needed to check it by hand.")
class Evidence:
    observed: float = strawberry.field(description="Mentions in the window.")
    as_of: datetime | None = strawberry.field(
        description="Up to when the window goes; it is told again only when it gets worse. Null: no window."
    )
    expected: float = strawberry.field(description="Mentions that the window usually has.")
    ratio: float
    score: float = strawberry.field(description="How improbable that is; see docs/detection.md.")
    window_minutes: int
    history_minutes: int
    insufficient_history: bool = strawberry.field(
        description="The cold-start rule spoke: nothing to compare with."
    )
    reason: str
    formula: str
    terms: list[Term]
    authors: list[Author]
    examples: list[Example]
    drivers: Drivers = strawberry.field(
        description="What drives it; told when it opened, and again while it goes on."
    )
    campaigns: list[Announced] = strawberry.field(
        description="The announced campaigns that it falls into: the expectation has them in it."
    )
    holidays: list[Announced] = strawberry.field(
        description="The holidays of the audience that it falls on: the expectation is widened by them."
    )
    silent_sources: list[Unheard] = strawberry.field(
        description="The sources that were silent or failing when it was told."
    )
    lift: float = strawberry.field(
        description="How many times the usual was expected of its last minute; more than 1 where something "
        "was announced, or it was a holiday."
    )
    severity: Severity | None = strawberry.field(description="Null where another tool set the level.")
    voices: list[Voice] = strawberry.field(
        description="Of the signals `notable`, `terms` and `story` alone: who weighs and spoke, uses the new "
        "words or copied the story, the largest audience first."
    )
    arrived: Arrived | None = strawberry.field(description="Of the signals `terms` and `story` alone.")

    @classmethod
    def of(cls, data: dict[str, Any]) -> Evidence:
        drivers = Drivers.of(data.get("drivers", {}))
        return cls(
            observed=data.get("observed", 0.0),
            as_of=told_at(data),
            expected=data.get("expected", 0.0),
            ratio=data.get("ratio", 0.0),
            score=data.get("score", 0.0),
            window_minutes=data.get("window_minutes", 0),
            history_minutes=data.get("history_minutes", 0),
            insufficient_history=data.get("insufficient_history", False),
            reason=data.get("reason", ""),
            formula=data.get("formula", ""),
            terms=drivers.terms,
            authors=drivers.authors,
            examples=drivers.examples,
            drivers=drivers,
            campaigns=[Announced.of(one) for one in data.get("campaigns", [])],
            holidays=[Announced.of(one) for one in data.get("holidays", [])],
            silent_sources=[Unheard.of(one) for one in data.get("silent_sources", [])],
            lift=data.get("lift", 1.0),
            severity=Severity.of(data["severity"]) if "severity" in data else None,
            voices=[Voice.of(one) for one in data.get("voices", []) if one.get("at")],
            arrived=Arrived.of(data["arrived"], data.get("past", {})) if "arrived" in data else None,
        )
