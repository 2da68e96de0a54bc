"""What stood in the rejected lines of files: nobody knows whose words those are, so all of it goes."""

from __future__ import annotations

from sqlalchemy import func, update

from kit.db import WriteSession
from mentions.importing.job import ImportJob


async def forget(session: WriteSession) -> None:
    """Somebody is erased: let go what rejected lines held, whoever wrote it. How many there were stays."""
    held = func.jsonb_array_length(ImportJob.faults) > 0
    await session.execute(update(ImportJob).where(held).values(faults=[]))
