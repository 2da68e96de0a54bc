"""What accounts of Bluesky call themselves. A DID is the author; a handle its name for a time.

Posts come without handles; the network tells one when it changes. Only those of accounts are kept of which a
mention is kept: `mentions.privacy.retention` drops the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, WriteSession

Told = tuple[str, str]
"""A DID, and the handle that it has from now on."""


class AccountHandle(Base):
    """A handle that an account has, or had."""

    __tablename__ = "account_handle"

    handle: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(primary_key=True, index=True)
    told_at: Mapped[datetime]
    """When the network told it last."""


_NOTE = text("""
    INSERT INTO account_handle (handle, did, told_at)
    SELECT DISTINCT told.handle, told.did, CAST(:at AS timestamptz)
    FROM unnest(CAST(:dids AS text[]), CAST(:handles AS text[])) AS told (did, handle)
    WHERE EXISTS (SELECT FROM mention WHERE mention.author = told.did AND mention.author LIKE 'did:%')
    ORDER BY 1, 2
    ON CONFLICT (handle, did) DO UPDATE SET told_at = greatest(account_handle.told_at, excluded.told_at)""")


async def note(session: WriteSession, told: Collection[Told], at: datetime) -> None:
    """Note the handles of those of whom we keep a mention; in one order, against deadlocks."""
    if told:
        dids, handles = zip(*told, strict=True)
        await session.execute(_NOTE, {"dids": list(dids), "handles": list(handles), "at": at})


_NEWEST = text("""
    SELECT DISTINCT ON (own.did) own.did,
        CASE WHEN NOT EXISTS (SELECT FROM account_handle AS other
            WHERE other.handle = own.handle AND other.did <> own.did AND other.told_at > own.told_at)
        THEN own.handle END AS handle
    FROM account_handle AS own WHERE own.did = ANY(:dids) ORDER BY own.did, own.told_at DESC""")


async def newest(session: ReadSession, authors: Collection[str]) -> dict[str, str]:
    """The handle of each of these authors that is an account and has one that nobody else took since."""
    dids = [author for author in authors if author.startswith("did:")]
    if not dids:
        return {}
    rows = await session.execute(_NEWEST, {"dids": dids})
    return {row.did: row.handle for row in rows if row.handle is not None}


_ACCOUNT = text("SELECT did FROM account_handle WHERE handle = :handle ORDER BY told_at DESC LIMIT 1")


async def names_of(session: ReadSession, author: str) -> list[str]:
    """The names under which this author's mentions may stand: as given, and the DID of whom has that handle.

    A handle that somebody else took since is theirs. The account's other handles are none of them: anybody
    may claim to have any, and would be taken for who writes under it elsewhere.
    """
    handle = author.lower().removeprefix("@")
    did = await session.scalar(_ACCOUNT, {"handle": handle})
    return [author] if did is None else list(dict.fromkeys((author, did, handle)))
