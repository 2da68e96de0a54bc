"""The pages about the bell at both widths: policies, the status, and why people were paged."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from alerts.audit.auditor import audit_due
from alerts.open import open_alert
from people.members import Member
from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import served, signed_in, street
from tests.world import EVIDENCE, World

__all__ = ["street"]
pytestmark = pytest.mark.browser


async def test_the_bell_in_the_browser(street: World, browser: Browser) -> None:
    now = street.clock.now()
    async with street.core.database.unit_of_work() as session:
        alert = await open_alert(
            session, brand_id=1, monitor_id=None, signal="volume", level="red", title="Almadía: adrift",
            evidence=EVIDENCE, since=now, now=now,
        )  # fmt: skip
    await street.settle()
    street.mail.take_all()
    async with served(street):
        helen = await signed_in(browser, street, "helen")
        await helen.goto("/policies")
        await helen.locator("main summary").first.click()
        await expect(helen.get_by_label("Minutes until the next level").first).to_be_visible()
        await picture(helen, "policies")
        await helen.goto("/alert-sources/new")
        await helen.get_by_label("What it sends").select_option("alertmanager")
        await helen.get_by_label("A sample").fill('{"version": "3"}')
        await helen.get_by_role("button", name="Try it").click()
        await expect(helen.locator("#tried")).to_contain_text("not Alertmanager's webhook, version 4")
        await picture(helen, "alert-source")
        await helen.goto(f"/alerts/{alert.id}")
        await expect(helen.locator("#why")).to_contain_text("being on call on Social on call")
        await picture(helen, "alert")
        async with street.core.database.unit_of_work() as session:
            await session.execute(update(Member).values(active=False).where(Member.role != "admin"))
            await session.execute(update(Member).values(email="").where(Member.role == "admin"))
        await street.forward(minutes=20)
        street.mail.take_all()
        await audit_due(street.core)
        await helen.goto("/status")
        await expect(helen.locator("p.loud")).to_contain_text("could be paged")
        await picture(helen, "status")
