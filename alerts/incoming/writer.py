"""Storing what tools send: whatever waits goes into one transaction, and is answered when that is durable.

One request alone is one transaction. While that is under way others gather, and share the next: so a storm
costs few commits, and a hundred copies of one key lock one row once, instead of standing in a queue for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from alerts.incoming.reading import LEVEL_OF, Incoming
from alerts.levels import rank
from kit.bell import ALERTS, ring_later
from kit.core import Core
from kit.db import WriteSession
from kit.errors import Unavailable

log = structlog.get_logger(__name__)

AT_ONCE = 500
"""Requests that share a transaction."""
MOST_WAITING = 5_000
PATIENCE = 10.0  # seconds for a transaction
RANK = {severity: rank(level) for severity, level in LEVEL_OF.items()}
AWAY = "The alert could not be stored. Send it again in a minute."


@dataclass(frozen=True)
class Said:
    """One alert of a known source about a known brand, `times` times in a row."""

    source_id: int
    brand_id: int
    alert: Incoming
    times: int = 1

    @property
    def identity(self) -> tuple[int, str]:
        return self.source_id, self.alert.key


@dataclass
class _Request:
    said: Sequence[Said]
    stored: asyncio.Future[None]


class Writer:
    """One per process."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._waiting: list[_Request] = []
        self._task: asyncio.Task[None] | None = None

    async def store(self, said: Sequence[Said]) -> None:
        """Returns when all of it is committed; Unavailable when it is not, and may be sent again."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too many alerts wait to be stored. Send this one again in a minute.")
        request = _Request(said, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="incoming alerts")
        await request.stored

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            await self._store(batch)

    async def _store(self, batch: Sequence[_Request]) -> None:
        """Together; where something is wrong with one of them, each by itself."""
        try:
            async with asyncio.timeout(PATIENCE), self._core.database.unit_of_work() as session:
                await write(
                    session, [one for request in batch for one in request.said], self._core.clock.now()
                )
        except (OperationalError, InterfaceError, OSError, TimeoutError) as error:
            log.warning("incoming.database_away", error=str(error)[:200])
            _answer(batch, Unavailable(AWAY))
        except (SQLAlchemyError, ValueError) as error:
            if len(batch) > 1 and not _disconnected(error):
                for request in batch:
                    await self._store([request])
                return
            log.exception("incoming.not_stored")
            _answer(batch, Unavailable(AWAY))
        except Exception:
            log.exception("incoming.not_stored")
            _answer(batch, Unavailable(AWAY))
        else:
            _answer(batch, None)


def _disconnected(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _answer(batch: Sequence[_Request], error: Exception | None) -> None:
    for request in batch:
        if request.stored.done():  # its sender has hung up
            continue
        if error is None:
            request.stored.set_result(None)
        else:
            request.stored.set_exception(error)


async def write(session: WriteSession, said: Sequence[Said], now: datetime) -> None:
    """In the order in which it was said: what fires, then what is over, and again where a key says both."""
    news = 0
    for wave in waves(said):
        rows = json.dumps([_row(one) for one in wave])
        query = _FIRE if wave[0].alert.firing else _RESOLVE
        news += len((await session.execute(query, {"rows": rows, "now": now})).all())
    if news:
        ring_later(session, ALERTS)


def waves(said: Sequence[Said]) -> list[list[Said]]:
    """Runs in which each key occurs once, folded; fires and ends apart. Keys in one order: no deadlocks."""
    found: list[dict[tuple[int, str], Said]] = []
    at: dict[tuple[int, str], int] = {}
    for one in said:
        place = at.get(one.identity, 0)
        if place < len(found) and one.identity in found[place]:
            before = found[place][one.identity]
            if before.alert.firing == one.alert.firing:
                found[place][one.identity] = _folded(before, one)
                continue
            place += 1
        while place < len(found) and _fires(found[place]) != one.alert.firing:
            place += 1
        if place == len(found):
            found.append({})
        found[place][one.identity], at[one.identity] = one, place
    return [[wave[key] for key in sorted(wave)] for wave in found]


def _fires(wave: dict[tuple[int, str], Said]) -> bool:
    return next(iter(wave.values())).alert.firing


def _folded(before: Said, after: Said) -> Said:
    """The later words; the worse severity of the two."""
    worse = max(before.alert.severity, after.alert.severity, key=lambda severity: RANK[severity])
    alert = replace(after.alert, severity=worse)
    return replace(after, alert=alert, times=before.times + after.times)


def _row(one: Said) -> dict[str, Any]:
    alert = one.alert
    return {
        "source_id": one.source_id,
        "key": alert.key,
        "severity": alert.severity,
        "brand_id": one.brand_id,
        "title": alert.title,
        "text": alert.text,
        "url": alert.url,
        "labels": alert.labels,
        "started_at": alert.started_at.isoformat() if alert.started_at else None,
        "times": one.times,
    }


_GIVEN = """
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(
      source_id bigint, key text, severity text, brand_id bigint, title text, text text, url text,
      labels jsonb, started_at timestamptz, times bigint)
"""

_RANK = " ".join(("CASE {}", *(f"WHEN '{severity}' THEN {place}" for severity, place in RANK.items()), "END"))

_FIRE = text(f"""
  INSERT INTO incoming_alert AS known (source_id, key, severity, brand_id, title, text, url, labels,
    started_at, first_at, last_at, count, due_at, failures)
  SELECT source_id, key, severity, brand_id, title, text, url, labels,
    coalesce(started_at, :now), :now, :now, times, :now, 0
  FROM ({_GIVEN}) AS given ORDER BY source_id, key
  ON CONFLICT (source_id, key) WHERE ended_at IS NULL DO UPDATE SET
    last_at = excluded.last_at, count = known.count + excluded.count,
    title = excluded.title, text = excluded.text, url = excluded.url, labels = excluded.labels,
    severity = CASE WHEN {_RANK.format("excluded.severity")} > {_RANK.format("known.severity")}
      THEN excluded.severity ELSE known.severity END,
    due_at = CASE WHEN {_RANK.format("excluded.severity")} > {_RANK.format("known.severity")}
      THEN excluded.due_at ELSE known.due_at END
  RETURNING (due_at = :now) AS news
""")  # noqa: S608 - of constants

_RESOLVE = text(f"""
  WITH ended AS (
    SELECT known.id FROM incoming_alert AS known
    JOIN ({_GIVEN}) AS given ON known.source_id = given.source_id AND known.key = given.key
    WHERE known.ended_at IS NULL ORDER BY known.source_id, known.key FOR UPDATE OF known)
  UPDATE incoming_alert AS known SET ended_at = :now, last_at = :now, due_at = :now
  FROM ended WHERE known.id = ended.id RETURNING true AS news
""")  # noqa: S608 - of constants
