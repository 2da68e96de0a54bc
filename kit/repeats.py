"""What was answered to a signed request: one that comes again is answered as before, and changes nothing.

Without this, whoever saw a request go by could send it again for as long as its signature is good.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError

from kit.errors import Unavailable
from kit.signing import MAX_SKEW

log = structlog.get_logger(__name__)

REMEMBERED = 2 * MAX_SKEW  # a signature may be from five minutes ahead, and is good for five minutes after
UNDER_WAY = timedelta(seconds=30)
"""For which a request counts as being worked on; its process may be dead."""
PATIENCE = 2.0  # seconds for the broker to answer
AWAY = (RedisError, OSError, TimeoutError)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Repeats:
    """The memory of one door; the broker holds it for all processes."""

    redis: Any  # redis-py's own annotations promise either a value or an awaitable
    door: str
    kept: timedelta = REMEMBERED
    opens_without: bool = True
    """Whether the work is done, as if for the first time, while the broker does not answer."""

    async def once(self, signature: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `work` answers; what it answered before to the same signature.

        Raises Unavailable while the same is being worked on. What `work` raises leaves no trace: it may be
        tried again.
        """
        key = f"tocsin:answer:{self.door}:{hashlib.sha256(signature.encode()).hexdigest()}"
        try:
            async with asyncio.timeout(PATIENCE):
                earlier = await self.redis.set(key, b"", nx=True, get=True, ex=UNDER_WAY)
        except AWAY as error:
            log.warning("repeats.broker_away", door=self.door, error=str(error))
            if self.opens_without:
                return await work()
            raise Unavailable("The broker does not answer. Send this again in a minute.") from error
        if earlier is not None:
            return _read(earlier)
        try:
            answer = await work()
        except BaseException:
            with suppress(*AWAY):
                async with asyncio.timeout(PATIENCE):
                    await self.redis.delete(key)
            raise
        await self._keep(key, answer)
        return answer

    async def _keep(self, key: str, answer: Answer) -> None:
        """What it is about is stored: a broker that goes away now must not make it a no."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.redis.set(key, zlib.compress(json.dumps(answer).encode()), ex=self.kept)
        except AWAY as error:
            log.warning("repeats.answer_not_kept", door=self.door, error=str(error))


def _read(kept: bytes) -> Answer:
    if not kept:
        raise Unavailable("The same request is being worked on. Send it again in a minute.")
    answer: Answer = json.loads(zlib.decompress(kept))
    return answer
