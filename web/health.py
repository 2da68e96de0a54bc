"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import migrations
from kit.core import Core

PATIENCE = 3.0  # seconds for each of the two servers


async def alive(_: Request) -> Response:
    """Liveness: the event loop turns. It does not ask anybody else."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Readiness: 503 with one reason for each thing that is missing."""
    core: Core = request.app.state.core
    found = await asyncio.gather(_database(core), _broker(core))
    reasons = [reason for reason in found if reason]
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


async def _database(core: Core) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE), core.database.read() as session:
            at = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return f"database: {type(error).__name__}"
    head = _head()
    return None if at == head else f"database: schema is at {at}, this code needs {head}"


async def _broker(core: Core) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            await core.bell.redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return f"broker: {type(error).__name__}"
    return None


def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config).get_current_head()
