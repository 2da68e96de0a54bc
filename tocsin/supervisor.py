"""Runs web and worker as child processes on the embedded servers, and restarts the one that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from kit.settings import Settings

log = structlog.get_logger(__name__)

STOP_WITHIN = 3.0  # seconds until a child that was asked to end is killed
HEALTHY_AFTER = 10.0  # seconds of running after which a child's next restart is immediate again
LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps ending early
READY_WITHIN = 60.0


@dataclass
class Child:
    """One process that is kept running."""

    arguments: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ended: float | None = None
    failures: int = 0

    def start(self) -> None:
        self._let_go()
        self.started, self.ended = time.monotonic(), None
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "tocsin", *self.arguments, "--supervised"],
            env=self.environment,
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops them in order
        )

    def keep_up(self) -> None:
        """Start again what has ended, after a pause that doubles while it keeps ending early."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self.ended is None:
            self.ended = now
            self.failures = 0 if now - self.started > HEALTHY_AFTER else self.failures + 1
        if now - self.ended >= pause(self.failures):
            log.warning("child.restarted", child=self.arguments[0], code=self.process.returncode)
            self.start()

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child.killed", child=self.arguments[0])
            self.process.kill()
            self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        """Close our end of the pipe to a process that has ended."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


def pause(failures: int) -> float:
    """Seconds before the next start of a child that ended early so many times in a row."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** min(failures - 1, 10)) if failures else 0.0


class Stop(Exception):
    """SIGTERM arrived."""


class NotReady(Exception):
    """The web process did not answer in time; what it said stands above in the log."""


def supervise(settings: Settings, commands: Sequence[Sequence[str]], on_ready: Callable[[], None]) -> None:
    """Run the commands until Ctrl-C or SIGTERM; `on_ready` is called once when the web process answers.

    The first command is the web process. The others begin when it answers: some of them ask it for something.
    """
    environment = {**os.environ, **_addresses(settings)}
    children = [Child(arguments, environment) for arguments in commands]
    previous = signal.signal(signal.SIGTERM, _raise_stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whom a script starts is born deaf to it
    try:
        web, *others = children
        web.start()
        _wait_until_ready(settings, web)
        for child in others:
            child.start()
        on_ready()
        while True:
            time.sleep(0.2)
            for child in children:
                child.keep_up()
    except (KeyboardInterrupt, Stop):
        log.info("supervisor.stopping")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave orphans
        _end(children)
        signal.signal(signal.SIGTERM, previous)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _raise_stop(*_: object) -> None:
    raise Stop


def _addresses(settings: Settings) -> dict[str, str]:
    assert settings.database_url is not None
    assert settings.redis_url is not None
    return {
        "TOCSIN_DATABASE_URL": settings.database_url,
        "TOCSIN_REDIS_URL": settings.redis_url,
        "TOCSIN_SECRET": settings.signing_key,
        "TOCSIN_HOST": settings.host,
        "TOCSIN_PORT": str(settings.port),
        "TOCSIN_PUBLIC_URL": settings.public_url,
        **({"TOCSIN_SMTP_URL": settings.smtp_url} if settings.smtp_url else {}),
    }


def _wait_until_ready(settings: Settings, web: Child) -> None:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared
    ends = time.monotonic() + READY_WITHIN
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"http://{host}:{settings.port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        web.keep_up()
    raise NotReady(f"the web process did not answer on port {settings.port} within {READY_WITHIN:.0f} s")


def _end(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        child.end(deadline)
