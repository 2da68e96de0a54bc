"""What was answered to a signed request: one that comes again is answered as before, and changes nothing.

Without this, whoever saw a request go by could send it again for as long as its signature is good.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError

from kit.errors import Unavailable
from kit.signing import MAX_SKEW

log = structlog.get_logger(__name__)

REMEMBERED = 2 * MAX_SKEW  # a signature may be from five minutes ahead, and is good for five minutes after
PATIENCE = 2.0  # seconds for the broker to answer


@dataclass(frozen=True)
class Repeats:
    """The memory of one door; the broker holds it for all processes."""

    redis: Any  # redis-py's own annotations promise either a value or an awaitable
    door: str

    async def earlier(self, source_id: int, signature: str) -> dict[str, Any] | None:
        """What was answered to the same signature before; Unavailable while the broker does not answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                kept = await self.redis.get(self._key(source_id, signature))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("repeats.broker_away", door=self.door, error=str(error))
            raise Unavailable("The broker does not answer. Send this again in a minute.") from error
        return json.loads(zlib.decompress(kept)) if kept else None

    async def remember(self, source_id: int, signature: str, answer: dict[str, Any]) -> None:
        """Keep the answer. What it is about is stored: a broker that goes away now must not make it a no."""
        kept = zlib.compress(json.dumps(answer).encode())
        try:
            async with asyncio.timeout(PATIENCE):
                await self.redis.set(self._key(source_id, signature), kept, ex=REMEMBERED)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("repeats.answer_not_kept", door=self.door, error=str(error))

    def _key(self, source_id: int, signature: str) -> str:
        return f"tocsin:answer:{self.door}:{source_id}:{hashlib.sha256(signature.encode()).hexdigest()}"
