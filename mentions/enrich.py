"""What we find out about a batch of items: language, sentiment, monitors, harm."""

from __future__ import annotations

from collections.abc import Sequence

from mentions.harm import of_harm
from mentions.item import Enriched, Item
from mentions.language import identify
from mentions.matcher import Matcher
from mentions.monitor import Monitor
from mentions.sentiment import SentimentModel


def enrich(items: Sequence[Item], scorer: SentimentModel, monitors: Sequence[Monitor]) -> list[Enriched]:
    """Judge the items, in their order. Pure but for what scorer and language tables keep in memory."""
    texts = [whole_text(item) for item in items]
    langs = [found.code for found in identify(texts, declared=[item.draft.lang for item in items])]
    judgements = scorer.score(texts, langs)
    matched = Matcher([(monitor.id, monitor.query) for monitor in monitors]).match(texts)
    return [
        Enriched(item, lang, judgement, sorted(item.also.union(ids)), of_harm(text))
        for item, text, lang, judgement, ids in zip(items, texts, langs, judgements, matched, strict=True)
    ]


def whole_text(item: Item) -> str:
    """Headline and text as one, for an article says in its headline what it is about."""
    draft = item.draft
    return f"{draft.title}\n{draft.text}" if draft.title else draft.text
