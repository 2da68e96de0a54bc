"""What drives a monitor in any stretch of time, without JavaScript and by the reader's own clock."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from api import drivers as api_drivers
from kit.core import Core
from mentions import drivers as told
from mentions.source import Source
from tests.clock import MovableClock
from tests.mentions.makers import draft, put
from tests.web.cast import Browser, Cast

HOUR = timedelta(hours=1)
PAGE = "/monitors/1/drivers"


async def said(core: Core, *texts: str, at: datetime, **values: object) -> None:
    """These mentions of Almadía arrive at this time."""
    drafts = [draft(f"Almadía {text}", at=at, **values) for text in texts]
    async with core.database.read() as session:
        source = (await session.scalars(select(Source).where(Source.name == "demo"))).one()
    await put(core, source, *drafts, arrived_at=at)


async def field(browser: Browser, query: str, name: str) -> str:
    page = await browser.see(f"{PAGE}?{query}")
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def test_words_voices_and_languages_of_an_hour_against_the_day_before(core: Core) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    await said(core, *(f"punctual at pier {n}" for n in range(124, 148)), at=now - 20 * HOUR)
    fire = [f"smoke in cabin {n}" for n in range(306, 312)]
    await said(core, *fire, at=now - HOUR / 2, author="<b>eva</b>", followers=12_400, lang="en")
    async with cast.browser("helen") as helen:
        page = await helen.see(f"{PAGE}?stretch=hour")
        for words in (
            "smoke",
            "&lt;b&gt;eva&lt;/b&gt;",
            "74,400",
            "Mentions in the time compared with: 24",
            "mpn018",
        ):
            assert words in page, words
        assert "punctual" not in page
        assert "<b>eva" not in page
        assert re.search(r"smoke[^<]*</th><td>\d</td><td>", page), "with what was to be expected"
        assert "author=%3Cb%3Eeva" in page
        assert (await helen.see(f"{PAGE}?stretch=hour&sentiment=positive")).count("<tbody>") == 0


async def test_where_nothing_arrived_and_where_there_is_nothing_to_compare_with(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        assert "Nothing of it arrived in this time" in await helen.see(PAGE)
        await said(core, "on fire", at=core.clock.now() - HOUR / 2)
        page = await helen.see(PAGE)
        assert "nothing says what is usual" in page
        assert "z score" not in page


@pytest.mark.parametrize(
    ("query", "begin", "end", "compared"),
    [
        ("stretch=hour", "2026-03-10T03:00", "2026-03-10T04:00", "2026-03-09T03:00"),
        ("stretch=today", "2026-03-10T00:00", "2026-03-10T04:00", "2026-03-09T00:00"),
        ("", "2026-03-10T00:00", "2026-03-10T04:00", "2026-03-09T00:00"),
        ("stretch=yesterday", "2026-03-09T00:00", "2026-03-10T00:00", "2026-03-08T00:00"),
        ("stretch=week", "2026-03-03T00:00", "2026-03-10T04:00", "2026-02-23T20:00"),
        ("since=2026-03-10T02:00Z", "2026-03-10T03:00", "2026-03-10T04:00", "2026-03-09T03:00"),
        ("stretch=hour&against=same", "2026-03-10T03:00", "2026-03-10T04:00", "2026-03-10T02:00"),
        ("stretch=hour&against=week", "2026-03-10T03:00", "2026-03-10T04:00", "2026-03-03T03:00"),
        (
            "stretch=hour&against=own&baselineSince=2026-03-01T10:00&baselineUntil=2026-03-01T11:00",
            "2026-03-10T03:00", "2026-03-10T04:00", "2026-03-01T10:00",
        ),
    ],
)  # fmt: skip
async def test_by_the_readers_clock(
    core: Core, clock: MovableClock, query: str, begin: str, end: str, compared: str
) -> None:
    cast = await Cast.assemble(core)
    clock.set(datetime.fromisoformat("2026-03-10T03:00Z"))
    async with cast.browser("marta") as marta:  # in Madrid, an hour ahead
        times = [await field(marta, query, name) for name in ("since", "until", "baselineSince")]
    assert times == [begin, end, compared]


async def test_the_same_hours_a_week_earlier_over_a_change_of_clocks(core: Core, clock: MovableClock) -> None:
    cast = await Cast.assemble(core)
    clock.set(datetime.fromisoformat("2026-03-29T12:00Z"))  # the night before, clocks went forward
    async with cast.browser("marta") as marta:
        assert await field(marta, "stretch=today&against=week", "baselineSince") == "2026-03-22T00:00"
        assert await field(marta, "stretch=today&against=same", "baselineSince") == "2026-03-28T11:00"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-03-09T03:00&until=2026-03-08T03:00", "The end must be after"),
        ("since=9999-12-31T23:59", "begins in the future"),
        ("since=2026-03-09T03:00&until=9999-12-31T23:59", "31 days at most"),
        ("since=9999-12-31T23:59-23:59", "Give a day and a time"),
        ("since=1900-01-01T00:00", "31 days at most"),
        ("since=0001-01-01T00:00", "Give a day and a time"),
        ("since=%3Cscript%3E", "Give a day and a time"),
        ("stretch=own", "Give a day and a time"),
        ("stretch=for-ever", "no such stretch"),
        ("against=nobody", "no such stretch"),
        ("against=own", "Give a day and a time"),
        ("stretch=hour&against=own&baselineSince=2026-01-01T00:00", "31 days at most"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_what_was_typed(core: Core, query: str, words: str) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        answer = await helen.http.get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert "<script>" not in answer.text


async def test_another_monitor_is_chosen_in_the_form(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as marta:
        answer = await marta.http.get(f"{PAGE}?monitor=2&since=2026-03-10T02:00")
        assert answer.headers["location"] == "/monitors/2/drivers?since=2026-03-10T02%3A00"
        assert (await marta.http.get(f"{PAGE}?monitor=//evil")).status_code == 200


async def test_who_sees_it(core: Core) -> None:
    cast = await Cast.assemble(core)
    for name, status in (("andreu", 200), ("nuria", 404)):
        async with cast.browser(name) as browser:
            assert (await browser.http.get(PAGE)).status_code == status
            assert (await browser.http.get("/monitors/999/drivers")).status_code == 404


async def test_where_there_are_too_many_the_page_says_that_an_even_part_was_read(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    await said(core, *(f"number {n}" for n in range(60)), at=now - HOUR / 2)
    monkeypatch.setattr(told, "READ", 20)
    monkeypatch.setattr(told, "SAMPLE", 5)
    async with cast.browser("helen") as helen:
        page = unescape(await helen.see(f"{PAGE}?stretch=hour"))
    assert "were taken evenly, each as likely as any other" in page
    assert "are of 5 mentions, taken evenly" in page


async def test_a_question_that_takes_too_long_ends_and_says_so(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    cast = await Cast.assemble(core)
    monkeypatch.setattr(told, "drivers", slow)
    monkeypatch.setattr(api_drivers, "PATIENCE", 0.01)
    async with cast.browser("helen") as helen:
        answer = await helen.http.get(PAGE)
        assert answer.status_code == 503
        assert "Ask for a shorter time" in answer.text


async def test_alert_war_room_overview_and_monitor_lead_there(core: Core) -> None:
    cast = await Cast.assemble(core)
    alert = await cast.crisis()
    async with cast.browser("helen") as helen:
        for path in (f"/alerts/{alert}", "/incidents/1"):
            (link,) = set(re.findall(r'href="(/monitors/\d+/drivers\?[^"]+)"', await helen.see(path)))
            page = await helen.see(unescape(link))
            assert 'value="negative" selected' in page, "the alert is of negative mentions"
        for path in ("/", "/monitors/1"):
            assert "/monitors/1/drivers" in await helen.see(path)


async def test_one_person_asks_for_two_at_once_and_keeps_nobody_else_waiting(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, asked, answering = await Cast.assemble(core), asyncio.Semaphore(0), asyncio.Event()
    answer = told.drivers

    async def slowly(*args: Any, **named: Any) -> Any:
        asked.release()
        await answering.wait()
        return await answer(*args, **named)

    monkeypatch.setattr(told, "drivers", slowly)
    async with cast.browser("helen") as helen, cast.browser("claire") as claire:
        waiting = [asyncio.create_task(helen.see(PAGE)) for _ in range(2)]
        for _ in waiting:
            await asked.acquire()
        third = await helen.http.get(PAGE)
        assert third.status_code == 503
        assert "Wait for an answer first." in third.text
        hers = asyncio.create_task(claire.see(PAGE))
        await asked.acquire()
        answering.set()
        await asyncio.gather(*waiting, hers)
        await helen.see(PAGE)
