"""What is computed for an alert comes after its page: people acknowledge there, whatever becomes of that."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.alert import Alert
from alerts.open import raise_level
from kit.core import Core
from tests.web.cast import Cast, evidence

ROOTS = ("api.backtests.alert_curve", "api.alerting.again")


async def broken(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("the arithmetic of today")


@pytest.mark.parametrize("path", ["/alerts/1", "/incidents/1"])
async def test_the_page_asks_for_no_arithmetic(
    core: Core, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    cast = await Cast.in_crisis(core)
    asked: list[str] = []

    async def heard(*_: object, **__: object) -> Any:
        asked.append(path)
        raise ZeroDivisionError

    for root in ROOTS:
        monkeypatch.setattr(root, heard)
    async with cast.browser("helen") as helen:
        page = await helen.see(path)
    assert asked == []
    assert 'href="/alerts/1/computed"' in page, "without JavaScript it is a page of its own"
    assert "<tocsin-later" in page


async def test_what_fails_says_so_in_its_place_and_who_is_woken_acknowledges_all_the_same(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await Cast.in_crisis(core)
    for root in ROOTS:
        monkeypatch.setattr(root, broken)
    async with cast.browser("helen") as helen:
        own = await helen.see("/alerts/1/computed")
        assert "It cannot be recomputed now" in own
        assert "What is usual cannot be drawn now" in own
        for path, words in (
            ("/alerts/1/parts/curve", "cannot be drawn now"),
            ("/alerts/1/parts/computed", "cannot be recomputed now"),
            ("/incidents/1/parts/curves", "cannot be drawn now"),
        ):
            part = await helen.see(path)
            assert words in part
            assert "arithmetic of today" not in part
        page = await helen.see("/alerts/1")
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        answer = await helen.http.post("/alerts/1/acknowledge", data={"csrf": csrf})
        assert answer.status_code == 303
    async with core.database.read() as session:
        assert (await session.get_one(Alert, 1)).state == "acknowledged"


async def test_what_cannot_be_computed_again_is_not_called_a_difference(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        page = await helen.see("/alerts/1/computed")
    assert "It cannot be recomputed, which says nothing against it:" in page
    assert "does not lead to the same figures" not in page


async def test_how_an_alert_rose_is_told_step_by_step(core: Core) -> None:
    cast = await Cast.assemble(core)
    key = await cast.crisis(reason="14 where 3 are usual.")
    async with cast.browser("helen") as helen:
        once = await helen.see("/incidents/1")
        assert once.count("14 where 3 are usual.") == 1
    async with core.database.unit_of_work() as session:
        alert, now = await session.get_one(Alert, key), core.clock.now()
        graver = evidence(reason="90 where 3 are usual.")
        await raise_level(session, alert, level="red", title="Worse", evidence=graver, now=now)
    async with cast.browser("helen") as helen:
        for path in ("/alerts/1", "/incidents/1"):
            page = await helen.see(path)
            assert page.index("14 where 3 are usual.") < page.index("90 where 3 are usual."), path
            assert page.count("90 where 3 are usual.") == 1, path
        computed = await helen.see("/alerts/1/computed")
    assert computed.count("which says nothing against it:") == 2, "each claim is computed by itself"
