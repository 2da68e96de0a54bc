"""Marta says how she wants to be reached, without JavaScript; and her browser shows a pushed page."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from kit.events import after
from tests.stories.test_a_monitor_in_the_browser import picture
from tests.stories.test_in_the_browser import sent, served, signed_in, street
from tests.web.cast import Cast
from tests.world import World

__all__ = ["street"]
pytestmark = pytest.mark.browser


async def test_a_contact_is_added_proved_and_put_in_order(street: World, browser: Browser) -> None:
    async with served(street):
        marta = await signed_in(browser, street, "marta", java_script_enabled=False)
        await marta.goto("/me")
        await marta.get_by_text("Another mail address").click()
        await marta.get_by_label("Mail address").fill("marta@home.example")
        await sent(marta.locator("form[action='/me/contacts/mail'] button"))
        await street.settle()
        code = await street.mail.expect(to="marta@home.example", subject="code")
        digits = re.search(r"\b\d{6}\b", code.get_content())
        assert digits
        await expect(marta.locator("#contacts")).to_contain_text("to be proved")
        await marta.get_by_label("Code that was sent there").fill("000000" if digits[0] != "000000" else "1")
        await marta.get_by_role("button", name="Prove it").click()
        await expect(marta.get_by_role("alert").first).to_contain_text("not the code")
        await picture(marta, "refused")
        await marta.get_by_label("Code that was sent there").fill(digits[0])
        await marta.get_by_role("button", name="Prove it").click()
        await expect(marta.locator("#contacts")).not_to_contain_text("to be proved")
        await marta.get_by_label("Red, after Mail marta@home.example").fill("3")
        await sent(marta.get_by_role("button", name="Save the order"))
        await expect(marta.get_by_label("Red, after Mail marta@home.example")).to_have_value("3")
        await marta.get_by_label("From").fill("22:00")
        await marta.get_by_label("Until").fill("07:30")
        await sent(marta.locator("#quiet button"))
        await expect(marta.get_by_label("Until")).to_have_value("07:30")
        await picture(marta, "me")


async def test_a_pushed_page_is_shown_by_the_browser(street: World, browser: Browser) -> None:
    async with served(street):
        origin = street.core.settings.public_url
        marta = await signed_in(browser, street, "marta", permissions=["notifications"])
        await marta.goto("/me")
        await expect(marta.get_by_role("button", name="Page me in this browser")).to_be_enabled()
        devtools = await marta.context.new_cdp_session(marta)
        registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def seen(event: dict[str, Any]) -> None:
            for version in event["versions"]:
                if version["status"] == "activated" and not registered.done():
                    registered.set_result(version["registrationId"])

        devtools.on("ServiceWorker.workerVersionUpdated", seen)
        await devtools.send("ServiceWorker.enable")
        await marta.evaluate("navigator.serviceWorker.register('/static/push-worker.js').then(() => null)")
        registration = await asyncio.wait_for(registered, 60)
        told = {"title": "RED Almadía", "body": "44", "tag": "k", "url": f"{origin}/alerts/1"}
        for action in ("acknowledge", "escalate", "dismiss"):
            told |= {action: f"{origin}/ack/x", f"{action}_label": action.title()}
        shown: list[Any] = []
        async with asyncio.timeout(60):
            while not shown:  # Chromium forgets a message that comes while the worker is still being started
                await devtools.send(
                    "ServiceWorker.deliverPushMessage",
                    {"origin": origin, "registrationId": registration, "data": json.dumps(told)},
                )
                await asyncio.sleep(0.1)
                shown = await marta.evaluate(
                    "navigator.serviceWorker.getRegistration('/static/').then(r => r.getNotifications())"
                    ".then(all => all.map(n => [n.title, n.actions.map(a => a.action)]))"
                )
        most = await marta.evaluate("Notification.maxActions")
        assert most >= 2
        assert shown == [["RED Almadía", ["acknowledge", "escalate", "dismiss"][:most]]]
        cast = Cast(street.core)
        link = await cast.page_link(await cast.crisis(), "marta")
        workers = marta.context.service_workers
        worker = workers[0] if workers else await marta.context.wait_for_event("serviceworker")
        told |= {"acknowledge": f"{origin}{link}", "escalate": f"{origin}{link}/escalate"}
        await worker.evaluate("told => answer(told, 'escalate')", told)
        async with street.core.database.read() as session:
            [passed] = [event for event in await after(session, 0) if event.kind == "alert.passed_on"]
        assert passed.actor == "Marta Vidal"
