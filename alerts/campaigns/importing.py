"""A file's windows brought in: all or none, and the same file again changes nothing.

What a file announces is known again by its event and occurrence. What it says differently is brought to what
it says; what an event of it no longer does is taken back; what people changed here stays until the file
changes, too. Events that the file does not speak of are left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from alerts.campaigns.campaign import CAMPAIGN, Campaign
from alerts.campaigns.ical import HORIZON, read_ical
from alerts.campaigns.parsed import Found, Otherwise, Parsed
from alerts.campaigns.service import checked_place, put, tell
from alerts.campaigns.table_file import read_csv
from kit import locks
from kit.db import ReadSession, WriteSession
from kit.errors import Invalid
from mentions.monitor import Monitor
from people.organisations import Brand
from people.permissions import Viewer, require_responder

MAX_TEXT = 2_000_000  # characters
OLDER: Mapping[str, str] = {"kind": CAMPAIGN, "brief": "", "link": "", "contact": ""}
"""What every file said for versions that did not read more of it."""

_TURN = text("SELECT pg_advisory_xact_lock(CAST(:kind AS integer), CAST(:brand AS integer))")


@dataclass
class Imported:
    """How many windows a file has brought, changed, taken back, and left as they were."""

    added: int = 0
    changed: int = 0
    taken_back: int = 0
    same: int = 0


async def import_file(
    session: WriteSession,
    viewer: Viewer,
    brand_id: int,
    text: str,
    *,
    lift: float,
    kind: str = CAMPAIGN,
    monitor_id: int | None = None,
    now: datetime,
) -> Imported:
    """Bring in an iCalendar or CSV file; Invalid tells everything that is wrong with it, and nothing is done.

    lift, kind: what is expected, and what it is, where the file does not say. monitor_id: where the file
    names none; None: all.
    """
    require_responder(viewer)
    brand = await checked_place(session, brand_id, monitor_id)
    # in a thread, and with nothing locked: a large calendar takes seconds
    parsed = (
        await asyncio.to_thread(_read, text, ZoneInfo(brand.time_zone), Otherwise(lift, kind), now)
    ).whole()
    return await bring_in(session, viewer, brand, parsed, monitor_id, now=now)


async def bring_in(
    session: WriteSession,
    viewer: Viewer | None,
    brand: Brand,
    parsed: Parsed,
    monitor_id: int | None,
    *,
    now: datetime,
) -> Imported:
    """What was read of a file; `viewer`: None where it is a set-up file."""
    # two files at once take turns; an alert of the brand, which locks its row, waits for neither
    await session.execute(_TURN, {"kind": locks.IMPORTING_CAMPAIGNS, "brand": brand.id})
    monitors = await _monitors(session, brand, parsed, monitor_id)
    known = await _known(session, brand.id, parsed)
    done = Imported()
    for found in parsed.found:
        row = known.pop((found.uid, found.occurrence), None)
        _bring(session, viewer, brand.id, found, monitors[found.monitor], row, done, now)
    for row in known.values():
        if now - HORIZON < row.starts_at < now + HORIZON:
            tell(session, "campaign.taken_back", viewer, row, now, by="file")
            await session.delete(row)
            done.taken_back += 1
    await session.flush()
    return done


def _read(text: str, zone: ZoneInfo, otherwise: Otherwise, now: datetime) -> Parsed:
    if len(text) > MAX_TEXT:
        raise Invalid("A file has {:,} characters at most.", MAX_TEXT, field="file")
    if not text.strip():
        raise Invalid("The file is empty.", field="file")
    if text.lstrip("\ufeff \r\n\t")[:15].upper() == "BEGIN:VCALENDAR":
        return read_ical(text.lstrip("\ufeff \r\n\t"), zone, otherwise, now)
    return read_csv(text, zone, otherwise)


async def _monitors(
    session: ReadSession, brand: Brand, parsed: Parsed, otherwise: int | None
) -> Mapping[str, int | None]:
    """The ids of the monitors that the file names, by name; Invalid names those that the brand has not."""
    rows = await session.execute(select(Monitor.name, Monitor.id).where(Monitor.brand_id == brand.id))
    known: dict[str, int | None] = {"": otherwise} | {row[0]: row[1] for row in rows}
    if unknown := sorted({found.monitor for found in parsed.found} - set(known)):
        raise Invalid(
            "Nothing was imported. {} has no monitor {!r}.", brand.name, unknown[0][:60], field="file"
        )
    return known


async def _known(session: WriteSession, brand_id: int, parsed: Parsed) -> dict[tuple[str, str], Campaign]:
    """What earlier files said of the same events."""
    uids = parsed.uids | {found.uid for found in parsed.found}
    rows = await session.scalars(
        select(Campaign).where(Campaign.brand_id == brand_id, Campaign.uid.in_(uids))
    )
    known = {(row.uid or "", row.occurrence or ""): row for row in rows}
    # a line of a table is an event of its own: another start is another campaign, not this one moved
    said = {(found.uid, found.occurrence) for found in parsed.found}
    return {key: row for key, row in known.items() if key in said or key[0] in parsed.uids}


def _bring(
    session: WriteSession,
    viewer: Viewer | None,
    brand_id: int,
    found: Found,
    monitor_id: int | None,
    row: Campaign | None,
    done: Imported,
    now: datetime,
) -> None:
    values = {**found.wish.checked(), "monitor_id": monitor_id}
    del values["contact_id"]  # a file knows nobody by their number: whom people chose here stays
    said = _said(values)
    if row is None:
        fresh = Campaign(
            brand_id=brand_id, uid=found.uid, occurrence=found.occurrence, imported=said, version=1, **values
        )
        session.add(fresh)
        tell(session, "campaign.announced", viewer, fresh, now, by="file")
        done.added += 1
    elif {**OLDER, **(row.imported or {})} == said:
        done.same += 1
    else:
        row.imported = said
        changed = put(session, viewer, row, values, now, by="file")
        done.changed, done.same = done.changed + changed, done.same + (not changed)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says, as it is remembered."""
    times = {name: values[name].isoformat() for name in ("starts_at", "ends_at")}
    same = {name: values[name] for name in ("title", "lift", "monitor_id", *OLDER)}
    return {**same, **times}
