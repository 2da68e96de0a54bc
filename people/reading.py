"""In which language, and by which clock, somebody reads pages and mails."""

from __future__ import annotations

from kit.db import WriteSession
from kit.errors import Invalid
from kit.languages import LANGUAGES
from kit.zones import known_zone
from people.members import Member
from people.permissions import Viewer


async def choose(session: WriteSession, viewer: Viewer, *, language: str, time_zone: str) -> None:
    """Have it so from the next page and mail on; `time_zone` is an IANA name."""
    if language not in LANGUAGES:
        raise Invalid("{!r} is not one of the languages of the pages.", language[:20], field="language")
    row = await session.get_one(Member, viewer.member_id)
    row.language, row.time_zone = language, known_zone(time_zone, field="timeZone")
