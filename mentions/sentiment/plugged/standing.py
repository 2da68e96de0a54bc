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


async def note(core: Core, model: SentimentModel) -> None:
    """Say how it went the last time this model was asked. A broker that is away is told the next time."""
    if not isinstance(model, Replaced):
        return
    redis: Any = core.bell.redis  # redis-py's own annotations promise either a value or an awaitable
    with suppress(RedisError, OSError):
        if model.failing is None:
            await redis.hdel(FAILING, model.name)
        else:
            await redis.hsetnx(FAILING, model.name, core.clock.now().isoformat())


async def failing_since(core: Core) -> datetime | None:
    """Since when the model of the settings gives no judgements; None: it does, or none is set."""
    redis: Any = core.bell.redis
    name = name_of(core.settings.sentiment_model)
    since = await redis.hget(FAILING, name) if name else None
    return datetime.fromisoformat(since.decode()) if since else None
