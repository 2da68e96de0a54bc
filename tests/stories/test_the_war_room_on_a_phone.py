"""The war room under one thumb: what matters now is on the first screen, and the rest is one tap away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.stories.test_a_lost_line_in_the_war_room import declared
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import World

__all__ = ["street"]
pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PANES = {"Steps": "#steps", "Statements": "#statements", "Alerts": "#evidence", "Timeline": "#timeline",
         "Team": "#people"}  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False])
async def test_each_part_is_one_tap_away(street: World, browser: Browser, scripts: bool) -> None:
    await declared(street)
    async with served(street):
        helen = await signed_in(browser, street, "helen", java_script_enabled=scripts, **PHONE)
        await helen.goto("/incidents/1")
        panes = helen.get_by_role("navigation", name="On this page")
        for name, part in [("Steps", "#steps"), *PANES.items()]:
            if name != "Steps":
                await panes.get_by_role("link", name=name).tap()
            for other in PANES.values():
                await expect(helen.locator(other)).to_be_visible(visible=other == part)


async def test_what_matters_now_comes_first_and_stays_current(street: World, browser: Browser) -> None:
    await declared(street)
    async with served(street):
        helen = await signed_in(browser, street, "helen", **PHONE)
        await helen.goto("/incidents/1")
        now = helen.locator(".now")
        done = now.get_by_role("button", name="Done")
        await expect(done).to_be_in_viewport()
        await expect(now).to_contain_text("Nothing has been said in public yet")
        title = await now.locator(".headline").inner_text()
        await helen.get_by_role("link", name="Timeline").tap()
        note = helen.get_by_label("Note for everybody here")
        await note.fill("Half a sentence")
        async with street.browser("marta") as marta:
            await marta.do("AddNote", incident="1", text="While you were writing")
        await expect(helen.locator("#timeline")).to_contain_text("While you were writing")
        await expect(note).to_be_visible()  # the part that one has chosen stays
        await expect(note).to_have_value("Half a sentence")
        await done.tap()
        await expect(now.locator(".headline")).not_to_have_text(title)
        await expect(helen.locator("#timeline")).to_be_visible()


COVERED = """() => {
  const [above, below] = [".panes", ".tabs"].map((bar) => document.querySelector(bar));
  const covered = [];
  for (const one of document.querySelectorAll("main :is(a, button, summary, textarea)")) {
    if (!one.checkVisibility() || above.contains(one)) continue;
    one.blur();
    // so far down that a part of it is below the bar
    scrollBy(0, one.getBoundingClientRect().bottom - below.getBoundingClientRect().top - 20);
    one.focus();
    const { top, bottom } = one.getBoundingClientRect();
    const begins = above.getBoundingClientRect();
    const under = begins.top <= 0 && top < begins.bottom;
    if (under || bottom > below.getBoundingClientRect().top) covered.push(`${one.textContent} at ${top}`);
  }
  return covered;
}"""


@pytest.mark.parametrize("pane", ["", "#timeline-card", "#people"])
async def test_no_bar_covers_what_has_the_focus(street: World, browser: Browser, pane: str) -> None:
    await declared(street)
    async with served(street):
        helen = await signed_in(browser, street, "helen", **PHONE)
        await helen.goto(f"/incidents/1{pane}")
        assert await helen.evaluate(COVERED) == []


async def test_a_desk_has_room_for_everything(street: World, browser: Browser) -> None:
    await declared(street)
    async with served(street):
        helen = await signed_in(browser, street, "helen", viewport={"width": 1440, "height": 900})
        await helen.goto("/incidents/1#people")
        for part in PANES.values():
            await expect(helen.locator(part)).to_be_visible()
        await expect(helen.locator(".now")).to_be_hidden()
        await expect(helen.locator(".panes")).to_be_hidden()
