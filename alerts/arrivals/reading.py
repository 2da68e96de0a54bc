"""The window of a monitor and its past, out of the database.

The time of a mention stands beside that of its match throughout: else whole weeks are read for each hour.
All is read up to a mention's id: what arrived by then and was stored later is left out when a claim is
computed again, as it was when it was made.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text

from alerts.arrivals.claims import MOST_DAYS, STORY_MINUTES, WINDOW_MINUTES
from alerts.arrivals.said import Past, Said, Spread, in_own_words
from alerts.arrivals.words import Known
from kit.db import ReadSession
from mentions.counting.counts import minute_of
from mentions.identity.voices import CHATTY
from mentions.monitor import Monitor
from mentions.texts.harm import of_harm
from mentions.texts.terms import words_of
from mentions.texts.text import fold, tokenise
from people.organisations import Brand

IN_TIME = timedelta(hours=1)
"""What is found later than this after it was published is history: it neither is new nor spreads now."""
MOST_SAID = 1_000
"""Mentions of a window, the newest."""
MOST_COPIES = 20_000
EACH_HOUR = 12
"""Texts of each hour of the past, its first ones: all hours of the day are heard, and it is soon read."""
LONGEST = 2_000
"""Characters of a text that are looked at."""
GAP_HOURS = 2
"""Between the past and the window, at least: what begins slowly does not become known by its beginning."""
STORIES = 3
_HOURS = 24 * MOST_DAYS

_FROM = """
    FROM mention_match AS match
    JOIN mention ON mention.id = match.mention_id AND mention.arrived_at = match.arrived_at
    WHERE match.monitor_id = :monitor AND mention.deleted_at IS NULL AND mention.id <= :last_id"""
_WHEN = """
    AND match.arrived_at >= :since AND match.arrived_at < :until
    AND mention.arrived_at >= :since AND mention.arrived_at < :until"""
_NEWS = " AND mention.arrived_at - mention.published_at <= :in_time"
_ACCOUNT = "coalesce(mention.source_id || ' ' || lower(mention.author), CAST(mention.id AS text))"

_SAID = text(f"""
    SELECT mention.id, mention.source_id, mention.author, mention.kind, mention.domain, mention.sentiment,
           mention.arrived_at, left(concat_ws(' . ', mention.title, mention.text), {LONGEST}) AS text
    {_FROM} {_WHEN} {_NEWS} AND NOT mention.copy
    ORDER BY match.arrived_at DESC, match.mention_id DESC LIMIT :most""")

_STORIES = text(f"""
    WITH copied AS (
        SELECT mention.id, mention.story_id, mention.sentiment, mention.arrived_at, {_ACCOUNT} AS account,
               concat_ws(' . ', mention.title, mention.text) AS text
        {_FROM} {_WHEN} {_NEWS} AND mention.copy AND mention.story_id IS NOT NULL
        ORDER BY match.arrived_at DESC, match.mention_id DESC LIMIT {MOST_COPIES})
    SELECT story_id, min(arrived_at) AS began, count(*) AS copies, count(DISTINCT account) AS accounts,
           count(DISTINCT account) FILTER (WHERE sentiment = 'negative') AS negative,
           count(DISTINCT account) FILTER (WHERE sentiment = 'positive') AS positive,
           left((array_agg(text ORDER BY id))[1], {LONGEST}) AS text
    FROM copied GROUP BY story_id ORDER BY accounts DESC, story_id LIMIT {STORIES}""")  # noqa: S608 - ours

_PAST = text(f"""
    SELECT said.text, said.sentiment, hour
    FROM generate_series(CAST(:first AS bigint), CAST(:past AS bigint) - 1) AS hour
    CROSS JOIN LATERAL (
        SELECT left(concat_ws(' . ', mention.title, mention.text), {LONGEST}) AS text, mention.sentiment
        {_FROM} {_WHEN} AND NOT mention.copy
            AND match.arrived_at >= to_timestamp(3600.0 * hour)
            AND match.arrived_at < to_timestamp(3600.0 * (hour + 1))
            AND mention.arrived_at >= to_timestamp(3600.0 * hour)
            AND mention.arrived_at < to_timestamp(3600.0 * (hour + 1))
        ORDER BY match.arrived_at, match.mention_id LIMIT {EACH_HOUR}) AS said""")  # noqa: S608 - ours

_FASTEST = text(f"""
    WITH slots AS MATERIALIZED (
        SELECT minute / {STORY_MINUTES} AS slot, sum(copies) AS copies FROM minute_count
        WHERE monitor_id = :monitor AND minute >= :first_minute AND minute < :past_minute AND copies > 0
        GROUP BY 1),
    busiest AS (
        SELECT DISTINCT ON (hour, day) hour, day, slot FROM (
            SELECT hour, ({STORY_MINUTES} * slot - 60 * (hour - {_HOURS})) / 1440 AS day, slot, copies
            FROM unnest(CAST(:hours AS bigint[])) AS hour
            JOIN slots ON {STORY_MINUTES} * slot >= 60 * (hour - {_HOURS})
                AND {STORY_MINUTES} * slot < 60 * hour) AS of_hours
        ORDER BY hour, day, copies DESC, slot),
    told AS (
        SELECT slot, max(accounts) AS accounts FROM (SELECT DISTINCT slot FROM busiest) AS once
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT {_ACCOUNT}) AS accounts
            {_FROM} {_WHEN} AND mention.copy AND mention.story_id IS NOT NULL
                AND match.arrived_at >= to_timestamp(60.0 * {STORY_MINUTES} * slot)
                AND match.arrived_at < to_timestamp(60.0 * {STORY_MINUTES} * (slot + 1))
                AND mention.arrived_at >= to_timestamp(60.0 * {STORY_MINUTES} * slot)
                AND mention.arrived_at < to_timestamp(60.0 * {STORY_MINUTES} * (slot + 1))
            GROUP BY mention.story_id) AS one
        GROUP BY slot)
    SELECT hour, day, accounts FROM busiest JOIN told USING (slot)""")  # noqa: S608 - ours

_BEGAN = text("""
    SELECT min(minute) FROM minute_count
    WHERE monitor_id = :monitor AND minute >= :first_minute AND minute < :past_minute AND volume > 0""")

_LAST_ID = text("SELECT last_value FROM mention_id_seq")


@dataclass(frozen=True)
class Names:
    """Words that stand in a monitor's mentions anyway: of its query, its brand, of what is announced."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()
    """What is left of a word with a star."""

    def of(self, text: str) -> dict[str, str]:
        """The words of a text that say something, folded and as written."""
        found = words_of(text, self.words).items()
        return {word: written for word, written in found if not word.startswith(self.stems)}


