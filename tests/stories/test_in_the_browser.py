"""The six steps as people live them, in a real Chromium: what each of them sees."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import uvicorn
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import update

from kit.settings import Settings
from people.members import Member
from tests.clock import MovableClock
from tests.mailbox import acknowledge_link
from tests.stories.test_the_whole_job import live_through_calm_and_crisis
from tests.world import PASSWORD, World
from tocsin.demo.mail import free_port
from web.app import create_app

pytestmark = pytest.mark.browser


@asynccontextmanager
async def served(world: World) -> AsyncIterator[uvicorn.Server]:
    """The world's pages on a real port, in the loop of the tests."""
    port = world.core.settings.port
    config = uvicorn.Config(
        create_app(world.core),
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
        await asyncio.sleep(0.02)
    try:
        yield server
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def street(core: object, settings: Settings, clock: MovableClock) -> AsyncIterator[World]:
    """A world whose pages can be opened from outside."""
    port = free_port()
    settings = replace(settings, port=port, public_url=f"http://127.0.0.1:{port}")
    async with World.open(settings, clock) as world:
        await in_english(world)
        yield world


async def signed_in(browser: Browser, world: World, name: str, **options: object) -> Page:
    """A browser window of this person's own."""
    window = await browser.new_context(base_url=world.core.settings.public_url, locale="en-GB", **options)  # type: ignore[arg-type]
    page = await window.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("Email").fill((await world.member(name)).email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(re.compile(r"/$|/desk$"))
    return page


async def sent(button: Locator) -> None:
    """Click, and wait for the page that the server answers with: the one before may look the same."""
    async with button.page.expect_navigation():
        await button.click()


GIVEN = (
    ("helen@llevant.example", "3 steps for you"),
    ("nuria@gavina.example", "A step for you: Reply texts"),
)
"""By mail, as the runbook starts."""


async def test_the_six_steps(street: World, browser: Browser) -> None:
    async with served(street):
        await six_steps(street, browser)


async def six_steps(street: World, browser: Browser) -> None:
    # 1 and 2: noticed and woken. The phone shows the evidence in her language, one button, no sign-in.
    await live_through_calm_and_crisis(street, calm_days=2)
    link = acknowledge_link(await street.mail.expect(to="marta@llevant.example", subject="Almadía"))
    phone = await browser.new_page(
        base_url=street.core.settings.public_url, viewport={"width": 390, "height": 844}
    )
    await phone.goto(link)
    await expect(phone.get_by_text("Expected", exact=True)).to_be_visible()
    await phone.get_by_role("button", name="Acknowledge: I have it").click()
    await expect(phone.get_by_text("You have it")).to_be_visible()
    await street.settle()
    for name, subject in (*GIVEN, ("marta@llevant.example", "6 steps for you")):
        await street.mail.expect(to=name, subject=subject)
    street.mail.nothing()

    # 3: organised.
    helen = await signed_in(browser, street, "helen")
    marta = await signed_in(browser, street, "marta")
    await helen.goto("/incidents/1")
    await marta.goto("/incidents/1")
    await expect(helen.locator("main")).to_contain_text("Marta Vidal")
    await expect(helen.locator("#steps-title")).to_be_visible()
    for page in (helen, marta):
        await expect(page.locator("tocsin-live")).to_contain_text("Live")

    # 4: followed. Each sees what the other does, without a reload (bench/spine.py says how soon).
    first = helen.locator("li.step", has=helen.get_by_role("button", name="Done", exact=True)).first
    title = await first.locator("h4").inner_text()
    await first.get_by_role("button", name="Done", exact=True).click()
    await expect(marta.locator("#steps-finished")).to_contain_text(title)
    await marta.get_by_label("Note for everybody here").fill("The harbour office has called back")
    await marta.get_by_role("button", name="Add note").click()
    await expect(helen.locator("[data-part=timeline]")).to_contain_text("The harbour office has called back")

    # 5: helped. The agency sees its own steps only, drafts and submits; the house approves and publishes.
    nuria = await signed_in(browser, street, "nuria")
    await expect(nuria.locator("nav")).not_to_contain_text("Incidents")
    refused = await nuria.goto("/incidents/1")
    assert refused is not None
    assert refused.status == 404
    await nuria.goto("/desk")
    await nuria.get_by_role("link", name="Write the statement").first.click()
    await nuria.get_by_label("Text for the public").fill("A crossing has stopped; everybody is safe.")
    # as on a phone, which leaves the focus in the text
    await nuria.get_by_role("button", name="Save the draft").evaluate("button => button.click()")
    await expect(nuria.get_by_role("button", name="Submit the saved text")).to_be_visible()
    await expect(nuria.get_by_label("Text for the public")).to_have_value(re.compile("everybody is safe"))
    await nuria.get_by_role("button", name="Submit the saved text").click()
    await expect(nuria.locator("main")).to_contain_text("Submitted")
    await expect(nuria.get_by_role("button", name="Approve this text")).to_have_count(0)
    statement = helen.locator("[data-part=statements]")
    await expect(statement).to_contain_text("everybody is safe")
    await statement.get_by_role("button", name="Approve this text").click()
    await statement.get_by_role("button", name="Mark as published").click()
    await expect(nuria.locator("main")).to_contain_text("Published")

    # 6: closed and learned.
    await helen.get_by_text("Resolve", exact=False).first.click()
    await helen.locator("form[action$='/resolve'] textarea").fill("Everybody is ashore.")
    await helen.locator("form[action$='/resolve'] button").click()
    await helen.wait_for_url("**/incidents/1/review")
    await expect(helen.locator("ol.timeline")).to_contain_text("The harbour office has called back")
    for kind, words in (("keep", "The rota worked at night."), ("change", "Our first words came too late.")):
        await helen.locator(f"input[name=kind][value={kind}]").check()
        await helen.get_by_label("What did we learn?").fill(words)
        await helen.get_by_role("button", name="Add the lesson").click()
        await expect(helen.locator("main")).to_contain_text(words)
    change = helen.locator("article.lesson-card.change")
    option = change.locator("option", has_text=title).first
    await change.locator("select[name=step]").select_option(await option.get_attribute("value"))
    await change.get_by_role("button", name="Propose a change").click()
    await helen.locator("#propose").get_by_label("Title").fill(title + ", in two minutes")
    await helen.get_by_role("button", name="Propose this change").click()
    await expect(helen.locator(".diff ins")).to_contain_text("in two minutes")
    await helen.get_by_role("button", name="Accept").click()
    await expect(helen.locator("main")).to_contain_text("version 2")

    async with street.browser("helen") as api:
        brands = (await api.ask("{ brands { id slug } }"))["brands"]
        brisa = next(brand["id"] for brand in brands if brand["slug"] == "brisa")
        await api.do(
            "DeclareIncident",
            brandId=brisa,
            title="The shop is down",
            type="service_outage",
            severity="amber",
        )
    await street.settle()
    for name in ("marta", "jon", "claire", "helen"):
        await street.mail.expect(to=f"{name}@llevant.example", subject="Waits for your decision: Reply texts")
    await street.mail.expect(to="nuria@gavina.example", subject="A step for you: Reply texts")
    await helen.goto("/incidents/2")
    changed = helen.locator("li.step", has_text=title + ", in two minutes")
    await expect(changed).to_contain_text("from a lesson of #1")


async def test_a_lost_connection_catches_up_without_missing_anything(street: World, browser: Browser) -> None:
    await live_through_calm_and_crisis(street, calm_days=2)
    for name, subject in (("marta@llevant.example", "Almadía"), *GIVEN):
        await street.mail.expect(to=name, subject=subject)
    async with served(street):
        helen = await signed_in(browser, street, "helen")
        await helen.goto("/incidents/1")
        await expect(helen.locator("tocsin-live")).to_contain_text("Live")
        await helen.get_by_label("Note for everybody here").fill("Half a sentence")
    await expect(helen.locator("tocsin-live")).to_contain_text("Connection lost")
    async with street.browser("marta") as marta:
        for number in range(5):
            await marta.do("AddNote", incident="1", text=f"While you were away, {number}")
    async with served(street):
        for number in range(5):
            timeline = helen.locator("[data-part=timeline]")
            await expect(timeline).to_contain_text(f"While you were away, {number}")
        await expect(helen.locator("tocsin-live")).to_contain_text("Live")
        await expect(helen.get_by_label("Note for everybody here")).to_have_value("Half a sentence")


async def in_english(world: World) -> None:
    """Everybody reads English tonight, so that the test can."""
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Member).values(language="en"))
