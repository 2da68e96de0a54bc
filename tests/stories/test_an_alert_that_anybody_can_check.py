"""An alert opens; its page shows how it was computed, and who doubts tries other settings over the past."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from alerts.alert import Alert
from alerts.ticker.tick import tick
from mentions.counting.counts import minute_of
from tests.alerts.cast import counted
from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.web.drawn import missing
from tests.world import World

__all__ = ["street"]
pytestmark = pytest.mark.browser
DAYS = 5
# how wide the page is while its chart is drawn for a wider one: the browser draws anew in its next frame
DRAWN_WIDER = """() => {
  document.querySelector('tocsin-chart .u-wrap').style.width = '2000px';
  return document.documentElement.scrollWidth;
}"""
# labels under curves whose words stand on several lines
BROKEN_LABELS = """() => [...document.querySelectorAll('.curve figcaption span')].filter((label) => {
  const words = document.createRange();
  words.selectNodeContents(label);
  return new Set([...words.getClientRects()].map((line) => line.top)).size !== 1;
}).map((label) => label.textContent)"""


async def lived(world: World) -> None:
    """Days of calm with a burst three days ago, and one that began twelve minutes ago."""
    now, rng = minute_of(world.core.clock.now()), np.random.default_rng(5)
    hours = np.arange(now - DAYS * 1440, now + 1) / 60 % 24
    volume = rng.poisson(0.6 * (1 + 0.6 * np.sin((hours - 8) * np.pi / 12)))
    volume[-3 * 1440 :][:50] += 6
    volume[-12:] += 9
    first = now - len(volume) + 1
    said = {first + int(i): (int(volume[i]), int(volume[i] * 0.6)) for i in np.flatnonzero(volume)}
    await counted(world.core, 1, said)


async def test_an_alert_is_checked_doubted_and_learned_from(street: World, browser: Browser) -> None:
    await lived(street)
    await tick(street.core)
    await street.settle()
    street.mail.take_all()
    async with street.core.database.read() as session:
        alert = (await session.scalars(select(Alert).order_by(Alert.id).limit(1))).one()
    async with served(street):
        marta = await signed_in(browser, street, "marta")
        await checks(marta, alert)
        await tries(marta)
        await speaks(marta, alert)


async def checks(page: Page, alert: Alert) -> None:
    """The curve with its band, onset and alert; the figures again from the stored minutes."""
    await page.goto(f"/alerts/{alert.id}")
    await expect(page.locator(".curve polygon.usual").first).to_be_attached()
    await expect(page.locator(".curve line.onset")).to_have_count(1)
    await page.get_by_text("How this was computed").click()
    await expect(page.locator("#computed")).to_contain_text("the same to the digit")
    await expect(page.locator("#computed")).to_contain_text("score =")
    await picture(page, "alert")
    await page.goto("/incidents/1")
    drawn = page.locator(".area-chart .curve").first
    await expect(drawn).to_be_attached()
    assert missing(await page.locator(".area-chart").first.inner_html()) == set()
    await picture(page, "war-room")
    assert await page.evaluate(DRAWN_WIDER) <= 390


async def tries(page: Page) -> None:
    """Three settings side by side."""
    await page.goto("/monitors/1")
    await expect(page.locator("#detector")).to_contain_text("is told as of")
    await page.get_by_role("link", name="Try settings over the past").click()
    await page.get_by_label("Fewer").check()
    await page.get_by_text("And with numbers of your own").click()
    await page.get_by_label("How sure (score)", exact=True).fill("40")
    await page.get_by_role("button", name="Run it").click()
    await expect(page.locator("section .figures-table tbody tr")).to_have_count(3)
    await expect(page.locator("h2", has_text="Your numbers")).to_be_visible()
    await picture(page, "backtest")
    await page.set_viewport_size({"width": 300, "height": 900})
    assert await page.evaluate(BROKEN_LABELS) == []


async def speaks(page: Page, alert: Alert) -> None:
    """It was no crisis; the record has it."""
    await page.goto(f"/alerts/{alert.id}")
    await page.get_by_text("This is not a crisis …").click()
    await page.get_by_label("Why not?").fill("A football match")
    await page.get_by_role("button", name="Close it as no crisis").click()
    await expect(page.locator("main")).to_contain_text(
        re.compile("decided that this is no crisis, .*: A football match")
    )
    await page.goto("/monitors/1/record")
    await expect(page.locator("main")).to_contain_text(re.compile("A football match"))
    await picture(page, "record")
