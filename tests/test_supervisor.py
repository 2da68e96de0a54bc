"""A child that ends is started again: at once after a long life, after a growing pause after a short one."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tocsin.supervisor import LONGEST_PAUSE, Child, pause


def ended(*, lived: float) -> Child:
    """A child whose process has just ended after so many seconds."""
    child = Child(["worker"], {})
    child.process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    child.process.wait()
    child.started = time.monotonic() - lived
    return child


def seconds_until_started(child: Child, monkeypatch: pytest.MonkeyPatch, *, at_most: float) -> float:
    """Look every 20 ms until it is started again, as the supervisor does every 200 ms."""
    starts: list[float] = []
    monkeypatch.setattr(Child, "start", lambda _: starts.append(time.monotonic()))
    began = time.monotonic()
    while not starts and time.monotonic() < began + at_most:
        child.keep_up()
        time.sleep(0.02)
    child._let_go()
    assert starts, f"not started again within {at_most} s"
    return starts[0] - began


def test_after_a_long_life_it_is_started_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_until_started(ended(lived=60), monkeypatch, at_most=2) < 0.1


def test_after_a_first_short_life_it_is_started_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0.4 < seconds_until_started(ended(lived=0.3), monkeypatch, at_most=2) < 1


def test_the_pause_doubles_up_to_a_limit() -> None:
    assert [pause(failures) for failures in (0, 1, 2, 3, 4)] == [0, 0.5, 1, 2, 4]
    assert pause(7) == pause(10_000) == LONGEST_PAUSE
