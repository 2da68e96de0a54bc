"""The rota at both widths: who is on call, the gap called out, and a swap asked for, taken and undone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import sent, served, signed_in, street
from tests.world import World

__all__ = ["street"]
pytestmark = pytest.mark.browser


async def test_the_rota_in_the_browser(street: World, browser: Browser) -> None:
    async with served(street):
        marta = await signed_in(browser, street, "marta", java_script_enabled=False)
        await marta.goto("/rota/1")
        await expect(marta.locator("main")).to_contain_text("Nothing to mend")
        await marta.goto("/rota/me")
        await marta.get_by_label("First day").fill("2026-03-12")
        await marta.get_by_label("Last day").fill("2026-03-12")
        await sent(marta.locator("form:has([name=firstDay]) button"))
        await marta.goto("/rota")
        await expect(marta.locator("main")).to_contain_text("Marta Vidal")
        await expect(marta.locator(".note.bad").first).to_contain_text("Nobody is on call")
        await picture(marta, "rota")

        jon = await signed_in(browser, street, "jon", java_script_enabled=False)
        await jon.goto("/rota/1")
        await jon.get_by_text("Ask for a swap …").click()
        form = jon.locator("form[action='/rota/1/swaps']")
        await form.locator("[name=other]").select_option(label="Marta Vidal")
        for name, time in (("From", "2026-03-21T20:00"), ("Until", "2026-03-22T08:00")):
            await form.get_by_label(name).first.fill(time)
        await sent(form.get_by_role("button"))
        await picture(jon, "schedule")
        await marta.goto("/rota/1")
        await expect(marta.locator("main")).to_contain_text("Jon Etxarri asks you to swap")
        await marta.get_by_role("button", name="Accept").click()
        await expect(marta.locator("main")).to_contain_text("Marta Vidal instead of Jon Etxarri")
        await picture(marta, "swapped")
        await marta.get_by_role("button", name="Undo").click()
        await expect(marta.locator("main")).not_to_contain_text("instead of Jon Etxarri")
