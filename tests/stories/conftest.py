"""One Chromium for all stories of a process: to start it costs more than most stories do in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests import chromium


@pytest.fixture(scope="session")
async def started() -> AsyncIterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium here: the browser stories need one (make chromium)")
    expect.set_options(timeout=30_000)  # as long as an action waits: a busy machine is no failure
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def browser(started: Browser) -> AsyncIterator[Browser]:
    """Without any window: what those of the test before it had stored went with them."""
    yield started
    for window in started.contexts:
        await window.close()
