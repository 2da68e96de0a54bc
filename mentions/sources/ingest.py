"""Batches from outside: checked, judged mention by mention, and safe in the stream before the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from hmac import compare_digest
from typing import Any, NoReturn

import structlog
from sqlalchemy import select

from kit.addresses import within
from kit.core import Core
from kit.errors import Forbidden, Invalid, NotFound, SignedOut, TocsinError, Unavailable
from kit.recent import Recent
from kit.repeats import Repeats
from kit.signing import check_body
from mentions.drafts.draft import storable
from mentions.source import Source
from mentions.sources import raw, webhook
from mentions.sources.base import Fault, Items, Kind, Receive
from mentions.sources.bodies import MAX_BODY, unpacked
from mentions.sources.calls import Calls
from mentions.sources.registry import KINDS
from mentions.waiting.batch import Batch, encode
from mentions.waiting.valkey_queue import Outbox

log = structlog.get_logger(__name__)

LARGE = 50_000
"""Bytes that take some milliseconds to read. What is larger, or packed, is read in a thread: others want an
answer, too. For a smaller body the way there and back would be a tenth of all its work."""


@dataclass(frozen=True)
class Accepted:
    """What became of a batch."""

    accepted: int
    rejected: Sequence[Fault] = field(default_factory=list)
    status: int = webhook.KIND.taken
    """The HTTP status that says so to this source's sender."""


async def accept(
    core: Core,
    source_name: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    path_token: str | None = None,
    address: str | None = None,
    sources: Recent[Source] | None = None,
    calls: Calls | None = None,
) -> Accepted:
    """Take a batch in; when this returns, its good mentions are in the append-only stream.

    It proves itself by its signature, or by the unguessable `path_token` of a sender that cannot sign;
    `address` is the sender's, for sources that name theirs. A signed batch that comes again while its
    signature is good is answered as before and changes nothing. `sources`: what this process knows of them,
    `calls`: when it noted those it turned away; who takes in more than one batch keeps both.

    Raises NotFound (no such source, one that we ask, or not this token), SignedOut (signature), Forbidden
    (address), Invalid (size, packing, JSON), Unavailable (broker).
    """
    now, given = core.clock.now(), {name.lower(): value for name, value in headers.items()}
    calls = calls or Calls()
    source = await _called(core, source_name, sources)
    await _prove(core, source, path_token, address, calls, lambda: _check_signature(source, given, body, now))
    if path_token is not None:
        return await _take(core, source, given, body, now, calls)

    async def take() -> dict[str, Any]:
        return asdict(await _take(core, source, given, body, now, calls))

    repeats = Repeats(core.bell.redis, f"ingest:{source.id}", opens_without=False)
    return Accepted(**await repeats.once(given["x-tocsin-signature"], take))


async def too_large(
    core: Core,
    source_name: str,
    *,
    path_token: str | None = None,
    address: str | None = None,
    sources: Recent[Source] | None = None,
    calls: Calls | None = None,
) -> None:
    """Note a call whose body was so large that it was not read, where its source is one that is pushed to.

    A token proves its sender, to whom it is a failure as any that cannot be read. A signature proves nothing
    without the body: then somebody was refused.
    """

    why = f"The body is larger than {MAX_BODY:,} bytes: it was not read. Send smaller batches."

    def unproved() -> NoReturn:
        raise Invalid(why)

    calls = calls or Calls()
    with suppress(TocsinError):
        source = await _called(core, source_name, sources)
        await _prove(core, source, path_token, address, calls, unproved)
        await calls.unread(core, source.id, why)


async def send(core: Core, batch: Batch) -> None:
    """Put the batch where the workers find it; Unavailable when it cannot be kept now."""
    await Outbox(core.bell.redis).append(encode(batch))


async def _called(core: Core, name: str, sources: Recent[Source] | None) -> Source:
    """The source of this name; NotFound where there is none that is pushed to."""
    source = await (sources or Recent()).get(name, lambda: _source(core, name))
    _receiver(source)
    return source


async def _prove(
    core: Core,
    source: Source,
    path_token: str | None,
    address: str | None,
    calls: Calls,
    check_signature: Callable[[], None],
) -> None:
    """Refuse, and note it, unless this is the source's sender: by its token, or else by its signature."""
    try:
        _check_token(source, path_token)
        _check_address(source, address)
        if path_token is None:
            check_signature()
    except TocsinError as refusal:
        await calls.refused(core, source.id, _why(refusal, address), reason=refusal.message)
        raise


async def _take(
    core: Core, source: Source, headers: Mapping[str, str], body: bytes, now: datetime, calls: Calls
) -> Accepted:
    await raw.keep(core, source, body, headers, now)
    received = partial(_received, source, headers, body, now)
    aside = len(body) > LARGE or "content-encoding" in headers
    try:
        items = await asyncio.to_thread(received) if aside else received()
    except (Invalid, Unavailable) as error:
        await calls.unread(core, source.id, error.message)
        raise
    if items.faults and not items.drafts:
        await calls.unread(core, source.id, f"Nothing of it is a mention: {items.faults[0]['reason']}")
    try:
        await send(core, Batch(source.id, now, tuple(items.drafts), rejected=items.rejected))
    except Unavailable as error:
        await calls.refused(core, source.id, error.message, reason=error.message)
        raise
    return Accepted(len(items.drafts), list(items.faults), _kind(source).taken)


def _kind(source: Source) -> Kind:
    """Kinds of the house's own read our own JSON."""
    return KINDS.get(source.kind, webhook.KIND)


def _receiver(source: Source) -> Receive:
    """How this kind of source reads what is sent to it.

    NotFound for a kind that we ask: whoever calls it is nobody to it.
    """
    receive = _kind(source).receive
    if receive is None:
        raise NotFound("Nothing can be sent to this source: it is asked by us.")
    return receive


def _received(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> Items:
    told = (*source.field_map.items(), *source.settings.items())
    settings = {name: value for name, value in told if isinstance(value, str) and value}
    return _receiver(source)(unpacked(body, headers), headers, settings, now)


async def _source(core: Core, name: str) -> Source:
    found = None
    if storable(name) == name:
        async with core.database.read() as session:
            found = await session.scalar(select(Source).where(Source.name == name, Source.enabled))
    if found is None:
        raise NotFound("There is no such source.")
    return found


def _why(refusal: TocsinError, address: str | None) -> str:
    """What people of the house are told; who was refused is told no more than anybody may know."""
    if isinstance(refusal, NotFound):
        return "It was called without the right token at the end of its address."
    if isinstance(refusal, Forbidden):
        return f"It was called from {address}, which is not among the addresses that may send."
    return refusal.message


def _check_token(source: Source, given: str | None) -> None:
    """NotFound unless none is given, or the source's: in constant time, so that nobody guesses it."""
    token = source.path_token or ""
    if given is not None and not (compare_digest(given.encode(errors="replace"), token.encode()) and token):
        raise NotFound("There is no such source.")


def _check_address(source: Source, address: str | None) -> None:
    """Forbidden unless the source's list is empty, or one of its networks holds the sender's address."""
    if source.allowed_addresses and not within(address, source.allowed_addresses):
        log.warning("ingest.address_refused", source=source.name, address=address)
        raise Forbidden("This source takes nothing from your address.")


def _check_signature(source: Source, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    if not source.secret:
        raise SignedOut("This source has no secret, so nothing can be sent to it.")
    check_body(
        source.secret,
        timestamp=headers.get("x-tocsin-timestamp"),
        signature=headers.get("x-tocsin-signature"),
        body=body,
        now=now,
    )