def names_of(monitor: Monitor, brand: Brand, titles: Sequence[str]) -> Names:
    """Also run together, as in a hashtag."""
    named = [brand.name, monitor.name, *titles]
    words = [word for name in named for word in tokenise(name)]
    joined = ["".join(tokenise(name)) for name in named]
    stems = [stem for stem in re.findall(r"(\w{3,})\*", fold(monitor.query)) if stem]
    return Names(frozenset([*words, *joined, *tokenise(monitor.query)]), tuple(sorted(stems)))


async def last_id(session: ReadSession) -> int:
    """The newest that a mention has been given."""
    return int(await session.scalar(_LAST_ID))


async def said_in(
    session: ReadSession, monitor_id: int, names: Names, until: datetime, last: int
) -> list[Said]:
    """What was said in its own words in the window that ends with `until`, each wording once."""
    rows = await rows_said(session, monitor_id, until - timedelta(minutes=WINDOW_MINUTES), until, last)
    return await asyncio.to_thread(lambda: in_own_words(as_said(row, names) for row in rows))


async def rows_said(
    session: ReadSession, monitor_id: int, since: datetime, until: datetime, last: int, most: int = MOST_SAID
) -> Sequence[RowMapping]:
    """What was said as news and not copied, the newest first, for `as_said`."""
    given = {**_given(monitor_id, since, until, last), "in_time": IN_TIME, "most": most}
    return (await session.execute(_SAID, given)).mappings().all()


