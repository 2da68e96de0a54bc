"""Meltwater's CSV exports, of 2022 and of 2025: other columns in another order, the same names. Pure."""

from __future__ import annotations

import re

from mentions.drafts.draft import KINDS
from mentions.drafts.kinds import kind_of
from mentions.sources import values
from mentions.sources.columns import Columns, Row

NETWORKS = re.compile(
    "twitter|x|facebook|instagram|reddit|tiktok|threads|bluesky|linkedin|pinterest|telegram|twitch|vk|wechat|"
    "weibo|mastodon|tumblr|disqus|forums?|comments",
    re.IGNORECASE,
)
"""Names of sources under which people post; everything else that has a headline is an article."""


def read(row: Row) -> dict[str, object]:
    """A row under our names."""
    get = row.get
    title = values.words(get("headline"))
    body = values.said(get("opening text"), get("hit sentence"))
    url = values.link(get("url"))
    kind = _kind(get("source") or "", title)
    own = values.own(url, kind)
    tweet = (get("tweet id") or "").strip("\"'= ")  # quoted twice, so that no spreadsheet rounds it
    published = _published(row)
    return {
        "id": values.identity(tweet, own, otherwise=(url, title, body, get("influencer"), published)),
        "text": body or title,
        "title": title if body and title and title not in body else None,
        "published_at": published,
        "author": values.first(get("influencer"), get("twitter screen name")),
        "followers": values.count(get("twitter followers")),
        "url": url,
        "uri": own,
        "lang": values.language(get("language")),
        "kind": kind,
        "reach": values.count(get("reach"))
        or values.count(get("national viewership"))  # of broadcasts
        or values.count(get("views")),
        "country": values.country(get("country")),
        "place": values.first(get("city"), get("state"), get("subregion")),
    }


def _published(row: Row) -> str:
    date, time = row.get("alternate date format", "").strip(), row.get("time", "").strip()
    return row.get("date", "").strip() or f"{date} {time}".strip()


def _kind(source: str, title: str | None) -> str:
    found = kind_of(source)
    if found in KINDS and found != "post":
        return found
    return "article" if title and not NETWORKS.fullmatch(source.strip()) else "post"


LAYOUT = Columns(
    "Meltwater CSV",
    frozenset({"date", "headline", "url", "opening text", "hit sentence", "source", "influencer"}),
    read,
    published="date",
)
