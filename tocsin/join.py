"""How a command comes to a database and a broker: joins those that run, else starts its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from kit import embedded
from kit.core import Core, open_core
from kit.errors import TocsinError, Unavailable
from kit.settings import Settings, SettingsError, load
from migrations import run as migrations

FINE, FAILED, BAD_INPUT = 0, 1, 2


def run(name: str, work: Callable[[Core], Awaitable[int]]) -> int:
    """Run a command's work on a core; an expected failure becomes one line on stderr and an exit code."""
    try:
        with joined(load()) as settings:
            return asyncio.run(_on_core(settings, work))
    except Unavailable as error:
        return complain(name, str(error), FAILED)
    except (TocsinError, SettingsError) as error:
        return complain(name, str(error), BAD_INPUT)
    except (DBAPIError, RedisError, OSError) as error:
        return complain(name, f"a server is away or refuses: {getattr(error, 'orig', None) or error}", FAILED)
    except KeyboardInterrupt:
        return complain(name, "stopped", FAILED)


def complain(name: str, what: str, code: int) -> int:
    """Say it in one line on stderr; returns the exit code."""
    print(f"tocsin {name}: {' '.join(what.split())}", file=sys.stderr)
    return code


@contextmanager
def joined(settings: Settings) -> Iterator[Settings]:
    """Settings with both addresses. Servers of a running `tocsin up` stay as they are."""
    found = embedded.running(settings)
    if found is not None:
        yield found
        return
    with embedded.servers(settings) as started:
        if settings.database_url is None and started.database_url is not None:
            asyncio.run(migrations.upgrade(started.database_url))
        yield started


async def _on_core(settings: Settings, work: Callable[[Core], Awaitable[int]]) -> int:
    async with open_core(settings) as core:
        return await work(core)
