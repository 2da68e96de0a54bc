"""Which of some companies are competitors of ours: those that a monitor of that type listens for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from kit.db import ReadSession
from mentions.monitor import Monitor
from mentions.query import Matchable, Unreadable, parse
from mentions.query.item import name_key


async def rivals(session: ReadSession, names: Collection[str]) -> dict[str, str]:
    """The monitor of each name that is a competitor's: its query finds the name, or it is called so."""
    query = select(Monitor.name, Monitor.query).where(Monitor.type == "competitor", Monitor.enabled)
    found: dict[str, str] = {}
    for monitor, asked in (await session.execute(query.order_by(Monitor.id))).all() if names else ():
        try:
            finds = parse(asked).matches
        except Unreadable:
            continue
        for name in names:
            if name_key(name) == name_key(monitor) or finds(Matchable(text=name)):
                found.setdefault(name, monitor)
    return found
