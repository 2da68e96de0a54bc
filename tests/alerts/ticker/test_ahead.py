"""The loop over minutes is compiled when a process starts, beside its work."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from alerts.ticker import ahead
from kit.cache import cache_folder


def test_both_loops_are_on_the_disk_for_the_processes_that_come_after(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ahead.compile_ahead()
    shared = cache_folder()
    assert shared is not None
    folder = copytree(shared, tmp_path / "detector")  # other tests write into the shared one at the same time
    monkeypatch.setenv("TOCSIN_CACHE", str(folder))
    made = {path: path.stat().st_mtime_ns for path in folder.glob("__pycache__/live_*.nbi")}
    assert len(made) >= len(ahead.SETTINGS)
    with ahead.compiling() as child:
        assert child.wait(120) == 0
    assert {path: path.stat().st_mtime_ns for path in made} == made


def test_it_ends_with_the_process_that_it_is_for() -> None:
    with ahead.compiling() as child:
        pass
    assert child.returncode is not None


def test_it_ends_when_the_process_that_it_is_for_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path))  # nothing compiled yet: it would take many seconds
    with ahead.compiling() as child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(60) == 1


def test_a_compiler_that_fails_is_told_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(ahead, "advanced", broken)
    ahead.compile_ahead()
    assert "detector.not_compiled" in capsys.readouterr().err
