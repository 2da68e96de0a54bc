"""What every kind of source is made of. A kind reads what the outside says; it stores nothing itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

import httpx

from mentions.drafts.draft import MentionDraft


@dataclass(frozen=True)
class Field:
    """One setting that people fill in."""

    name: str
    label: str
    required: bool = False
    secret: bool = False
    """Kept as the source's secret: never shown again."""
    default: str = ""
    help: str = ""
    moves: bool = False
    """The same is asked for in another place or way when it changes: we go on from where we were."""
    aims: bool = False
    """Where the secret goes: who changes it has to type the secret again."""
    choices: tuple[str, ...] = ()
    """The only values that it may have; empty: any."""
    web: str = ""
    """It is an address of the web, http or https: an example of one."""
    rare: bool = False
    """Nearly everybody leaves it as it is: forms fold it away."""


class Fault(TypedDict):
    """One item that was not taken: its place from 0, the field at fault, a sentence."""

    index: int
    field: str | None
    reason: str


@dataclass(frozen=True)
class Items:
    """What one step brought."""

    drafts: Sequence[MentionDraft] = ()
    cursor: Mapping[str, Any] | None = None
    """Where to go on from, ready for JSON; None: unchanged. Saved only when the drafts are safe."""
    rejected: int = 0
    """How many items of the answer were no mentions."""
    wait: float | None = None
    """Seconds that the provider asks us to wait before the next step."""
    gone: Sequence[str] = ()
    """Authors whose account is no more: all that this source brought of them is wiped."""
    handles: Sequence[tuple[str, str]] = ()
    """Accounts (DID) and what they call themselves from now on."""
    faults: Sequence[Fault] = ()
    """Of a push whose sender mends what is wrong: what is told about the rejected."""
    gap: Gap | None = None
    """Of a `poll`: what is missing for good before this cursor."""
    note: str | None = None
    """Of a `poll`: what people should know of it, though it works; said on its page, and nowhere else."""


class Trouble(Exception):
    """An expected failure of a source: the message is one sentence for people.

    `retry_after`: seconds until another try makes sense, None when nobody said. `permanent`: trying again
    will not help before a person did something (a bad token, an address that is gone).
    """

    def __init__(self, message: str, *, retry_after: float | None = None, permanent: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.permanent = permanent


class Gap(Trouble):
    """Something that was said will never be read, and we go on behind it.

    The source works, so this is no failure of it: people are told what is missing. A `stream` hands over the
    cursor that stands behind it, then raises it; a `poll` returns both.
    """


def untold(begin: datetime, end: datetime) -> Gap:
    """Of a `poll` that is not told everything at once."""
    return Gap(
        f"From {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC more was said than the server tells: "
        "the rest is missing."
    )


@dataclass
class Rest:
    """For how many seconds the server that answered last has nothing left for us, as its answer says."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Connection:
    """What a kind is given to do its work with."""

    settings: Mapping[str, str]
    secret: str | None
    http: httpx.AsyncClient
    now: Callable[[], datetime]
    rest: Rest = field(default_factory=Rest)


Poll = Callable[[Connection, Mapping[str, Any]], Awaitable[Items]]
"""One look, from a cursor (empty at first). Raises Trouble."""
Stream = Callable[[Connection, Mapping[str, Any]], AsyncIterator[Items]]
"""Stays connected, from a cursor, until it ends or raises Trouble."""
Glance = Callable[[Connection], Awaitable[Items]]
"""A look at what there is, by which settings are tried; its cursor is not kept. Raises Trouble."""
Receive = Callable[[bytes, Mapping[str, str], Mapping[str, str], datetime], Items]
"""A push: (body, headers in lower case, settings, now). Raises Invalid."""


Vouches = Callable[[Mapping[str, Any], str | None], bool]
"""Whether its word is good for which item stands at an address: (settings, address)."""


def for_all(_settings: Mapping[str, Any], _address: str | None) -> bool:
    """Of a kind that asks the place itself, or a service that we chose and that proves who it is."""
    return True


def for_none(_settings: Mapping[str, Any], _address: str | None) -> bool:
    """Of a kind into which others write what they like."""
    return False


@dataclass(frozen=True)
class Kind:
    """A kind of source: how it is called, what is to be filled in, and how it gets its mentions."""

    name: str
    title: str
    fields: tuple[Field, ...]
    prepare: str = ""
    """What is to be done on the other side, before or after it is connected."""
    every: float = 300
    """Seconds between two looks of a `poll`."""
    pace: float = 0.0
    """Seconds from one connection of a `stream` to the next, at the least."""
    keep: str = "all"
    """What is stored unless the source says otherwise: `all`, or only what is `matched` by a monitor."""
    check: Callable[[Mapping[str, str]], None] | None = None
    """Whether the settings make sense together, asked when they are changed. Raises Invalid."""
    poll: Poll | None = None
    stream: Stream | None = None
    receive: Receive | None = None
    glance: Glance | None = None
    """Of a kind whose first `poll` tells too little to judge it by, or whose `stream` may be quiet."""
    taken: int = 202
    """The HTTP status of a push that was taken: some senders stop for good at any but the one they know."""
    vouches: Vouches = for_none
    """For which addresses it is believed; of all others it has to say the same words as who was first."""

    def connection(
        self,
        settings: Mapping[str, Any],
        secret: str | None,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> Connection:
        """What a source with these settings works with; what they leave out is as it is by default."""
        given = {name: str(value) for name, value in settings.items() if value is not None}
        defaults = {one.name: one.default for one in self.fields if one.default and not one.secret}
        return Connection(defaults | given, secret, http, now)
