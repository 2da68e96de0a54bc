"""What is looked up often is believed for a moment, and no longer."""

from __future__ import annotations

import pytest

from kit import recent
from kit.errors import NotFound
from kit.recent import BELIEVED, Recent


async def test_a_change_is_seen_when_its_moment_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    now, there = 100.0, "first"
    monkeypatch.setattr(recent, "monotonic", lambda: now)
    known = Recent[str]()

    async def look_up() -> str:
        return there

    assert await known.get("a", look_up) == "first"
    there, now = "second", now + BELIEVED
    assert await known.get("a", look_up) == "first"
    assert await known.get("b", look_up) == "second"
    now += 0.001
    assert await known.get("a", look_up) == "second"


async def test_what_is_not_there_is_looked_for_again() -> None:
    known, looked = Recent[str](), 0

    async def look_up() -> str:
        nonlocal looked
        looked += 1
        raise NotFound("There is none.")

    for _ in range(2):
        with pytest.raises(NotFound):
            await known.get("a", look_up)
    assert looked == 2
