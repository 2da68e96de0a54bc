"""Tries to sign in that did not succeed: how many there may be, by account and by where they come from.

Who tries wrong passwords from anywhere must not lock a person out who is paged at night. So tries count for
the account and the client's address together; what counts for either of them alone has a far higher bound,
and none where the person has signed in from that address before.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import locks
from kit.addresses import household
from kit.db import ReadSession, WriteSession, delete_free
from kit.errors import SignedOut
from people.members import KnownClient, SignInFailure

WINDOW = timedelta(minutes=15)
MAX_FAILURES = 10
"""Of one account from one address."""
MAX_FROM_CLIENT = 50
"""From one address, of all accounts."""
MAX_OF_ACCOUNT = 100
"""Of one account, from all addresses."""
KNOWN_FOR = timedelta(days=90)
"""After it was last used an address counts as one that the person uses."""


@dataclass(frozen=True)
class Tried:
    """Which account, and from where: digests, as what was typed may be a password."""

    email_sha256: str
    client_mac: str

    @classmethod
    def by(cls, email: str, client: str | None, key: str) -> Tried:
        """`client`: an address of the network, None where there is none; `key`: the installation's."""
        typed = email.strip().lower().encode("utf-8", "surrogatepass")
        mac = hmac.new(key.encode(), f"client:{household(client)}".encode(), hashlib.sha256)
        return cls(hashlib.sha256(typed).hexdigest(), mac.hexdigest())

    @property
    def of_account(self) -> ColumnElement[bool]:
        return SignInFailure.email_sha256 == self.email_sha256

    @property
    def from_client(self) -> ColumnElement[bool]:
        return SignInFailure.client_mac == self.client_mac


async def note_try(session: WriteSession, tried: Tried, member_id: int | None, now: datetime) -> None:
    """Write one more failure down, or raise SignedOut when there are too many already."""
    await _one_at_a_time(session, tried)
    since = now - WINDOW
    query = select(
        func.count().filter(tried.of_account, tried.from_client),
        func.count().filter(tried.from_client),
        func.count().filter(tried.of_account),
    ).where(SignInFailure.at > since, or_(tried.of_account, tried.from_client))
    here, from_client, of_account = (await session.execute(query)).one()
    by_others = from_client >= MAX_FROM_CLIENT or of_account >= MAX_OF_ACCOUNT
    if here >= MAX_FAILURES or (by_others and not await _is_known(session, tried, member_id, now)):
        raise SignedOut("Too many failed tries for this address. Try again in a quarter of an hour.")
    await delete_free(session, SignInFailure, SignInFailure.at <= since)
    session.add(SignInFailure(email_sha256=tried.email_sha256, client_mac=tried.client_mac, at=now))


async def succeeded(session: WriteSession, tried: Tried, member_id: int, now: datetime) -> None:
    """Strike out what failed of this account from here, and remember that the person uses this address."""
    await _one_at_a_time(session, tried)
    await session.execute(delete(SignInFailure).where(tried.of_account, tried.from_client))
    await delete_free(session, KnownClient, KnownClient.used_at <= now - KNOWN_FOR)
    used = insert(KnownClient).values(member_id=member_id, client_mac=tried.client_mac, used_at=now)
    await session.execute(
        used.on_conflict_do_update(
            index_elements=[KnownClient.member_id, KnownClient.client_mac], set_={"used_at": now}
        )
    )


async def _one_at_a_time(session: WriteSession, tried: Tried) -> None:
    """Of this account, and from this address."""
    for digest in sorted((tried.email_sha256, tried.client_mac)):
        await locks.take_turn(session, int.from_bytes(bytes.fromhex(digest)[:8], signed=True))


async def _is_known(session: ReadSession, tried: Tried, member_id: int | None, now: datetime) -> bool:
    found = exists().where(
        KnownClient.member_id == member_id,
        KnownClient.client_mac == tried.client_mac,
        KnownClient.used_at > now - KNOWN_FOR,
    )
    return bool(await session.scalar(select(found)))
