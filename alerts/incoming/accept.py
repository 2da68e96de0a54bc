"""`POST /alerts/{source}`: proved, read and stored before the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from hmac import compare_digest
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from alerts.incoming.reading import Fault, Incoming, Items, read
from alerts.incoming.source import AlertSource
from alerts.incoming.writer import AWAY, Said, Writer
from kit.core import Core
from kit.db import ReadSession
from kit.errors import Invalid, NotFound, SignedOut, Unavailable
from kit.recent import Recent
from kit.repeats import Repeats
from kit.signing import check_body
from mentions.drafts.draft import storable
from people.organisations import Brand

MAX_BODY = 1_000_000
LARGE = 20_000
"""Bytes that take a millisecond to read: what is larger is read in a thread, as others want an answer too."""


@dataclass(frozen=True)
class Taken:
    """What became of a request."""

    accepted: int
    rejected: list[dict[str, Any]] = field(default_factory=list)


class Doorway:
    """What takes alerts in: one per process."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._writer = Writer(core)
        self._sources = Recent[AlertSource]()
        self._brands = Recent[dict[str, int]]()

    async def accept(
        self, name: str, *, headers: Mapping[str, str], body: bytes, path_token: str | None = None
    ) -> Taken:
        """Take a request in; when this returns, its good alerts are stored, each key once.

        It proves itself by its signature, or by the source's token in the path or as a bearer. A signed one
        that comes again is answered as before and changes nothing. Raises NotFound (no such source, or not
        this token), SignedOut (signature), Invalid (size, JSON) and Unavailable.
        """
        if len(body) > MAX_BODY:
            raise Invalid(f"The body has {len(body):,} bytes; the limit is {MAX_BODY:,}.")
        source = await self._sources.get(name, lambda: self._look_up(name))
        signature = self._prove(source, headers, body, path_token)
        if signature is None:
            return await self._take(source, body)

        async def take() -> dict[str, Any]:
            return asdict(await self._take(source, body))

        repeats = Repeats(self._core.bell.redis, f"alerts:{source.id}")
        return Taken(**await repeats.once(signature, take))

    async def _take(self, source: AlertSource, body: bytes) -> Taken:
        good, faults = await _read(source, body)
        said, brands = [], await self._brands.get("all", self._by_name)
        for index, alert in good:
            brand_id = brand_of(alert, source.brand_id, brands)
            if brand_id is None:
                faults.append(Fault(index, "brand", "This names no brand of ours, and the source has none."))
            else:
                said.append(Said(source.id, brand_id, alert))
        if said:
            await self._writer.store(said)
        return Taken(len(said), [asdict(fault) for fault in sorted(faults, key=lambda one: one.index)])

    def _prove(
        self, source: AlertSource, headers: Mapping[str, str], body: bytes, path_token: str | None
    ) -> str | None:
        """The signature that it bears; None for a token, which says nothing of when it was sent."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        given = path_token or (credentials.strip() if scheme.lower() == "bearer" else None)
        if given is not None:
            token = source.path_token or ""
            if not token or not compare_digest(given.encode(errors="replace"), token.encode()):
                raise NotFound("There is no such source.")
            return None
        if not source.secret:
            raise SignedOut("This source has no secret: send to its secret address, or with its token.")
        signature = headers.get("x-tocsin-signature")
        check_body(
            source.secret,
            timestamp=headers.get("x-tocsin-timestamp"),
            signature=signature,
            body=body,
            now=self._core.clock.now(),
        )
        return signature

    async def _look_up(self, name: str) -> AlertSource:
        found = None
        try:
            if storable(name) == name:
                async with self._core.database.read() as session:
                    query = select(AlertSource).where(AlertSource.name == name, AlertSource.enabled)
                    found = await session.scalar(query)
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(AWAY) from error
        if found is None:
            raise NotFound("There is no such source.")
        return found

    async def _by_name(self) -> dict[str, int]:
        try:
            async with self._core.database.read() as session:
                return await brand_names(session)
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(AWAY) from error


async def _read(source: AlertSource, body: bytes) -> Items:
    reads = partial(read, source.format, body, field_map=source.field_map, severities=source.severities)
    return await asyncio.to_thread(reads) if len(body) > LARGE else reads()


async def brand_names(session: ReadSession) -> dict[str, int]:
    """Brands by slug and by name, in small letters."""
    rows = (await session.execute(select(Brand.id, Brand.name, Brand.slug))).all()
    return {name.casefold(): key for key, brand, slug in rows for name in (brand, slug)}


def brand_of(alert: Incoming, otherwise: int | None, brands: Mapping[str, int]) -> int | None:
    """The brand that the alert names, where we know it, else its source's own."""
    return brands.get(alert.brand.casefold(), otherwise) if alert.brand else otherwise
