"""A child that ends is started again: at once after a long life, after a growing pause after a short one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tocsin import supervisor
from tocsin.supervisor import LONGEST_PAUSE, Child, pause

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
