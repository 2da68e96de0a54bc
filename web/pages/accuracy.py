"""How far the sentiment that we show can be trusted, by language, and the labels."""

from __future__ import annotations

from starlette.responses import Response

from web.visit import Visit


async def show(visit: Visit) -> Response:
    """The model's figures on held-back texts, and how often people here agreed with it."""
    data = await visit.ask("SentimentAccuracy")
    return visit.page(
        "accuracy.html",
        model=data["sentimentModel"],
        languages=data["sentimentAccuracy"],
        labels=data["labelAccuracy"],
    )
