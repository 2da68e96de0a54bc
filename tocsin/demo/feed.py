"""A feed of the invented papers: what a source that is fetched looks like, without leaving the machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from mentions.drafts.draft import MentionDraft
from tocsin.demo import public, voice
from tocsin.demo.generator import LANGUAGES

PATH = "/demo/feed"
EVERY = timedelta(minutes=20)
ITEMS = 8
BRANDS = ("almadia", "brisa")


def source(public_url: str) -> dict[str, Any]:
    """The feed as an entry of a set-up file."""
    return {"name": "Port papers", "kind": "rss", "settings": {"url": public_url + PATH}}


def rss(now: datetime) -> str:
    """The newest ITEMS articles as RSS 2.0. One moment, one feed: each EVERY has its own article."""
    items = "".join(map(_item, _articles(now)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Port papers</title>'
        f"<link>https://papers.example/</link><description>Invented</description>{items}</channel></rss>"
    )


def _articles(now: datetime) -> Iterator[MentionDraft]:
    newest = int(now.timestamp() // EVERY.total_seconds())
    for number in range(newest, newest - ITEMS, -1):
        rng = random.Random(number)  # noqa: S311 - talk, not secrets
        lang, brand = voice.pick(rng, LANGUAGES), rng.choice(BRANDS)
        moment = datetime.fromtimestamp(number * EVERY.total_seconds(), UTC)
        yield public.article(rng, lang, voice.report(rng, lang, brand, brand, "news"), moment)


def _item(one: MentionDraft) -> str:
    return (
        f"<item><title>{escape(one.title or '')}</title><link>{escape(one.url or '')}</link>"
        f'<guid isPermaLink="false">{one.native_id}</guid><author>{escape(one.author or "")}</author>'
        f"<pubDate>{one.published_at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape(one.text)}</description></item>"
    )
