"""Addresses of items: one form for one address. Pure."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from mentions.drafts.draft import MAX_URL

LONGEST = 10_000
"""Characters of a redirect: it names the address that it leads to, and some of its own."""
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid"})


def canonical(url: str) -> str | None:
    """The address without its fragment and without what campaigns add; None for what is no web address.

    >>> canonical("HTTP://Example.org/a?utm_source=x&id=7#top")
    'http://example.org/a?id=7'
    """
    if len(url) > MAX_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    query = parts.query
    if query:
        given = parse_qsl(query, keep_blank_values=True)
        kept = [(name, value) for name, value in given if not _is_tracking(name)]
        query = query if len(kept) == len(given) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", query, ""))


def is_web(url: str) -> bool:
    """Whether it is an address of http or https with a host, without blanks."""
    return not any(map(str.isspace, url)) and canonical(url) is not None


def _is_tracking(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in _TRACKING


def unwrapped(url: str) -> str:
    """Where one of Google's redirects leads (`google.com/url?…&url=…`); any other address as it is."""
    if len(url) > LONGEST:
        return url
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if parts.path != "/url" or not (host == "google.com" or host.startswith("www.google.")):
        return url
    given = parse_qs(parts.query)
    aims = given.get("url", []) + given.get("q", [])
    return next((aim for aim in aims if aim.startswith(("http://", "https://"))), url)
