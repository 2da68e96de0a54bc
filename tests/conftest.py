"""One PostgreSQL per run, with a database per worker cloned from a migrated template; a Valkey per worker."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import uvloop
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.ticker import ahead
from kit import db, embedded, log
from kit.collector import collect_seldom
from kit.core import Core, open_core
from kit.db import Database
from kit.settings import Settings, load
from migrations import run as migrations
from people import signin
from tests import rows
from tests.clock import MovableClock

if TYPE_CHECKING:
    from tests.world import World

# no test is timed, and each run has the same examples; `--hypothesis-profile=search` looks for others
hypothesis_settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("same", hypothesis_settings.get_profile("search"), derandomize=True)
hypothesis_settings.load_profile("same")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts PostgreSQL; workers inherit its address."""
    log.configure("error", "text")
    if hasattr(config, "workerinput") or "TOCSIN_TEST_DATABASE_URL" in os.environ:
        return
    folder = Path(_servers.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-tests-")))
    folder.chmod(0o755)
    with _compiled_once(config.rootpath / ".pytest_cache" / "detector"):
        database = _servers.enter_context(embedded.postgres(folder / "pg"))
        asyncio.run(_make_template(database))
    os.environ["TOCSIN_TEST_DATABASE_URL"] = database


@contextmanager
def _compiled_once(cache: Path) -> Iterator[None]:
    """The detector, beside what is done within, and not by each process of each run."""
    os.environ["TOCSIN_CACHE"] = str(cache)
    if cache.exists():
        yield
        return
    with ahead.compiling() as compiler:
        yield
        compiler.wait()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that web and workers run in."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, then the other stories: begun last, they would end alone, with a processor idle."""
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, "stories" not in item.path.parts))


def pytest_collection_finish() -> None:
    """As our processes do: to look through all that was imported takes half a second, again and again."""
    collect_seldom()


async def _make_template(url: str) -> None:
    admin = await asyncpg.connect(url)
    await admin.execute("ALTER SYSTEM SET fsync = off")  # a test's data need not survive a power cut
    await admin.execute("ALTER SYSTEM SET full_page_writes = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.execute("CREATE DATABASE template_tocsin")
    await admin.close()
    await migrations.upgrade(named(url, "template_tocsin"))


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> str:
    """This worker's own database."""
    server, name = os.environ["TOCSIN_TEST_DATABASE_URL"], f"test_{worker_id}"

    async def clone() -> None:
        admin = await asyncpg.connect(server)
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template_tocsin")
        await admin.close()

    asyncio.run(clone())
    return named(server, name)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """This worker's own: in one Valkey what rings is heard in all databases, and FLUSHALL wipes all."""
    with tempfile.TemporaryDirectory(prefix="tocsin-tests-") as folder, embedded.valkey(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def broker(redis_url: str) -> Iterator[Redis]:
    """This worker's Valkey, which need not write each word to the disk before it answers."""
    with Redis.from_url(redis_url) as redis:
        redis.config_set("appendfsync", "no")
        yield redis


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return load(
        {
            "TOCSIN_HOME": str(tmp_path / "home"),
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_REDIS_URL": redis_url,
            "TOCSIN_SECRET": "a secret that only the tests have seen",
            "TOCSIN_PUBLIC_URL": "http://tocsin.test",
        }
    )


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in costs a third of a second of processor time on purpose, and most tests sign somebody in."""
    monkeypatch.setattr(signin, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


FEW = 3
"""Connections that an engine keeps between two tests: PostgreSQL takes a hundred of all workers together."""


@pytest.fixture(scope="session", autouse=True)
async def engines() -> AsyncIterator[None]:
    """Engines are used again with their connections: a new one writes each statement's SQL anew, a new
    connection reads PostgreSQL's catalog anew.

    Who closes one while a connection is out has lost that connection, and the test fails.
    """
    made, closed = db.engine_of, Database.close
    ours = asyncio.get_running_loop()
    kept: dict[tuple[str, int, bool], set[AsyncEngine]] = defaultdict(set)
    place: dict[AsyncEngine, set[AsyncEngine]] = {}

    def engine_of(url: str, pool_size: int) -> AsyncEngine:
        free = kept[url, pool_size, asyncio.get_running_loop() is ours]
        engine = free.pop() if free else made(url, pool_size)
        place[engine] = free
        return engine

    async def close(database: Database) -> None:
        pool: Any = database.engine.pool
        lost = pool.checkedout()
        if lost or pool.checkedin() > FEW or asyncio.get_running_loop() is not ours:
            await closed(database)
        place[database.engine].add(database.engine)
        assert not lost, "a connection was not given back"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "engine_of", engine_of)
        patch.setattr(Database, "close", close)
        yield
    for engine in place:
        await engine.dispose()


@pytest.fixture(autouse=True)
async def alone() -> AsyncIterator[None]:
    """What a test leaves running ends with it: the next one runs in the same loop."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture
async def core(settings: Settings, clock: MovableClock, broker: Redis) -> AsyncIterator[Core]:
    """Database, bell and a movable clock; everything the test wrote is gone afterwards."""
    async with open_core(settings, clock=clock) as core:
        yield core
        async with core.database.engine.begin() as connection:
            await rows.wipe(connection)
        broker.flushdb()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; the test is skipped with a word where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: tests on real data need it")
    return SHARED


@pytest.fixture
async def world(core: Core, settings: Settings, clock: MovableClock) -> AsyncIterator[World]:
    """The demo's company with nothing said yet; fails the test on any mail it did not expect."""
    from tests.world import World  # loads the sentiment model: only for the tests that need a world

    async with World.open(settings, clock) as world:
        yield world
