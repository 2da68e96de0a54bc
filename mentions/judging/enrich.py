"""What we find out about a batch of items: language, sentiment, monitors, harm, what it asks of us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import Row

from mentions.drafts.draft import MentionDraft
from mentions.item import Enriched, Item
from mentions.judging.matcher import Matchable, Queries, matcher_of
from mentions.language import identify
from mentions.mention import Mention
from mentions.query import Reading
from mentions.sentiment import SentimentModel
from mentions.texts.harm import told_of_harm
from mentions.triage.labels import tell
from mentions.triage.learned import Learned, labelled

SourceNames = Mapping[int, tuple[str, str]]
"""A source's name and kind by its id."""

_ONE_AT_A_TIME = Lock()
"""What scorer and language tables remember is not made for two threads."""


def enrich(
    items: Sequence[Item],
    scorer: SentimentModel,
    monitors: Queries,
    sources: SourceNames,
    learned: Learned | None = None,
) -> list[Enriched]:
    """Judge the items, in their order. Pure but for what scorer and language tables keep in memory."""
    texts = [whole_text(item.draft) for item in items]
    with _ONE_AT_A_TIME:
        langs = [found.code for found in identify(texts, declared=[item.draft.lang for item in items])]
        judgements = scorer.score(texts, langs)
    matcher = matcher_of(monitors)
    readings = [
        Reading(matchable(item.draft, lang, item.source_id, sources))
        for item, lang in zip(items, langs, strict=True)
    ]
    drafts = [item.draft for item in items]
    words = [reading.words for reading in readings]
    told = tell(
        texts,
        langs,
        judgements,
        words=words,
        authors=[draft.author for draft in drafts],
        domains=[draft.domain for draft in drafts],
        kinds=[draft.kind for draft in drafts],
    )
    labels = labelled(texts, langs, told, learned)
    harm = map(told_of_harm, (reading.folded for reading in readings), words)
    matched = map(matcher.of, readings)
    columns = zip(items, langs, judgements, matched, harm, labels, strict=True)
    return [
        Enriched(item, lang, judgement, sorted(item.also.union(ids)), harms, *label)
        for item, lang, judgement, ids, harms, label in columns
    ]


def whole_text(said: MentionDraft | Mention) -> str:
    """Headline and text as one, for an article says in its headline what it is about."""
    return f"{said.title}\n{said.text}" if said.title else said.text


def matchable(
    said: MentionDraft | Mention | Row[Any], lang: str, source_id: int, sources: SourceNames
) -> Matchable:
    """What a query sees of a mention, on its way or stored; a source that is gone has no name."""
    source, source_kind = sources.get(source_id, ("", ""))
    return Matchable(
        said.text,
        title=said.title,
        lang=lang,
        source=source,
        source_kind=source_kind,
        author=said.author,
        followers=said.followers,
        domain=said.domain,
        country=said.country,
        kind=said.kind,
    )
