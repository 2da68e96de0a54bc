"""A feed's entries as mentions, however well it is written. Pure; feedparser knows the dialects."""

from __future__ import annotations

import hashlib
import re
from calendar import timegm
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urljoin

from msgspec.structs import replace

from kit.errors import Invalid
from mentions.drafts.draft import MAX_SHORT, MAX_TEXT, MentionDraft, parse
from mentions.sources.base import Trouble
from mentions.sources.html import to_text
from mentions.sources.links import canonical, unwrapped
from mentions.sources.rss import bounded, dates
from mentions.sources.web import decoded

_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]{0,200}\?>")
_ENDS = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ROOT = re.compile(r"https?://[^/?#\s]+/?")
MOST_ENTRIES = 5_000
"""That are read at once, those that the feed has first: it puts what is new there."""
_END_WITHIN = 2_000  # characters: some servers add comments behind the end


@dataclass(frozen=True)
class Found:
    """What a feed holds. `whole`: whether it came to its end, or was cut off on the way."""

    drafts: tuple[MentionDraft, ...]
    rejected: int
    whole: bool
    cut: bool
    """It has more than is read at once: only its beginning was."""


def entries(content: bytes, headers: Mapping[str, str], url: str, now: datetime) -> Found:
    """The entries of the feed at `url`, newest as the feed has them. Trouble: this is no feed."""
    text = _text(content, headers.get("content-type", ""))
    parsed = bounded.parse(text)
    feed = parsed.feed
    if not feed.get("version") and not feed.entries:
        raise Trouble("There is no feed at this address, but something else.")
    whole = _ENDS.search(text[-_END_WITHIN:]) is not None
    listed = feed.entries[:-1] if parsed.cut or not whole else feed.entries  # the last one may be half of one
    drafts = [_draft(entry, feed.feed, url, now) for entry in listed[:MOST_ENTRIES]]
    good = _told_apart([draft for draft in drafts if draft is not None])
    return Found(good, len(drafts) - len(good), whole, parsed.cut or len(listed) > MOST_ENTRIES)


def _told_apart(drafts: Sequence[MentionDraft]) -> tuple[MentionDraft, ...]:
    """Some feeds give every entry the same id: where one has several links, both identify."""
    links: defaultdict[str, set[str | None]] = defaultdict(set)
    for draft in drafts:
        links[draft.native_id].add(draft.url)
    return tuple(
        draft
        if len(links[draft.native_id]) == 1
        else replace(draft, native_id=_digest(f"{draft.native_id}\n{draft.url}"))
        for draft in drafts
    )


def _text(content: bytes, content_type: str) -> str:
    """The feed as text without its XML declaration, whose encoding is a hint like the transport's."""
    declared = _DECLARATION.match(content)
    if declared and "charset" not in content_type.lower():
        content_type = f"charset={declared[1].decode('ascii', 'replace')}"
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded(content, content_type), count=1)


def _draft(entry: Any, feed: Any, base: str, now: datetime) -> MentionDraft | None:
    title = to_text(_said(entry, "title"))
    link = _link(entry, base)
    published, revised = _times(entry)
    text = _joined(title, _body(entry))
    given = {
        "id": _identity(_own_id(entry, feed) or link) or _digest(f"{text}\n{_dated(entry)}"),
        "title": title,
        "text": text,
        "published_at": min(published, now).isoformat() if published else None,
        "revised_at": revised.isoformat() if revised and revised <= now else None,
        "author": _author(entry),
        "url": link if canonical(link) else None,
        "uri": _own_address(entry, link),
        "lang": _lang(entry, feed),
        "kind": _kind(entry),
    }
    try:
        return parse(given, now=now)
    except Invalid:
        return None


def _said(entry: Any, name: str) -> str:
    """The text under this name; what stands there may be None, or missing."""
    return (entry.get(name) or "").strip()


def _own_id(entry: Any, feed: Any) -> str:
    """The entry's id; empty where that is the address of its site, which some feeds give all of theirs."""
    told = _said(entry, "id")
    site = {_said(feed, name).rstrip("/") for name in ("id", "link")}
    return "" if told.rstrip("/") in site or _ROOT.fullmatch(told) else told


def _link(entry: Any, base: str) -> str:
    """Where the entry leads, in full: relative to the feed, and behind Google's redirect."""
    given = _said(entry, "link")
    try:
        return unwrapped(urljoin(base, given)) if given else ""
    except ValueError:
        return ""


def _identity(given: str) -> str:
    """A guid is an opaque text, however much it may look like an address; a long one goes by its digest."""
    if len(given) <= MAX_SHORT and given.isprintable():
        return given
    return _digest(given)


def _dated(entry: Any) -> str:
    """Its date as it is written: what we make of one that lies ahead is another time at each look."""
    return dict.get(entry, "published") or dict.get(entry, "updated") or ""


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _own_address(entry: Any, link: str) -> str | None:
    """The link where it is the entry's own: forums link every entry of a thread to the same page."""
    wrapped, guid = _said(entry, "link"), _said(entry, "id")
    return canonical(link) if guid == wrapped or unwrapped(wrapped) != wrapped else None


def _times(entry: Any) -> tuple[datetime | None, datetime | None]:
    """When it was published, and when edited: an Atom entry with one time may have been, or not."""
    published, updated = _time(entry, "published"), _time(entry, "updated")
    if published is None:
        return updated, updated
    return published, updated if updated and updated > published else None


def _time(entry: Any, name: str) -> datetime | None:
    # plain dictionary access, since feedparser's own gives `published` for a missing `updated`
    written = dict.get(entry, name)
    told = None if dates.names_zone(written) else _moment(dict.get(entry, f"{name}_parsed"))
    return told or dates.read(written)


def _moment(parts: Any) -> datetime | None:
    if parts is None:
        return None
    try:
        found = datetime.fromtimestamp(timegm(parts), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return found if found.year >= 1970 else None


def _body(entry: Any) -> str:
    """The fullest text of the entry; feeds give a summary, the content, or both."""
    given = [part.get("value") or "" for part in entry.get("content", [])] + [entry.get("summary") or ""]
    return max((to_text(html) for html in dict.fromkeys(given)), key=len)


def _joined(title: str, body: str) -> str:
    text = body if body.startswith(title) else f"{title}\n\n{body}"
    return text.strip()[:MAX_TEXT]


def _author(entry: Any) -> str | None:
    """RSS asks for `mail@host (Name)`, which feedparser takes apart wrongly for hosts of the newer kind."""
    given = (entry.get("author") or "")[:MAX_SHORT]
    if "@" in given:
        try:
            name, address = parseaddr(given)
        except RecursionError:  # of hundreds of brackets
            name = address = ""
        return to_text(name or address or given)[:MAX_SHORT] or None
    return to_text(entry.get("author_detail", {}).get("name") or given)[:MAX_SHORT] or None


def _lang(entry: Any, feed: Any) -> str | None:
    found = entry.get("title_detail", {}).get("language") or feed.get("language")
    return None if found is None else str(found)


def _kind(entry: Any) -> str:
    """A podcast's episode is audio; everything else that a feed carries is written."""
    for enclosure in entry.get("enclosures", []):
        medium = str(enclosure.get("type", "")).split("/")[0]
        if medium in {"audio", "video"}:
            return medium
    return "article"
