"""The war room after its line was lost: the chart has the minutes between, and no form fails in silence."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from api import context
from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import PASSWORD, World

__all__ = ["street"]
pytestmark = pytest.mark.browser

HOLE = """(now) => {
  const chart = document.querySelector('tocsin-chart').cloneNode();
  const point = (ago) => ({ minute: new Date(now - ago * 60000).toISOString(), volume: 7, negative: 1 });
  chart.dataset.points = JSON.stringify([50, 49, 1, 0].map(point));
  chart.id = 'holed';
  document.querySelector('.area-chart').append(chart);
}"""


async def declared(street: World) -> None:
    async with street.browser("helen") as api:
        brands = (await api.ask("{ brands { id slug } }"))["brands"]
        brand = next(one["id"] for one in brands if one["slug"] == "almadia")
        await api.do(
            "DeclareIncident", brandId=brand, title="Adrift", type="service_outage", severity="amber"
        )
    await street.settle()
    street.mail.take_all()


async def in_the_room(street: World, browser: Browser) -> Page:
    helen = await signed_in(browser, street, "helen")
    await helen.goto("/incidents/1#timeline-card")
    await expect(helen.locator("tocsin-live")).to_contain_text("Live")
    return helen


async def test_the_chart_has_the_minutes_of_a_lost_line(street: World, browser: Browser) -> None:
    await declared(street)
    began = street.clock.now()
    async with served(street):
        helen = await in_the_room(street, browser)
        told: asyncio.Queue[Any] = asyncio.Queue()
        helen.on("websocket", lambda line: line.on("framereceived", told.put_nowait))
        await helen.evaluate(HOLE, 60_000 * (began.timestamp() // 60))
        minute = helen.locator("#holed .u-series").first
        await expect(helen.locator("#holed .u-over")).to_be_visible()
        await expect(minute).to_be_hidden()  # no “Time: --” while nothing is pointed at
        await helen.locator("#holed .u-over").hover()
        await expect(minute).to_be_visible()
        shown = helen.locator("#holed .u-value")
        await expect(shown.first).to_have_text(re.compile(r"\d\d:\d\d"))
        await expect(shown.nth(1)).to_have_text("")  # not 0
    street.clock.forward(minutes=10)
    await street.hear("Almadía adrift, @almadiaferries")
    street.clock.forward(minutes=10)
    between = (began + timedelta(minutes=10)).isoformat()[:16]
    async with served(street), asyncio.timeout(60):
        while True:
            frame = str(await told.get())
            if between in frame:
                break


async def test_what_one_sends_is_not_undone_by_a_look_that_began_before(
    street: World, browser: Browser
) -> None:
    await declared(street)
    async with served(street):
        helen = await in_the_room(street, browser)
        asked: asyncio.Queue[Route] = asyncio.Queue()

        async def held(route: Route) -> None:
            answer = await route.fetch()
            await asked.put(route)
            await go_on.wait()
            await route.fulfill(response=answer)

        go_on = asyncio.Event()
        await helen.route("**/parts/**", held)
        async with street.browser("marta") as marta:
            await marta.do("AddNote", incident="1", text="The first word")
        await asked.get()  # and has been answered, but the answer is on its way
        await helen.get_by_label("Note for everybody here").fill("The harbour office has called back")
        await helen.get_by_role("button", name="Add note").click()
        timeline = helen.locator("[data-part=timeline]")
        await expect(timeline).to_contain_text("The harbour office has called back")
        first, go_on = go_on, asyncio.Event()
        first.set()
        await asked.get()  # the next look: the page has done with the first, and this one is on its way
        assert "The harbour office has called back" in await timeline.inner_text()
        go_on.set()
        await helen.unroute_all(behavior="wait")


async def test_no_form_of_the_room_fails_in_silence(
    street: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "RECHECK", 3600)  # the line itself does not notice the sign-out meanwhile
    await declared(street)
    async with served(street):
        helen = await in_the_room(street, browser)
        note, add = (
            helen.get_by_label("Note for everybody here"),
            helen.get_by_role("button", name="Add note"),
        )
        problem = helen.locator("#problem")
        tab = await helen.context.new_page()

        await helen.route("**/notes", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
        await note.fill("The harbour office has called back")
        await add.click()
        await expect(problem).to_contain_text("Not sent")
        await helen.unroute("**/notes")

        await signed_out(tab)
        await signs_in(tab, street, "helen")
        await tab.wait_for_url("**/")
        await add.click()
        await expect(problem).to_contain_text("You have signed in again meanwhile")
        await expect(note).to_have_value("The harbour office has called back")
        await picture(helen, "signed-in-again")
        await add.click()
        timeline = helen.locator("#timeline")
        await expect(timeline).to_contain_text("The harbour office has called back")

        await signed_out(tab)
        await note.fill("And the ship is in")
        await add.click()
        await expect(problem).to_contain_text("What you wrote is kept")
        await picture(helen, "signed-out")
        await signs_in(helen, street, "helen")
        await expect(problem).to_contain_text("This was not sent")
        await expect(problem).to_be_in_viewport()  # although the address leads to the timeline
        await expect(note).to_be_visible()  # on a phone as well, where it is not in the first part
        await expect(note).to_have_value("And the ship is in")
        await picture(helen, "kept")
        await expect(timeline).not_to_contain_text("And the ship is in")
        await add.click()
        await expect(timeline.get_by_text("And the ship is in")).to_have_count(1)


async def test_nothing_moves_away_under_a_finger(street: World, browser: Browser) -> None:
    await declared(street)
    async with served(street):
        helen = await in_the_room(street, browser)
        steps = helen.locator("li.step", has=helen.get_by_role("button", name="Done", exact=True))
        first, second = [await steps.nth(number).get_attribute("id") or "" for number in (0, 1)]
        done = helen.locator(f"#{second}").get_by_role("button", name="Done", exact=True)
        await done.hover()
        await helen.mouse.down()
        async with helen.expect_response("**/parts/**") as told, street.browser("helen") as api:
            await api.do("CompleteStep", id=first.removeprefix("step-"))
        await (await told.value).finished()
        await helen.evaluate("() => new Promise((next) => setTimeout(next))")
        assert await helen.locator("#steps-finished").count() == 0
        await helen.mouse.up()
        for step in (first, second):
            await expect(helen.locator(f"#steps-finished #{step}")).to_have_count(1)


async def test_a_menu_that_is_opened_on_the_page_holds_up_nothing(street: World, browser: Browser) -> None:
    """By the right button, of which browsers tell no end where the menu opens at once."""
    await declared(street)
    async with served(street):
        helen = await in_the_room(street, browser)
        await helen.evaluate("dispatchEvent(new PointerEvent('pointerdown', {button: 2}))")
        async with street.browser("helen") as api:
            await api.do("AddNote", incident="1", text="The ship is in")
        await expect(helen.locator("#timeline-card").get_by_text("The ship is in")).to_be_visible()


async def signs_in(tab: Page, street: World, name: str) -> None:
    await tab.get_by_label("Email").fill((await street.member(name)).email)
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()


async def signed_out(tab: Page) -> None:
    await tab.goto("/")
    await tab.get_by_role("button", name="Sign out").click()
    await tab.wait_for_url("**/sign-in")
