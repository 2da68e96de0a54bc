"""One voice that weighs: a negative or harmful mention by such an author opens an alert at once.

It is no series and needs no history: the counts per minute say that somebody on the brand's list, or with a
large enough audience, said it (`mentions.notable`). Four hours after the last of them the alert ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from alerts.detection.settings import Settings
from alerts.detection.severity import Inputs
from alerts.judging.findings import Finding
from alerts.tuning.chosen import settings_each
from kit.db import ReadSession
from mentions.counting.counts import minute_of, moment_of
from mentions.mention import Match, Mention
from mentions.monitor import MinuteCount, Monitor
from mentions.notable import is_news, weighing
from mentions.texts.harm import of_harm_in

SIGNAL = "notable"
FORMULA = "notable-2"
"""x = negative or harmful mentions by authors who weigh in HELD_MINUTES, of the open minute those so far."""
HELD_MINUTES = 240
FRESH_MINUTES = 60
"""A mention that came while nobody ticked still wakes somebody within the hour."""

NAMED = 5
KEPT = 100
"""Of the mentions that it rests on, whose ids are kept."""
LOOKED_AT = 2_000  # mentions
QUOTED = 280  # characters


class Heard(NamedTuple):
    """What the counts of HELD_MINUTES say: the first and the last minute with such mentions, and how many."""

    first: int
    last: int
    mentions: int
    in_open_minute: int
    """Of them: more may come in it."""


async def notable(session: ReadSession, monitors: Sequence[Monitor], now: datetime) -> list[Finding]:
    """The monitors in which somebody who weighs spoke lately."""
    minute = minute_of(now)
    count = func.sum(MinuteCount.notable)
    query = (
        select(
            MinuteCount.monitor_id,
            func.min(MinuteCount.minute),
            func.max(MinuteCount.minute),
            count,
            func.coalesce(count.filter(MinuteCount.minute == minute), 0),
        )
        .where(MinuteCount.notable > 0)
        .where(MinuteCount.minute > minute - HELD_MINUTES, MinuteCount.minute <= minute)
        .group_by(MinuteCount.monitor_id)
    )
    by_id = {monitor.id: monitor for monitor in monitors}
    rows = [(row[0], Heard(*map(int, row[1:]))) for row in await session.execute(query) if row[0] in by_id]
    settings = await settings_each(session, [monitor_id for monitor_id, _ in rows])
    return [finding_of(by_id[key], heard, minute, settings[key]) for key, heard in rows]


def finding_of(monitor: Monitor, heard: Heard, minute: int, settings: Settings) -> Finding:
    """What is told of it; the figures of a series are 0, for there is no usual.

    settings: the monitor's own; of them it goes by red_floor alone, for how grave it is.
    """
    count = heard.mentions
    evidence = {
        "formula": FORMULA,
        "kind": SIGNAL,
        "minute": minute,
        "since": heard.first,
        "window_minutes": minute + 1 - heard.first,
        "history_minutes": 0,
        "insufficient_history": False,
        "firing": count > 0,
        "observed": float(count),
        "in_open_minute": heard.in_open_minute,
        "expected": 0.0,
        "score": 0.0,
        "reason": f"{count} negative or harmful {'mention' if count == 1 else 'mentions'}"
        " by authors who weigh for this brand.",
    }
    inputs = Inputs(
        signal=SIGNAL,
        observed=float(count),
        expected=0.0,
        ratio=0.0,
        dispersion=1.0,
        score=float(settings.score),
        lower=float(settings.lower),
        floor=float(settings.floor),
        red_floor=float(settings.red_floor),
        red_ratio=float(settings.red_ratio),
    )
    return Finding(monitor, SIGNAL, minute - heard.last <= FRESH_MINUTES, evidence, inputs)


async def who(session: ReadSession, monitor: Monitor, since: int, until: int) -> dict[str, Any]:
    """Who spoke in the minutes [since, until), the largest audience first, ready for evidence.

    `voices`: author, followers, domain, … of the first NAMED; `heard`: the ids of the first KEPT mentions.
    """
    first, last = map(moment_of, (since, until))
    query = (
        select(Mention)
        .join(Match, (Match.mention_id == Mention.id) & (Match.arrived_at == Mention.arrived_at))
        .where(Match.monitor_id == monitor.id, Match.arrived_at >= first, Match.arrived_at < last)
        .where(Mention.arrived_at >= first, Mention.arrived_at < last, Mention.deleted_at.is_(None))
        .order_by(Mention.followers.desc().nulls_last(), Mention.id)
        .limit(LOOKED_AT)
    )
    weighs = (await weighing(session)).of(monitor.id)
    found = [row for row in await session.scalars(query) if _counts(row)]
    heard = [row for row in found if weighs.has(row.author, row.followers, row.domain)]
    return {"voices": [voice(row) for row in heard[:NAMED]], "heard": [row.id for row in heard[:KEPT]]}


def _counts(row: Mention) -> bool:
    """Whether it is of the kind that opened the alert."""
    hurts = row.sentiment == "negative" or of_harm_in(row.title, row.text)
    return hurts and is_news(row.published_at, row.arrived_at)


def voice(row: Mention) -> dict[str, Any]:
    """Who spoke and what they said, ready for JSON."""
    return {
        "mention": row.id,
        "author": row.author,
        "followers": row.followers,
        "domain": row.domain,
        "url": row.url,
        "text": (row.title or row.text)[:QUOTED],
        "at": row.arrived_at.isoformat(),
    }
