"""Ctrl-C stops everything and leaves the data; starting again goes on where it was."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tocsin.commands.demo import COMPANY
from tocsin.demo.mail import free_port

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0
STOPPED_WITHIN = 90.0
"""Seconds after which it hangs; on a quiet machine it takes two or three."""


BEGINNINGS = [
    "bringing the tables up to date",
    "starting the web process, then those that listen and page",
]


@contextmanager
def running(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`tocsin up` until it answers; killed with its children if the test leaves it running."""
    environment = {
        **os.environ,
        "TOCSIN_HOME": str(home),
        "TOCSIN_PORT": str(port),
        "TOCSIN_LOG_LEVEL": "error",
    }
    with said(home).open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tocsin", "up"], cwd=ROOT, env=environment, stdout=out
        )
    try:
        ends = time.monotonic() + READY_WITHIN
        while time.monotonic() < ends and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail(f"not ready within {READY_WITHIN} s (exit code {process.poll()})")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(STOPPED_WITHIN)


def said(home: Path) -> Path:
    """What the newest start said."""
    return home.with_name("said")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C; the process and all its children go."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(STOPPED_WITHIN) == 0
    _, alive = psutil.wait_procs(children, timeout=STOPPED_WITHIN)
    assert not alive, [child.cmdline() for child in alive]


def beginnings(home: Path) -> list[str]:
    """What was begun, in order, each said before it was done."""
    lines = said(home).read_text().splitlines()
    return [line.removeprefix("tocsin: ").removesuffix(" …") for line in lines if line.startswith("tocsin: ")]


def sign_in(port: int) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/graphql",
        headers={"X-Tocsin-CSRF": "1"},
        json={
            "query": """mutation { signIn(email: "helen@llevant.example", password: "llevant-demo") {
                        __typename ... on Me { name } } }"""
        },
        timeout=READY_WITHIN,
    )
    return str(answer.json()["data"]["signIn"].get("name"))


@pytest.fixture
def home() -> Iterator[Path]:
    """Not below pytest's own folder: another run of pytest shuts that to the server's user."""
    with tempfile.TemporaryDirectory(prefix="tocsin-home-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name) / "home"


def test_ctrl_c_leaves_the_data_and_the_next_start_finds_it(home: Path) -> None:
    port = free_port()
    with running(home, port) as first:
        applied = subprocess.run(
            [sys.executable, "-m", "tocsin", "setup", str(COMPANY)],
            cwd=ROOT,
            env={**os.environ, "TOCSIN_HOME": str(home), "TOCSIN_LOG_LEVEL": "error"},
            check=False,
        )
        assert applied.returncode == 0
        assert sign_in(port) == "Helen Marsh"
        stop(first)
        assert beginnings(home) == [
            f"making a database in {home}/postgres, starting PostgreSQL and Valkey",
            *BEGINNINGS,
        ]
        assert "Nobody can sign in yet" in said(home).read_text()
    with running(home, port) as second:
        assert sign_in(port) == "Helen Marsh"
        stop(second)
        assert beginnings(home) == ["starting PostgreSQL and Valkey", *BEGINNINGS]
        assert "Nobody can sign in yet" not in said(home).read_text()


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shown = subprocess.run(
            [sys.executable, "-m", "tocsin", "up"],
            cwd=ROOT,
            env={**os.environ, "TOCSIN_HOME": str(tmp_path), "TOCSIN_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert shown.returncode == 1
    assert shown.stderr.strip().splitlines() == [
        f"tocsin: port {port} is taken; choose another with TOCSIN_PORT"
    ]
