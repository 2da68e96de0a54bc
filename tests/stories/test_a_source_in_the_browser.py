"""Helen tries what calls us and connects it, copies its address, and follows a file while it is read in."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, FilePayload, expect

from mentions.importing.run import read_in_due
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import World

__all__ = ["street"]
pytestmark = pytest.mark.browser


async def test_an_address_is_copied_with_one_press(street: World, browser: Browser) -> None:
    async with served(street):
        helen = await signed_in(browser, street, "helen", permissions=["clipboard-read", "clipboard-write"])
        await helen.goto("/sources/new/webhook")
        await helen.locator("input[name=name]").fill("suite")
        await helen.get_by_label("An example of what it sends").fill('{"mentions": [{"text": "hola"}]}')
        await helen.get_by_role("button", name="Try it first").click()
        await expect(helen.get_by_text("It works. Mentions that it brings: 1.")).to_be_visible()
        await expect(helen.locator("input[name=name]")).to_have_value("suite")
        await helen.get_by_role("button", name="Connect").click()
        row = helen.locator("#secrets dl > div", has_text="no signature")
        await row.get_by_role("button", name="Copy").click()
        await expect(row.get_by_role("button")).to_have_text("Copied")
        address = await row.locator("code").inner_text()
        assert await helen.evaluate("navigator.clipboard.readText()") == address
        await helen.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        secret = helen.locator("#secrets dl > div", has_text="Secret")
        await secret.get_by_role("button", name="Copy").click()
        await expect(secret.get_by_role("button")).to_have_text("Copied")
        assert await helen.evaluate("getSelection().toString()") == await secret.locator("code").inner_text()


async def test_a_file_that_is_read_in_tells_its_end_by_itself(street: World, browser: Browser) -> None:
    async with served(street):
        helen = await signed_in(browser, street, "helen")
        await helen.goto("/imports")
        lines = b"text,published_at\nhola almadia,2026-03-01T10:00:00Z\n"
        file: FilePayload = {"name": "march.csv", "mimeType": "text/csv", "buffer": lines}
        await helen.set_input_files("input[type=file]", [file])
        await helen.get_by_role("button", name="Look at it").click()
        await helen.get_by_role("button", name="Import it").click()
        await expect(helen.get_by_role("heading", name="How far it is")).to_be_visible()
        assert await read_in_due(street.core) == 1
        await expect(helen.get_by_role("heading", name="What came of it")).to_be_visible()
        await expect(helen.get_by_text("1 line: 1 new")).to_be_visible()
        await expect(helen.locator("tocsin-again")).to_have_count(0)
