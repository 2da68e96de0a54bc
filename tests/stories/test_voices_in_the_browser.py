"""Who weighs, an alert of one voice and an opportunity, on the pages at both widths."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from alerts.detection.severity import Inputs, weigh
from alerts.open import open_alert
from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import EVIDENCE, World

__all__ = ["street"]
pytestmark = pytest.mark.browser

ANGRY = "Almadía es una vergüenza, qué asco de servicio, nunca más"
PRAISE = Inputs(
    signal="positive", observed=48, expected=6, ratio=8, dispersion=1.5, score=14, lower=0.5, floor=6,
    red_floor=30, red_ratio=6, mentions=60, copies=4, accounts=52, independent=50, negative=2, positive=48,
)  # fmt: skip


async def test_a_list_is_edited_and_a_listed_paper_speaks(street: World, browser: Browser) -> None:
    now = street.clock.now()
    async with street.core.database.unit_of_work() as session:
        await open_alert(
            session, brand_id=1, monitor_id=None, signal="positive", level="green", pages=False, since=now,
            title="Almadía Ferries: ×8.0 praise", now=now,
            evidence={**EVIDENCE, "severity": weigh(PRAISE).explained()},
        )  # fmt: skip
    async with served(street):
        helen = await signed_in(browser, street, "helen")
        await helen.goto("/monitors")
        await helen.get_by_role("link", name="Voices that weigh").first.click()
        await helen.get_by_label("Accounts and media, one a line").fill("@nuria_viaja\ndiaridelport.example")
        await helen.get_by_label("And every account with at least so many followers").fill("many")
        await helen.get_by_role("button", name="Save").click()
        await expect(helen.get_by_text("'many' is not a whole number")).to_be_visible()
        await expect(helen.get_by_label("Accounts and media, one a line")).to_have_value(
            "@nuria_viaja\ndiaridelport.example"
        )
        await helen.get_by_label("And every account with at least so many followers").fill("250.000")
        await helen.get_by_role("button", name="Save").click()
        await expect(helen.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        await expect(helen.get_by_label("And every account with")).to_have_value("250000")
        await picture(helen, "voices")
        post = {"id": "1", "text": ANGRY, "author": "nuria_viaja", "followers": 3200}
        await street.send({"mentions": [post]})
        await street.settle()
        street.mail.take_all()
        await helen.goto("/")
        await expect(helen.get_by_role("heading", name="Opportunities")).to_be_visible()
        await picture(helen, "home")
        await helen.get_by_role("link", name="×8.0 praise").click()
        await expect(helen.get_by_role("heading", name="Opportunities", level=1)).to_be_visible()
        await helen.get_by_role("link", name="×8.0 praise").click()
        await expect(helen.get_by_text("an opportunity, and no crisis")).to_be_visible()
        await picture(helen, "opportunity")
        await helen.goto("/")
        await helen.get_by_role("link", name="nuria_viaja").last.click()
        await expect(helen.get_by_text("3,200 followers").first).to_be_visible()
        await expect(helen.get_by_text("Expected", exact=True)).to_have_count(0)  # there is no usual
        await picture(helen, "voice")
