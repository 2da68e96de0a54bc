"""Whether the model that judges sentiment gives judgements: in the broker, for the auditor of any process."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from kit.core import Core
from mentions.sentiment.model import Replaced, SentimentModel
from mentions.sentiment.plugged.choose import name_of

FAILING = "tocsin:sentiment:failing"
"""By the name of the server or file: since when the tables judge in its place."""
ACCURATE = "TOCSIN_ACCURATE"
"""The same of the model that looks a second time: since when the first judgement stands."""


async def note(core: Core, model: SentimentModel) -> None:
    """Say how it went the last time this model was asked."""
    if isinstance(model, Replaced):
        await told(core, model.name, fails=model.failing is not None)


async def told(core: Core, name: str, *, fails: bool) -> None:
    """Say how it went with the model of this name. A broker that is away is told the next time."""
    redis: Any = core.bell.redis  # redis-py's own annotations promise either a value or an awaitable
    with suppress(RedisError, OSError):
        if fails:
            await redis.hsetnx(FAILING, name, core.clock.now().isoformat())
        else:
            await redis.hdel(FAILING, name)


async def failing_since(core: Core) -> datetime | None:
    """Since when the model of the settings gives no judgements; None: it does, or none is set."""
    return await _since(core, name_of(core.settings.sentiment_model))


async def accurate_fails_since(core: Core) -> datetime | None:
    """The same of the model that looks a second time."""
    return await _since(core, ACCURATE if core.settings.accurate else None)


async def _since(core: Core, name: str | None) -> datetime | None:
    redis: Any = core.bell.redis
    since = await redis.hget(FAILING, name) if name else None
    return datetime.fromisoformat(since.decode()) if since else None
