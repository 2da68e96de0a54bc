"""The demo's first page: who is on call, what each will see, how far the crisis is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from kit.core import Core
from tests.clock import MovableClock
from tests.web.cast import Cast
from tocsin.demo.mail import folder
from tocsin.demo.pages import SEES, with_demo_pages


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


@pytest.fixture
async def stranger(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    transport = httpx.ASGITransport(with_demo_pages(cast.app, cast.core))
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://tocsin.test", headers=headers
    ) as client:
        yield client


async def cards(stranger: httpx.AsyncClient) -> dict[str, str]:
    """By name, in the order of the page, what stands on the card."""
    page = (await stranger.get("/demo")).text
    forms = re.findall(r'<form class="card.*?</form>', page, re.DOTALL)
    return {re.findall(r"<h2>(.*?)</h2>", form)[0]: form for form in forms}


async def test_who_is_on_call_stands_first_and_is_said(
    stranger: httpx.AsyncClient, clock: MovableClock
) -> None:
    seen = set()
    for _ in range(2):  # they take turns by the week
        page, found = (await stranger.get("/demo")).text, await cards(stranger)
        first = next(iter(found))
        assert f"{first} is on call now" in page
        assert "On call now" in found[first]
        assert "You are paged: " in found[first]
        assert [name for name, card in found.items() if "On call now" in card] == [first]
        assert [name for name, card in found.items() if 'class="primary"' in card] == [first]
        seen.add(first)
        clock.forward(weeks=1)
    assert seen == {"Jon Etxarri", "Marta Vidal"}


async def test_everybody_has_one_line_of_what_they_will_see(stranger: httpx.AsyncClient) -> None:
    found = await cards(stranger)
    assert len(found) == len(SEES)
    assert all(" see " in card for card in found.values())


async def test_how_far_the_crisis_is(cast: Cast, stranger: httpx.AsyncClient, clock: MovableClock) -> None:
    assert "will lose its engines" in (await stranger.get("/demo")).text
    clock.forward(minutes=1)
    assert "people begin to write about it" in (await stranger.get("/demo")).text
    await cast.crisis()
    assert "opened incident #1 and pages" in (await stranger.get("/demo")).text


async def test_the_mailbox_is_read_page_by_page(stranger: httpx.AsyncClient, core: Core) -> None:
    kept = folder(core.settings)
    kept.mkdir(parents=True)
    for number in range(10, 35):
        (kept / f"{number}.eml").write_text(f"To: ada@house.test\nSubject: Letter {number}\n\nRead it.\n")
    found, address = [], "/demo/mail"
    for more in (True, True, False):
        page = (await stranger.get(address)).text
        found += re.findall(r"<h2>Letter (\d+)</h2>", page)
        older = re.search(r'href="(\?before=\d+)">Older ones', page)
        assert (older is not None) == more
        assert ("http-equiv" in page) == (address == "/demo/mail"), "who reads older ones is left to read"
        address = f"/demo/mail{older[1]}" if older else ""
    assert found == [str(number) for number in reversed(range(10, 35))]
