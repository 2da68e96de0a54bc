"""Where compiled code is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.cache import cache_folder
from kit.settings import load

find = cache_folder.__wrapped__


def test_in_the_home_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TOCSIN_CACHE", raising=False)
    assert find() == load().cache == tmp_path / "home" / "cache"
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path / "kept"))
    assert find() == load().cache == tmp_path / "kept"
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_none_where_others_may_write_or_nothing_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, file = tmp_path / "shared", tmp_path / "file"
    shared.mkdir()
    shared.chmod(0o777)
    file.touch()
    for place in (shared, file / "inside"):
        monkeypatch.setenv("TOCSIN_CACHE", str(place))
        assert find() is None
