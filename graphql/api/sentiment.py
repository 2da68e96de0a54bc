"""What people say of a mention's sentiment, and how far the model's word can be trusted."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import Problem, change, number
from api.shape import shape
from mentions.sentiment import accuracy, corrections
from mentions.sentiment.accuracy import Accuracy
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


CorrectionResult = Annotated[Corrected | Problem, strawberry.union("CorrectionResult")]


@strawberry.type
class SentimentQuery:
    @strawberry.field(description="By language, those of the tables in the package first.")
    async def sentiment_accuracy(self, info: Info) -> list[SentimentAccuracy]:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            return [SentimentAccuracy.of(row) for row in await accuracy.by_language(session)]


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
