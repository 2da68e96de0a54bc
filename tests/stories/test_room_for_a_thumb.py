"""What is touched is large enough: 24 by 24 pixels everywhere (WCAG 2.5.8), and 44 high where one acts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from alerts.open import open_alert
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.stories.test_the_war_room_on_a_phone import PHONE
from tests.world import EVIDENCE, World

__all__ = ["street"]
pytestmark = pytest.mark.browser

TABLET = {**PHONE, "viewport": {"width": 1024, "height": 768}}
PAGES = {
    "helen": ("/", "/incidents", "/incidents/1", "/incidents/1#chart", "/incidents/1#timeline-card",
              "/incidents/1#people", "/steps/1", "/alerts/1", "/desk", "/inbox", "/mentions", "/me", "/rota",
              "/rota/1", "/rota/me", "/monitors", "/monitors/1", "/sources", "/status", "/policies",
              "/runbooks"),
    "nuria": ("/desk", "/me"),
}  # fmt: skip
SMALL = """() => {
  const links = ".button, .rowlink, .headline, nav a, h2 a, h3 a, h4 a";
  const acts = `button, input, select, textarea, summary, ${links}`;
  const small = [];
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(".skip, .unseen *")) continue;
    const label = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") : null;
    const { width, height } = (label ?? one).getBoundingClientRect();
    const words = (node) => node.textContent.trim();
    const inSentence = getComputedStyle(one).display === "inline" && words(one) !== words(one.parentElement);
    if (one.matches(acts) ? height < 43.5 : !inSentence && Math.min(width, height) < 24)
      small.push(`${location.pathname}: ${one.tagName} "${words(one)}" is ${width} by ${height}`);
  }
  return small;
}"""


@pytest.mark.parametrize("device", [PHONE, TABLET], ids=["phone", "tablet"])
async def test_a_thumb_hits_what_it_is_meant_for(
    street: World, browser: Browser, device: dict[str, object]
) -> None:
    now = street.clock.now()
    async with street.core.database.unit_of_work() as session:
        await open_alert(
            session, brand_id=1, monitor_id=None, signal="volume", level="red", title="Almadía: adrift",
            evidence=EVIDENCE, since=now, now=now,
        )  # fmt: skip
    await street.settle()
    street.mail.take_all()
    small: list[str] = []
    async with served(street):
        for name, paths in PAGES.items():
            page = await signed_in(browser, street, name, **device)
            assert await page.evaluate("matchMedia('(pointer: coarse)').matches")
            for path in paths:
                await page.goto(path)
                small += await page.evaluate(SMALL)
    assert small == []
