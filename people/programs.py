"""What asks in a person's name without them: programs with access tokens, calendars at secret addresses."""

from __future__ import annotations

from datetime import datetime

from kit.db import WriteSession
from people import tokens
from people.on_call import feeds
from people.permissions import Viewer


async def end_all(session: WriteSession, by: Viewer | None, member_id: int, now: datetime) -> None:
    """Of somebody who leaves, or whose account may have been stolen; each with its line in the log.

    by: whose doing it is; None: that of who runs the installation.
    """
    await tokens.revoke_all(session, by, member_id, now=now)
    await feeds.revoke_all(session, by, member_id, now=now)
