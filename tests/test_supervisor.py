"""The web process begins first. A child that ends is started again: at once, or after a growing pause."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kit import settings
from tocsin import supervisor
from tocsin.supervisor import LONGEST_PAUSE, Child, Stop, pause, supervise

TURN = 0.125


class Time:
    """What the supervisor knows of `time`; moved on by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(supervisor, "time", made)
    return made


def seconds_until_started(time: Time, monkeypatch: pytest.MonkeyPatch, *, lived: float) -> float:
    """How long a child whose process has just ended after so many seconds waits to be started again."""
    child, starts = Child(["worker"], {}), list[float]()
    child.process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    child.process.wait()
    child.started, began = time.now - lived, time.now
    monkeypatch.setattr(Child, "start", lambda _: starts.append(time.now))
    while not starts and time.now <= began + LONGEST_PAUSE:
        child.keep_up()
        time.now += TURN
    child._let_go()
    return starts[0] - began


def test_after_a_long_life_it_is_started_at_once(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_until_started(time, monkeypatch, lived=60) == 0


def test_after_a_first_short_life_it_is_started_soon(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_until_started(time, monkeypatch, lived=0.3) == 0.5


def test_the_pause_doubles_up_to_a_limit() -> None:
    assert [pause(failures) for failures in (0, 1, 2, 3, 4)] == [0, 0.5, 1, 2, 4]
    assert pause(7) == pause(10_000) == LONGEST_PAUSE


class Web:
    """Answers for the web process when `answer` is called; notes which commands were started."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.started_before_it_answered: list[str] | None = None

    def start(self, child: Child) -> None:
        self.started.append(child.arguments[0])

    def answer(self, *_: object) -> None:
        self.started_before_it_answered = list(self.started)


def test_the_others_begin_when_the_web_process_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    web = Web()
    monkeypatch.setattr(Child, "start", lambda child: web.start(child))
    monkeypatch.setattr(supervisor, "_wait_until_ready", web.answer)
    chosen = settings.load(
        {
            "TOCSIN_HOME": str(tmp_path),
            "TOCSIN_DATABASE_URL": "postgresql://nowhere/x",
            "TOCSIN_REDIS_URL": "redis://nowhere",
            "TOCSIN_SECRET": "x" * 32,
        }
    )

    def stop() -> None:
        raise Stop

    supervise(chosen, [["web"], ["worker"], ["demo"]], on_ready=stop)

    assert web.started_before_it_answered == ["web"]
    assert web.started == ["web", "worker", "demo"]
