"""The loop over minutes is compiled when a process starts, beside its work."""

from __future__ import annotations

from typing import Any

import pytest

from alerts import ahead
from alerts.detection import compiled


def test_both_loops_are_made_so_that_nobody_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    kernel = compiled._kernel

    def heard(one: bool) -> Any:
        asked.append(one)
        return kernel(one)

    monkeypatch.setattr(compiled, "_kernel", heard)
    ahead.start_compiling().join()
    assert set(asked) == {False, True}


def test_a_start_survives_a_compiler_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(ahead, "advanced", broken)
    thread = ahead.start_compiling()
    thread.join()
    assert thread.daemon, "it does not hold up the end"
