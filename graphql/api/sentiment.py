"""What people say of a mention's sentiment, and how far our word on it, and on labels, can be trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import select

from api.context import Info
from api.errors import Problem, change, number
from api.shape import shape
from mentions.sentiment import accuracy, corrections
from mentions.sentiment.accuracy import Accuracy
from mentions.sentiment.plugged import name_of
from mentions.triage.learning import LabelModel
from people.permissions import require_house


@strawberry.type(description="What a person made of a mention's sentiment.")
class Corrected:
    sentiment: str
    score: float = strawberry.field(description="-1, 0 or 1: a person is certain.")


@strawberry.type(
    description="The tables in the package on texts held back from training; shares in per cent."
)
class HeldBackAccuracy:
    source: str = strawberry.field(description="The set of texts, as the model card names it.")
    texts: int
    macro_f1: float = strawberry.field(description="Mean F1 of negative, neutral and positive.")
    negative_recall: float = strawberry.field(description="Of the negative texts, how many it finds.")
    negative_precision: float = strawberry.field(description="Of what it calls negative, how much is.")


@strawberry.type(description="How far the sentiment of one language can be trusted.")
class SentimentAccuracy:
    lang: str
    held_back: list[HeldBackAccuracy]
    judged: int = strawberry.field(description="Texts that people have judged, here.")
    agreed: int = strawberry.field(description="Of these, where the model had said the same.")
    low: float = strawberry.field(description="Of the 95 % interval of that share, 0 to 1.")
    high: float

    @classmethod
    def of(cls, row: Accuracy) -> SentimentAccuracy:
        return shape(cls, row.people, held_back=[shape(HeldBackAccuracy, one) for one in row.held_back])


@strawberry.type(description="A label that people gave.")
class DecidedLabel:
    label: str = strawberry.field(description="Empty: none of them.")
    decisions: int


@strawberry.type(
    description="How often labels are right where people decided about them: by the rules alone, and with"
    " what was learned from people, each decision judged by what the others teach."
)
class LabelAccuracy:
    made_at: datetime
    decisions: int
    rules_right: int
    learned_right: int
    used: bool = strawberry.field(description="What was learned is used only while that is right more often.")
    sampled: int = strawberry.field(description="Recent mentions about which nobody decided, as a sample.")
    changed: int = strawberry.field(description="Of these, how many would not have the rules' label.")
    decided: list[DecidedLabel] = strawberry.field(
        description="How often people gave each label; one is learned from 20 on."
    )

    @classmethod
    def of(cls, row: LabelModel) -> LabelAccuracy:
        pairs = sorted(row.content["decided"].items(), key=lambda pair: (-pair[1], pair[0]))
        return shape(cls, row, decided=[DecidedLabel(label=label, decisions=n) for label, n in pairs])


CorrectionResult = Annotated[Corrected | Problem, strawberry.union("CorrectionResult")]


@strawberry.type
class SentimentQuery:
    @strawberry.field(description="By language, those of the tables in the package first.")
    async def sentiment_accuracy(self, info: Info) -> list[SentimentAccuracy]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return [SentimentAccuracy.of(row) for row in await accuracy.by_language(session)]

    @strawberry.field(
        description="What judges in the place of the tables in the package: the name of a file or of a"
        " server; null: they do."
    )
    def sentiment_model(self, info: Info) -> str | None:
        require_house(info.context.viewer)
        return name_of(info.context.core.settings.sentiment_model)

    @strawberry.field(description="Null until somebody has decided about a label.")
    async def label_accuracy(self, info: Info) -> LabelAccuracy | None:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            row = (await session.scalars(select(LabelModel))).one_or_none()
        return LabelAccuracy.of(row) if row is not None else None


@strawberry.type
class SentimentMutation:
    @change(
        description="Sets a mention's sentiment by hand: it counts at once, holds for the same text later, "
        "and is kept to train with. The sentiment that it has already is a confirmation."
    )
    async def correct_sentiment(
        self, info: Info, mention_id: strawberry.ID, sentiment: str
    ) -> CorrectionResult:
        key = number(mention_id, "mention")
        async with info.context.change() as session:
            row = await corrections.correct(
                session, info.context.viewer, key, sentiment, now=info.context.now
            )
        return Corrected(sentiment=row.sentiment, score=row.score)
