"""An author's request to be forgotten, carried out wherever their words may have come to."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from alerts.alert import Alert
from alerts.claims import EarlierClaim
from incident.digest.compose import excerpt
from incident.digest.digest import Digest
from kit.db import ReadSession, WriteSession
from kit.errors import Invalid
from kit.languages import unquoted
from mentions.drafts.draft import MAX_SHORT
from mentions.identity.handles import names_of
from mentions.importing import faults
from mentions.privacy.erase import (
    ERASED,
    copies_of,
    digest,
    erase,
    erase_copies,
    forget_taught,
    said_by,
    spellings,
    without,
)
from people.letters import Letter
from people.permissions import Viewer, require_admin
from people.telling import tell

_DIGESTS = select(Letter).where(Letter.key.startswith("digest:")).order_by(Letter.id)


@dataclass(frozen=True)
class Erased:
    """From how much the author's words are gone."""

    mentions: int
    copies: int
    """What others repeated of it word for word."""
    corrections: int
    alerts: int
    digests: int
    names: list[str]
    """Under which the author was looked for."""


@dataclass(frozen=True)
class Found:
    """What there is of an author, before it is erased."""

    names: dict[str, int]
    """As the mentions have the author, with how many of them."""
    copies: int
    """Mentions in which others repeat the author word for word."""


async def find_author(session: ReadSession, viewer: Viewer, author: str, *, copies: bool = False) -> Found:
    """What `erase_author` would take the words of: nothing is changed. Refused as it is."""
    found, repeated = dict[str, int](), set[int]()
    for one in await names_of(session, _allowed(viewer, author)):
        found |= await spellings(session, one)
        if copies:
            repeated |= set(await copies_of(session, one))
    return Found(found, len(repeated))


def _allowed(viewer: Viewer, author: str) -> str:
    require_admin(viewer)
    author = author.strip()
    if not author or len(author) > MAX_SHORT:
        raise Invalid(
            "Give the author's name as the mentions have it, at most {} characters.",
            MAX_SHORT,
            field="author",
        )
    return author


async def erase_author(
    session: WriteSession, viewer: Viewer, author: str, *, now: datetime, copies: bool = False
) -> Erased:
    """Wipe what this author wrote, in any source and any capitals, out of all that was made of it.

    `copies`: also what others repeat of it word for word; what alerts quote of that goes within the hour.

    Of an account of Bluesky any handle that it told will do: what is under its DID is looked for, too.

    Counts stay, and so does what people of the house wrote themselves: notes and statements are theirs to
    look through. Files that wait are read in without the author. The log tells that it was done, by whom,
    and digests of the names instead of the names.
    Forbidden to all but admins; Invalid for an empty name.
    """
    author = _allowed(viewer, author)
    names, mentions, repeated, corrections = await names_of(session, author), 0, 0, 0
    for one in names:
        said = list(await said_by(session, one))
        if copies:
            others = await erase_copies(session, one, now=now)
            said += others.values()  # "RT @x:" before it, and so other words of it in a letter
            repeated += len(others)
            corrections += await forget_taught(session, list(others))
        ids = await erase(session, one)
        await _out_of_letters(session, {excerpt(text) for text in said if text})
        mentions += len(ids)
        corrections += await forget_taught(session, ids, one)
    erased = Erased(
        mentions=mentions,
        copies=repeated,
        corrections=corrections,
        alerts=await _out_of_alerts(session, names),
        digests=len(await _scrub(session, Digest, Digest.figures, names)),
        names=names,
    )
    await faults.forget(session)
    tell(
        session,
        viewer,
        ERASED,
        now=now,
        author_sha256=digest(author),
        names_sha256=[digest(one) for one in names],
        mentions=erased.mentions,
        copies=erased.copies,
    )
    return erased


async def _out_of_letters(session: WriteSession, said: Collection[str]) -> None:
    """Take lines that quote the author out of digests' letters, those too that are still to be sent."""
    if not said:
        return
    for letter in await session.scalars(_DIGESTS.with_for_update()):
        written = letter.paper.get("sections", [])  # nothing is kept of one that went out
        sections = [
            {**part, "lines": [line for line in part["lines"] if unquoted(line) not in said]}
            for part in written
        ]
        if sections != written:
            letter.paper = {**letter.paper, "sections": sections}


async def _out_of_alerts(session: WriteSession, names: Sequence[str]) -> int:
    """Out of all that alerts claim and claimed; returns how many alerts that were."""
    now = await _scrub(session, Alert, Alert.evidence, names)
    before = await _scrub(session, EarlierClaim, EarlierClaim.evidence, names)
    return len({alert.id for alert in now} | {claim.alert_id for claim in before})


async def _scrub(
    session: WriteSession,
    table: type[Any],
    column: InstrumentedAttribute[dict[str, Any]],
    names: Sequence[str],
) -> list[Any]:
    """Take these names out of this column's objects; returns the rows in which there was something."""
    written = [json.dumps(name, ensure_ascii=False)[1:-1] for name in names]  # as it stands inside JSON text
    found = or_(*(func.strpos(func.lower(cast(column, String)), name.lower()) > 0 for name in written))
    changed = []
    for row in await session.scalars(select(table).where(found).order_by(table.id).with_for_update()):
        before = getattr(row, column.key)
        after = reduce(without, names, before)
        if after != before:
            setattr(row, column.key, after)
            changed.append(row)
    return changed
