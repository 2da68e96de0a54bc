"""The story of a phone call: somebody at the counter registers it, and it counts like any other mention."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import func, select

from kit.core import Core
from kit.events import Event
from kit.settings import Settings
from mentions.by_hand.registration import Registration
from mentions.mention import Mention
from mentions.monitor import MinuteCount
from tests.clock import MovableClock
from tests.stories.test_in_the_browser import served
from tests.world import PASSWORD, World
from tocsin.demo.mail import free_port

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


async def opened(http: httpx.AsyncClient) -> dict[str, str]:
    """The form as it is opened, filled in with a complaint that names no brand."""
    page = (await http.get("/mentions/new")).text
    csrf, key = CSRF.search(page), KEY.search(page)
    brand = re.search(r'<option value="(\d+)"', page)
    assert csrf
    assert key
    assert brand
    return {
        "csrf": csrf[1],
        "key": key[1],
        "brand": brand[1],
        "kind": "call",
        "text": "She waited four hours, nobody told her anything, it was awful and dangerous.",
        "place": "Port de Palma",
        "lang": "en",
    }


async def rows(core: Core, table: type) -> int:
    async with core.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_call_is_registered_judged_and_counted_once_however_often_the_form_is_sent(
    world: World,
) -> None:
    async with world.browser("helen") as browser:  # an executive
        form = await opened(browser.http)
        first = await browser.http.post("/mentions", data=form)
        assert first.status_code == 303
        waiting = (await browser.http.get(first.headers["location"])).text
        assert "Thank you" in waiting
        assert "Look again" in waiting
        assert (await browser.http.post("/mentions", data=form)).headers == first.headers
        await world.work_off_stream()
        await world.settle()
        world.mail.take_all()
        done = (await browser.http.get(first.headers["location"])).text
        assert "She waited four hours" in done
        assert "Negative" in done
        assert ["tocsin-again" in page for page in (waiting, done)] == [True, False]
        (case,) = re.findall(r'<a href="(/cases/\d+)">', done)
        assert "She waited four hours" in (await browser.http.get(case)).text, "it leads to who answers it"
    async with world.core.database.read() as session:
        mention = (await session.scalars(select(Mention))).one()
        assert (mention.kind, mention.place, mention.lang) == ("call", "Port de Palma", "en")
        assert not mention.copy
        assert [(count.volume, count.negative) for count in await session.scalars(select(MinuteCount))] == [
            (1, 1)
        ]
        event = (await session.scalars(select(Event).where(Event.kind == "mention.registered"))).one()
        member = await world.member("helen")
        assert (event.actor, event.actor_id, event.data["key"]) == (member.name, member.id, form["key"])
        registration = (await session.scalars(select(Registration))).one()
        assert (registration.member_id, registration.kind) == (member.id, "call")


async def test_a_form_that_is_refused_comes_back_as_it_was_typed(world: World) -> None:
    async with world.browser("marta") as browser:
        form = await opened(browser.http)
        tomorrow = f"{world.clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
        for wrong in (
            {"text": "  "},
            {"heardAt": tomorrow},
            {"heardAt": "soon"},
            {"url": "javascript:alert(1)"},
        ):
            answer = await browser.http.post("/mentions", data=form | wrong)
            assert answer.status_code == 422, wrong
            assert f'value="{form["key"]}"' in answer.text
            assert "Port de Palma" in answer.text
        answer = await browser.http.post("/mentions", data=form | {"key": "no key"})
        assert answer.status_code == 422
    assert await rows(world.core, Registration) == 0


async def test_a_local_time_is_read_in_the_zone_of_who_registers(world: World) -> None:
    async with world.browser("marta") as browser:
        form = await opened(browser.http)
        await browser.http.post("/mentions", data=form | {"heardAt": "2026-01-09T10:30"})
    await world.work_off_stream()
    async with world.core.database.read() as session:
        mention = (await session.scalars(select(Mention))).one()
    assert mention.published_at.isoformat() == "2026-01-09T09:30:00+00:00"  # Europe/Madrid
    assert mention.arrived_at == world.clock.now()


async def test_what_one_has_registered_another_cannot_look_up(world: World) -> None:
    async with world.browser("helen") as browser:
        form = await opened(browser.http)
        await browser.http.post("/mentions", data=form)
    async with world.browser("marta") as browser:
        assert "Thank you" not in (await browser.http.get(f"/mentions/new?registered={form['key']}")).text
        form |= {"csrf": (await opened(browser.http))["csrf"]}
        assert (await browser.http.post("/mentions", data=form)).status_code == 409
    assert await rows(world.core, Registration) == 1


@pytest.mark.parametrize("name", ["nuria", None])
async def test_it_is_not_for_partners_nor_for_strangers(world: World, name: str | None) -> None:
    async with world.browser(name) as browser:
        answer = await browser.http.get("/mentions/new")
        assert answer.status_code == (404 if name else 303)
        refused = await browser.graphql(
            'mutation { registerMention(brandId: "1", kind: "call", text: "x", key: "12345678") '
            "{ __typename ... on Problem { code } } }"
        )
    assert refused["data"]["registerMention"]["code"] == ("forbidden" if name else "signed_out")
    assert await rows(world.core, Registration) == 0


@pytest.mark.browser
async def test_on_a_phone_without_javascript(
    settings: Settings, clock: MovableClock, browser: Browser
) -> None:
    settings = replace(settings, host="127.0.0.1", port=free_port())
    async with World.open(settings, clock) as world, served(world):
        context = await browser.new_context(
            base_url=f"http://127.0.0.1:{settings.port}",
            java_script_enabled=False,
            viewport={"width": 390, "height": 844},
        )
        page = await context.new_page()
        await page.goto("/sign-in?next=/mentions/new")
        await page.fill("[name=email]", (await world.member("marta")).email)
        await page.fill("[name=password]", PASSWORD)
        await page.click("main button")
        await page.check("[name=kind][value=visit]")
        await page.fill("[name=text]", "A man at the counter says that his refund never came.")
        await page.click("main button.primary")
        await expect(page.get_by_role("status")).to_be_visible()
        await page.wait_for_function("document.documentElement.scrollWidth <= 390")
        await world.work_off_stream()
        await page.get_by_role("status").get_by_role("link").click()
        await expect(page.get_by_role("status")).to_contain_text("his refund never came")
        await context.close()
