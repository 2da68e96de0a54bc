"""Talkwalker's CSV export: the names of its API with dots. Pure."""

from __future__ import annotations

from mentions.drafts.kinds import kind_of
from mentions.sources import values
from mentions.sources.columns import Columns, Row
from mentions.sources.html import to_text

_AUTHOR, _SOURCE, _PLACE = (
    "extra_author_attributes",
    "extra_source_attributes",
    "extra_article_attributes.world_data",
)


def read(row: Row) -> dict[str, object]:
    """A row under our names."""
    get = row.get
    title = _text(get("title")) or _text(get("title_snippet"))
    body = _text(get("content")) or _text(get("content_snippet"))
    url = values.link(get("url"))
    kind = kind_of(get("source_type"))
    published = get("published") or get("published_ts") or get("indexed") or ""
    author = values.first(get(f"{_AUTHOR}.name"), get(f"{_AUTHOR}.short_name"))
    return {
        "id": values.identity(url, otherwise=(title, body, author, published)),
        "text": body or title,
        "title": title if body and title not in body else None,
        "published_at": published,
        "author": author,
        "followers": values.count(get("source_extended_attributes.twitter_followers")),
        "url": url,
        "uri": values.own(url, kind),
        "lang": values.language(get("lang")),
        "kind": kind,
        "reply_to": values.link(get("parent_url")) if get("parent_url") != url else None,
        "reach": values.count(get("reach")),
        "country": values.country(
            get(f"{_PLACE}.country_code"),
            get(f"{_SOURCE}.world_data.country_code"),
            get(f"{_SOURCE}.world_data.country"),
        ),
        "place": values.first(get(f"{_PLACE}.city"), get(f"{_SOURCE}.world_data.city")),
    }


def _text(value: str | None) -> str:
    """Snippets have the words that were found in bold."""
    return to_text(value or "")


LAYOUT = Columns(
    "Talkwalker CSV", frozenset({"url", "published", "search_indexed", "content"}), read, "published"
)
