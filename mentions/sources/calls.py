"""Calls that brought nothing, of sources that are pushed to: why nothing comes from them.

Anybody may call an address. So a call that proved nothing leaves a note beside the source's health and does
not change it, and however many calls there are, each process writes one such note a minute of a source for
each reason there is to refuse one (a handful). A call of its sender that could not be read is a failure of
the source, noted as seldom; what is read later ends it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from kit.core import Core
from mentions.sources import contact

log = structlog.get_logger(__name__)

APART = timedelta(minutes=1)
UNREAD = "unread"
Note = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Calls:
    """One process's memory of when it last noted what of which source."""

    _noted: dict[tuple[int, str], datetime] = field(default_factory=dict)

    async def refused(self, core: Core, source_id: int, why: str, *, reason: str) -> None:
        """Somebody called who did not prove to be its sender, or called when there was no room.

        `reason`: which of the few reasons; `why` tells more of this call, and may be new at each.
        """
        await self._note(core, source_id, reason, partial(contact.refused, why=why))

    async def unread(self, core: Core, source_id: int, why: str) -> None:
        """Its sender called, and nothing of that could be read."""
        await self._note(core, source_id, UNREAD, partial(contact.failed, error=why))

    async def _note(self, core: Core, source_id: int, reason: str, note: Note) -> None:
        """The caller is answered as without the note, also when it cannot be written: then the next tries."""
        key, now = (source_id, reason), core.clock.now()
        last = self._noted.get(key)
        if last is not None and now - last < APART:
            return
        self._noted[key] = now  # before it is written, or a storm in this moment would be as many notes
        written = False
        try:
            async with core.database.unit_of_work() as session:
                await note(session, source_id, now=now)
            written = True
        except Exception:
            log.exception("ingest.call_not_noted", source_id=source_id)
        finally:
            if not written:
                self._noted.pop(key, None)
