"""What a mention asks of us: praise, complaint, question, media, lead, threat, spam, or nothing. Pure.

Rules over word lists of our own in four languages, over who speaks and where, and over the sentiment that
the model found. The first of these that holds is the label, because what comes first costs most when it is
missed: spam hides no customer, a threat is a threat even in a question, a journalist who praises is a
journalist. A negative text is a complaint only when it complains or when somebody speaks of themselves:
news about a mishap asks nothing of us.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from mentions.sentiment import Sentiment
from mentions.texts.text import fold
from mentions.triage.lexicon import lexicon
from mentions.triage.outlets import is_of_the_press, is_outlet

LABELS = ("praise", "complaint", "question", "media", "lead", "threat", "spam")
MANY_TAGS = 10  # hashtags; nobody who wants an answer writes so many
CLEARLY = 0.6  # |score| from which the model is believed without a cue

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"https?://\S+|www\.\S+")


class Told(NamedTuple):
    """What the rules look at."""

    words: Sequence[str]
    """Folded, in their order, without links."""
    cues: Sequence[str]
    """Each as often as it was found; mostly none."""
    asks: bool
    """A question mark outside a link."""
    link: bool
    tags: int
    press: bool
    """A medium speaks."""
    sentiment: Sentiment


def tell(
    texts: Sequence[str],
    langs: Sequence[str],
    sentiments: Sequence[Sentiment],
    *,
    words: Sequence[Sequence[str]] | None = None,
    authors: Sequence[str | None] | None = None,
    domains: Sequence[str | None] | None = None,
    kinds: Sequence[str] | None = None,
) -> list[Told]:
    """What each text tells. `langs` are ISO 639-1 codes, `und` when unknown; `words` each text's, folded."""
    nothing = [None] * len(texts)
    columns = (words or nothing, authors or nothing, domains or nothing, kinds or nothing)
    return [
        told(text, lang, sentiment, found, press=_press(author, domain, kind))
        for text, lang, sentiment, found, author, domain, kind in zip(
            texts, langs, sentiments, *columns, strict=True
        )
    ]


def told(text: str, lang: str, sentiment: Sentiment, words: Sequence[str] | None, *, press: bool) -> Told:
    """What one text tells the rules; links have no words."""
    bare = _bare(text)
    if words is None or bare is not text:
        words = _WORD.findall(fold(bare))
    cues = lexicon(lang).cues(words)
    return Told(words, cues, "?" in bare or "¿" in bare, bare is not text, bare.count("#"), press, sentiment)


def words_of(text: str) -> list[str]:
    """`Told.words` of a text."""
    return _WORD.findall(fold(_bare(text)))


def decide(mention: Told) -> str:
    """One of LABELS, or the empty string: the rules, in their order."""
    cues = mention.cues
    if mention.tags >= MANY_TAGS or cues.count("spam") > (0 if mention.link else 1):
        return "spam"
    for name in ("threat", "media", "lead"):
        if name in cues or (name == "media" and mention.press):
            return name
    return _mood(mention)


def _bare(text: str) -> str:
    return _LINK.sub(" ", text) if "://" in text or "www." in text else text


def _mood(mention: Told) -> str:
    """Complaint, question or praise, by what is asked and how it sounds."""
    cues, sentiment = mention.cues, mention.sentiment
    if _complains(cues, sentiment):
        sincere = mention.asks and "asks" in cues and "complaint" not in cues
        return "question" if sincere else "complaint"
    if mention.asks and ("asks" in cues or "praise" not in cues):
        return "question"
    return "praise" if "praise" in cues or sentiment.score >= CLEARLY else ""


def _complains(cues: Sequence[str], sentiment: Sentiment) -> bool:
    """Complaining words must outweigh thanks; where there are none, the tone has to be clear."""
    if "complaint" in cues:
        return sentiment.label == "negative" or cues.count("complaint") > cues.count("praise")
    if sentiment.label != "negative" or "praise" in cues:
        return False
    return "person" in cues or sentiment.score <= -CLEARLY


def _press(author: str | None, domain: str | None, kind: str | None) -> bool:
    return kind == "article" or bool(domain and is_outlet(domain)) or bool(author and is_of_the_press(author))
