"""Calls that brought nothing, of sources that are pushed to: why nothing comes from them.

Anybody may call an address. So a call that proved nothing leaves a note beside the source's health and does
not change it, and one such note a minute is written of a source, however many calls there are. A call of its
sender that could not be read is a failure of the source, noted as seldom; what is read later ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from kit.core import Core
from mentions.sources import contact

log = structlog.get_logger(__name__)

APART = timedelta(minutes=1)


@dataclass(frozen=True)
class Calls:
    """One process's memory of when it last noted what of which source."""

    _noted: dict[tuple[int, bool], datetime] = field(default_factory=dict)

    async def refused(self, core: Core, source_id: int, why: str) -> None:
        """It was called by somebody who did not prove to be its sender; `why` is a sentence for people."""
        await self._note(core, source_id, why, proven=False)

    async def unread(self, core: Core, source_id: int, why: str) -> None:
        """Its sender called, and nothing of that could be read."""
        await self._note(core, source_id, why, proven=True)

    async def _note(self, core: Core, source_id: int, why: str, *, proven: bool) -> None:
        """The caller is answered as without the note, also when it cannot be written."""
        now, last = core.clock.now(), self._noted.get((source_id, proven))
        if last is not None and now - last < APART:
            return
        self._noted[source_id, proven] = now
        note = contact.failed if proven else contact.refused
        try:
            async with core.database.unit_of_work() as session:
                await note(session, source_id, why, now)
        except Exception:
            log.exception("ingest.call_not_noted", source_id=source_id)
