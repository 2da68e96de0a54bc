"""Brandwatch's CSV export: rows of its own before the header, and the names of its API written out. Pure."""

from __future__ import annotations

from mentions.sources.brandwatch.mention import fields
from mentions.sources.columns import Columns, Row

_NAMES = {
    "fullname": "full name",
    "twitterFollowers": "x followers",
    "retweetOf": "x repost of",
    "replyTo": "x reply to",
    "contentSource": "content source",
    "guid": "mention id",
}
_SAME = (
    *("author", "city", "country", "countryCode", "date", "domain", "fullText", "impressions", "language"),
    *("locationName", "originalUrl", "pageType", "reachEstimate", "region", "resourceId", "snippet"),
    *("threadEntryType", "threadId", "title", "url"),
)
_OLDER = {
    "twitterFollowers": "twitter followers",
    "retweetOf": "twitter retweet of",
    "replyTo": "twitter reply to",
}


def read(row: Row) -> dict[str, object]:
    """A row under our names."""
    mention = {name: row.get(_written_out(name), "") for name in _SAME}
    mention |= {
        name: row.get(column, "") or row.get(_OLDER.get(name, ""), "") for name, column in _NAMES.items()
    }
    mention["threadURL"] = row.get("thread url", "")
    return {**fields(mention), "published_at": mention["date"]}


def _written_out(name: str) -> str:
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name)


LAYOUT = Columns("Brandwatch CSV", frozenset({"query name", "date", "url", "snippet"}), read, "date")