def as_said(row: RowMapping, names: Names) -> Said:
    said = str(row["text"])
    minute = minute_of(row["arrived_at"])
    return Said(row["id"], _account(row), minute, names.of(said), row["sentiment"], of_harm(said))


def _account(row: RowMapping) -> str:
    """Who speaks: a medium by its domain; the nameless each are another (`mentions.identity.voices`)."""
    if row["kind"] not in CHATTY and row["domain"]:
        return str(row["domain"])
    return f"{row['source_id']} {fold(row['author'])}" if row["author"] else str(row["id"])


async def stories_in(session: ReadSession, monitor_id: int, until: datetime, last: int) -> list[Spread]:
    """The stories that most accounts copied in the last minutes before `until`."""
    given = _given(monitor_id, until - timedelta(minutes=STORY_MINUTES), until, last)
    rows = (await session.execute(_STORIES, {**given, "in_time": IN_TIME})).mappings()
    return [
        Spread(
            row["story_id"], minute_of(row["began"]), row["copies"], row["accounts"],
            row["negative"], row["positive"], of_harm(str(row["text"])),
        )
        for row in rows
    ]  # fmt: skip


def past_hour(until: datetime) -> int:
    """The hour in which the past of a window ends."""
    began = until - timedelta(minutes=WINDOW_MINUTES)
    return int(began.timestamp()) // 3600 - GAP_HOURS


async def past_of(session: ReadSession, monitor_id: int, names: Names, hour: int, last: int) -> Past:
    """What was usual in the fortnight before this hour."""
    given = _past_given(monitor_id, hour, last)
    rows = await texts_of_hours(session, monitor_id, hour - _HOURS, hour, last)
    known = await asyncio.to_thread(lambda: Known(names.of(row[0]) for row in rows))
    began = await session.scalar(_BEGAN, given)
    minutes = 0 if began is None else given["past_minute"] - began
    return Past(
        until=hour,
        last_id=last,
        days=minutes / 1440,
        texts=len(rows),
        negative=sum(row[1] == "negative" for row in rows) / max(1, len(rows)),
        known=known.words,
        fastest=(await fastest_of(session, monitor_id, {hour: minutes}, last))[hour],
    )


async def texts_of_hours(
    session: ReadSession, monitor_id: int, first: int, past: int, last: int
) -> Sequence[tuple[str, str, int]]:
    """Of each of the hours [first, past) its first texts: text, sentiment, hour."""
    since, until = (datetime.fromtimestamp(3600 * one, UTC) for one in (first, past))
    given = {**_given(monitor_id, since, until, last), "first": first, "past": past}
    rows = await session.execute(_PAST, given)
    return [(said, sentiment, hour) for said, sentiment, hour in rows]


async def fastest_of(
    session: ReadSession, monitor_id: int, known: Mapping[int, int], last: int
) -> dict[int, tuple[int, ...]]:
    """For each hour the accounts that copied the fastest story of each whole day before it.

    known: by hour how many minutes of its past are known.
    """
    if not known:
        return {}
    first, until = _past_given(monitor_id, min(known), last), _past_given(monitor_id, max(known), last)
    starts = {name: first[name] for name in ("since", "first_minute")}
    fastest: dict[tuple[int, int], int] = {}
    for hour, day, accounts in await session.execute(_FASTEST, {**until, **starts, "hours": list(known)}):
        fastest[hour, day] = int(accounts)
    return {
        hour: tuple(fastest.get((hour, day), 0) for day in range(MOST_DAYS - minutes // 1440, MOST_DAYS))
        for hour, minutes in known.items()
    }


def _past_given(monitor_id: int, hour: int, last: int) -> dict[str, Any]:
    first = hour - _HOURS
    since, until = (datetime.fromtimestamp(3600 * one, UTC) for one in (first, hour))
    return {
        **_given(monitor_id, since, until, last),
        "first_minute": 60 * first,
        "past_minute": 60 * hour,
    }


def _given(monitor_id: int, since: datetime, until: datetime, last: int) -> Mapping[str, Any]:
    return {"monitor": monitor_id, "since": since, "until": until, "last_id": last}
