"""Marta writes a monitor: what it would have caught is there before she saves it, and so is her mistake."""

from __future__ import annotations

import asyncio
import os
import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import World
from tocsin.demo.generator import calm

__all__ = ["street"]
pytestmark = pytest.mark.browser

PICTURES = os.environ.get("TOCSIN_TEST_PICTURES")
"""The folder for pictures of the pages; none are taken without."""


async def test_a_monitor_is_tried_saved_and_changed(street: World, browser: Browser) -> None:
    start = street.clock.now() - timedelta(days=3)
    await street.remember(calm(random.Random(1), start, 3 * 24 * 60, 0.5, "almadia"))
    async with served(street):
        marta = await signed_in(browser, street, "marta")
        await makes_one(street, marta)
        await changes_it(marta)


async def test_what_was_typed_before_the_script_came_is_tried(street: World, browser: Browser) -> None:
    async with served(street):
        marta = await signed_in(browser, street, "marta")
        typed = asyncio.Event()

        async def late(route: Route) -> None:
            await typed.wait()
            await route.continue_()

        await marta.route("**/app.js*", late)
        await marta.goto("/monitors/new", wait_until="commit")
        await marta.get_by_label("Query").fill("ferry or vaixell*")
        typed.set()
        await expect(marta.locator("#query-error mark")).to_have_text("or")


async def makes_one(street: World, marta: Page) -> None:
    await marta.goto("/monitors")
    await marta.get_by_role("link", name="New monitor").click()
    query = marta.get_by_label("Query")
    await query.fill("ferry or vaixell*")
    await expect(marta.locator("#query-error mark")).to_have_text("or")
    await expect(marta.locator("#query-error")).to_contain_text("Did you mean OR?")
    await expect(query).to_have_attribute("aria-invalid", "true")
    await picture(marta, "error")
    await query.fill("almadia OR vaixell*")
    await expect(marta.locator(".preview .bars rect").first).to_be_visible()
    await expect(marta.locator(".preview")).to_contain_text("Caught")
    await picture(marta, "new")
    await marta.get_by_label("Name").fill("Boats of others")
    await marta.locator("[name=type][value=competitor]").check()
    await marta.get_by_role("button", name="Begin to listen").click()
    await marta.wait_for_url(re.compile(r"/monitors/\d+$"))
    await expect(marta.locator("main")).to_contain_text("are being counted")
    await street.forward(seconds=30)
    await marta.reload()
    await expect(marta.locator("main")).not_to_contain_text("are being counted")
    await expect(marta.locator("main")).to_contain_text("counted its past")


async def changes_it(marta: Page) -> None:
    await marta.locator("textarea[name=query]").fill("(almadia OR ferr*) -retard*")
    await expect(marta.get_by_role("heading", name=re.compile("New with this change"))).to_be_visible()
    await expect(marta.get_by_role("heading", name=re.compile("No longer caught"))).to_be_visible()
    await picture(marta, "change")
    await marta.get_by_role("button", name="Save").click()
    await expect(marta.locator(".diff ins").first).to_contain_text("(almadia OR ferr*) -retard*")
    await marta.goto("/monitors")
    await expect(marta.locator("main")).to_contain_text("Only informs")
    await picture(marta, "list")


async def picture(page: Page, name: str) -> None:
    """At both widths nothing is wider than the window; a picture for who asks for it: half a second each."""
    for width in (1440, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.wait_for_function("w => document.documentElement.scrollWidth <= w", arg=width)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
