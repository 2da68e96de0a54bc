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
    row = await session.get_one(Member, viewer.member_id)
    row.language = known_language(language, field="language")
    row.time_zone = known_zone(time_zone, field="timeZone")


def known_language(code: str, *, field: str | None = None) -> str:
    """The code, if it is of one of our languages; else Invalid."""
    if code not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise Invalid("{!r} is not one of the languages: choose one of {}.", code[:20], known, field=field)
    return code
