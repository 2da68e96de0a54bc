"""How long a server wants to be left alone, in whichever way it says so. Pure; `headers` in lower case.

`Retry-After` (RFC 9110), `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers, the newer
drafts and the older ones), and `X-RateLimit-…` as services write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mentions.drafts.draft import moment

MOST_PATIENT = 24 * 3600.0  # seconds: no server makes us wait longer than a day
LONGEST_HEADER = 1_000  # characters that are read
_EPOCH = 10**9  # a number that large is a moment (Unix seconds), a smaller one a number of seconds
_SENTENCE = re.compile(r"rate.?limit|too many|quota|throttl|limit exceeded", re.IGNORECASE)
_SENTENCE_OF_400 = re.compile(
    r"rate.?limit|too many (?:requests|calls|queries)|throttl|(?:request|call|usage) limit|"
    r"quota.?(?:exceeded|reached)|exceed\w* .{0,30}quota",
    re.IGNORECASE,
)
"""A bad request may have too many words, exceed the limit of a page, or be told of a page on quotas."""
_MAY_MEAN_A_LIMIT = frozenset({400, 401, 403, 503})
_LIMIT = frozenset({420, 429})

_SPAN = re.compile(r"(\d{1,12}(?:\.\d{0,9})?)\s*([a-z]{0,12})\.?(?:[,;].*)?", re.IGNORECASE)
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "hour": 3600.0}
_UNITS |= {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hr": 3600.0, "d": 86400.0, "day": 86400.0}

_FAMILIES = ("x-ratelimit-", "x-rate-limit-", "ratelimit-")
_ITEM = re.compile(r"\s*\"?([^\";=]{0,100})\"?\s*;")
_PARAMETER = re.compile(r"(?:^|[;,\s])([a-z]{1,12})\s*=\s*\"?(\d{1,12}(?:\.\d{1,9})?)")

Share = tuple[bool, float | None]
"""Of one limit: whether nothing of it is left, and in how many seconds it is renewed, where that is told."""


def is_limit(status: int, headers: Mapping[str, str], explained: str) -> bool:
    """Whether a refusal means that we asked too often; `explained` is how its answer begins.

    429 and 420 do. So does what suites send instead, when it speaks of a limit.
    """
    if status in _LIMIT:
        return True
    if status not in _MAY_MEAN_A_LIMIT:
        return False
    sentence = _SENTENCE_OF_400 if status == 400 else _SENTENCE
    used_up = any(nothing_left for nothing_left, _ in _shares(headers))
    return used_up or "retry-after" in headers or sentence.search(explained) is not None


def patience(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """Seconds that a refusal asks us to wait: Retry-After, else until what is used up is renewed.

    `limited`: it means a limit; then, where none is told to be used up, it is any of those that are told.
    """
    seconds = _reset(headers.get("retry-after", ""), _servers_now(headers, now))
    return _bounded(_renewal(headers, now, met=limited) if seconds is None else seconds)


def pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a good answer's server has something left for us; None: it has, or does not say."""
    return _bounded(_renewal(headers, now, met=False))


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(seconds, 0.0), MOST_PATIENT)


def _renewal(headers: Mapping[str, str], now: datetime, *, met: bool) -> float | None:
    """Until the last of those that are used up is renewed. When one was `met` and none says so: of all."""
    shares = list(_shares(headers, _servers_now(headers, now)))
    used_up = [seconds for nothing_left, seconds in shares if nothing_left]
    asked = used_up or ([seconds for _, seconds in shares] if met else [])
    return max((seconds for seconds in asked if seconds is not None), default=None)


def _shares(headers: Mapping[str, str], now: datetime | None = None) -> Iterator[Share]:
    """Every limit that the headers tell of; without `now` nothing is known of moments."""
    for family in _FAMILIES:
        left, reset = headers.get(f"{family}remaining"), headers.get(f"{family}reset")
        after = headers.get(f"{family}reset-after")
        if left is not None or reset is not None or after is not None:
            yield _is_nothing(left), _reset(after or reset or "", now)
    yield from _drafted(headers.get("ratelimit", "")[:LONGEST_HEADER], headers.get("ratelimit-policy", ""))


def _drafted(told: str, policy: str) -> Iterator[Share]:
    """`"hour";r=0;t=30, "day";r=9` with `"hour";q=9;w=60`; in older drafts `remaining=0, reset=30`."""
    older = dict(_PARAMETER.findall(told))
    if "remaining" in older:
        yield _is_nothing(older["remaining"]), _seconds(older.get("reset", ""))
        return
    windows = {_name(item): dict(_PARAMETER.findall(item)) for item in policy[:LONGEST_HEADER].split(",")}
    for item in filter(None, map(str.strip, told.split(","))):
        found = dict(_PARAMETER.findall(item))
        until = found.get("t") or windows.get(_name(item), {}).get("w", "")
        yield _is_nothing(found.get("r")), _seconds(until)


def _name(item: str) -> str:
    found = _ITEM.match(item)
    return found[1] if found else ""


def _is_nothing(left: str | None) -> bool:
    return left is not None and re.fullmatch(r"\s*0+(?:\.0*)?\s*", left[:20]) is not None


def _reset(given: str, now: datetime | None) -> float | None:
    """Seconds, however they are written (`30`, `30s`, `1 minute`), or until a moment: a date of HTTP's, Unix
    seconds or milliseconds, or ISO 8601, which Mastodon writes."""
    given = given.strip()[:LONGEST_HEADER]
    seconds = _seconds(given)
    if seconds is not None and seconds < _EPOCH:
        return seconds
    return None if now is None or not given else _until(given, now)


def _seconds(given: str) -> float | None:
    found = _SPAN.fullmatch(given)
    unit = found and _UNITS.get(found[2].lower(), _UNITS.get(found[2].lower().removesuffix("s")))
    return float(found[1]) * unit if found and unit else None


def _until(given: str, now: datetime) -> float | None:
    for read in (parsedate_to_datetime, lambda text: moment(text, zone=UTC)):
        with suppress(ValueError, OverflowError):
            then = read(given)
            return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds()
    return None


def _servers_now(headers: Mapping[str, str], now: datetime) -> datetime:
    """The server's own clock where it tells it: ours may differ."""
    with suppress(ValueError, OverflowError):
        told = parsedate_to_datetime(headers.get("date", ""))
        return now if told.tzinfo is None else told
    return now
