"""The back-test and the precision record on their pages, without JavaScript."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import timedelta
from html import unescape

import numpy as np
import pytest
from sqlalchemy import select

from alerts.backtest.queue import MOST_WAITING, alone
from alerts.feedback.marks import Mark, Proposal
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from tests.alerts.cast import counted
from tests.web.drawn import missing
from tests.world import World

DAY = 1440


async def lived(world: World, days: int = 6, usual: float = 0.5, voices: int = 0) -> None:
    """Monitor 1 has some days of calm behind it, with a burst two days ago, and voices that weigh in it."""
    now, rng = minute_of(world.core.clock.now()), np.random.default_rng(3)
    volume = rng.poisson(usual, days * DAY)
    volume[-2 * DAY :][:45] += 7
    first, burst = now - len(volume), now - 2 * DAY
    said = {first + int(i): (int(volume[i]), int(volume[i]) // 2) for i in np.flatnonzero(volume)}
    await counted(world.core, 1, said)
    await counted(world.core, 1, {burst: said[burst]}, notable=voices)
    async with world.core.database.unit_of_work() as session:
        monitor = await session.get_one(Monitor, 1)
        monitor.created_at = world.core.clock.now() - timedelta(days=days)


async def test_settings_side_by_side_with_a_curve_and_alerts(world: World) -> None:
    await lived(world, voices=1)
    async with world.browser("helen") as helen:
        page = await helen.http.get("/monitors/1/backtest?current=on&fewer=on&more=on&number-score=12,5")
        assert page.status_code == 200
        told = "Too few texts are stored", "A voice that weighs <b>1</b>", "by authors who weigh"
        for words in ("As it is set now", "Your numbers", "mentions in", *told):
            assert words in page.text
        assert page.text.count('class="curve"') == 4
        assert missing(page.text) == set()
        words = " ".join(re.sub("<[^>]+>", " ", page.text).split())
        assert "Needed As it is set now Fewer Balanced More How sure (score) 14 22 14 10" in words
        assert (await helen.http.get("/monitors/1/backtest")).text.count('class="curve"') == 1


async def test_where_hardly_any_are_usual_it_says_so_as_alerts_do(world: World) -> None:
    await lived(world, usual=0)
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/monitors/1/backtest?current=on")).text
    assert "where hardly any are usual (more than 1,000 times)" in page
    assert "×1,000+" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "Give a day"),
        ("since=0001-01-01&until=9999-12-31", "Give a day"),
        ("since=2026-03-02&until=2026-03-01&current=on", "after the beginning"),
        ("since=1990-01-01", "At most"),
        ("number-score=many", "is not a number"),
        ("number-score=1e309", "How sure (score): "),
        ("number-nonsense=3", "is no number of the detector"),
        ("persist=-3", "is not a whole number"),
        ("persist=99999", "For how many minutes it must last: Between 0"),
        ("alarms=500", "a week"),
        ("signal=%3Cscript%3E&since=%3Cscript%3E", "Give a day"),
    ],
)
async def test_what_makes_no_sense_is_said_beside_what_was_typed(
    world: World, query: str, words: str
) -> None:
    async with world.browser("helen") as helen:
        page = await helen.http.get(f"/monitors/1/backtest?{query}")
        assert page.status_code == 422
        assert words in page.text
        assert "<script>" not in page.text


async def test_who_comes_while_others_wait_is_told_so_beside_the_form(world: World) -> None:
    async with world.browser("helen") as helen, AsyncExitStack() as inside:
        await inside.enter_async_context(alone())
        waiting = [asyncio.create_task(_turn()) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        page = await helen.http.get("/monitors/1/backtest?fewer=on")
        assert page.status_code == 503
        assert "Try again in a minute" in page.text
        assert 'name="fewer" checked' in page.text
        await inside.aclose()
        await asyncio.gather(*waiting)


async def _turn() -> None:
    async with alone():
        pass


async def test_no_monitor_no_page(world: World) -> None:
    async with world.browser("helen") as helen:
        for path in ("/monitors/999/backtest", "/monitors/x/backtest", "/monitors/999/record"):
            assert (await helen.http.get(path)).status_code in (404, 422)


async def test_what_was_missed_is_pointed_out_refused_twice_and_taken_back(world: World) -> None:
    await lived(world)
    at = (world.core.clock.now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/monitors/1/record")).text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": csrf, "at": at, "note": "The port was closed"}
        later = {"at": "2999-01-01T00:00"}
        for wrong, status in ((later, 422), ({"at": "soon"}, 422), ({"note": " \u202e "}, 422)):
            refused = await helen.http.post("/monitors/1/missed", data={**form, **wrong})
            assert refused.status_code == status, wrong
            assert refused.text.count("must have happened already") == (wrong is later), "told once"
            assert "The port was closed" in refused.text or "note" in wrong
        assert (await helen.http.post("/monitors/1/missed", data=form)).status_code == 303
        assert (await helen.http.post("/monitors/1/missed", data=form)).status_code == 409
        page = (await helen.http.get("/monitors/1/record")).text
        assert "The port was closed" in page
        assert "only back-tests go by it" not in page
        async with world.core.database.unit_of_work() as session:
            (await session.get_one(Monitor, 1)).created_at = world.core.clock.now()
        assert "only back-tests go by it" in (await helen.http.get("/monitors/1/record")).text
        async with world.core.database.read() as session:
            mark = (await session.scalars(select(Mark))).one()
        taken = await helen.http.post(f"/monitors/1/marks/{mark.id}/take-back", data={"csrf": csrf})
        assert taken.status_code == 303
        assert "The port was closed" not in (await helen.http.get("/monitors/1/record")).text


async def test_a_better_setting_is_proposed_and_holds_only_when_accepted(world: World) -> None:
    await lived(world)
    at = world.core.clock.now() - timedelta(days=2)
    async with world.browser("helen") as helen:
        page = (await helen.http.get("/monitors/1/record")).text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        nothing = await helen.http.post("/monitors/1/propose", data={"csrf": csrf})
        assert nothing.status_code == 422
        assert "nothing to go by" in nothing.text
        deaf = {"csrf": csrf, "version": "0", "preset": "fewer", "number-score": "100"}
        deaf |= {"number-floor": "900000", "number-red_floor": "9000000"}
        assert (await helen.http.post("/monitors/1/detector", data=deaf)).status_code == 303
        missed = {"csrf": csrf, "at": at.strftime("%Y-%m-%dT%H:%M"), "note": "The port was closed"}
        assert (await helen.http.post("/monitors/1/missed", data=missed)).status_code == 303
        found = await helen.http.post("/monitors/1/propose", data={"csrf": csrf})
        assert (found.status_code, found.headers["location"]) == (
            303,
            "/monitors/1/record?found=True#proposal",
        )
        page = (await helen.http.get("/monitors/1/record")).text
        assert "A setting is proposed" in page
        shown = re.search(r'href="([^"]+)">See the alerts of both', page)
        assert shown is not None
        tried = await helen.http.get(unescape(shown[1]))
        assert tried.status_code == 200
        assert tried.text.count('class="curve"') == 2
        assert 'value="100"' in (await helen.http.get("/monitors/1")).text, "nothing changed by itself"
        async with world.core.database.read() as session:
            proposal = (await session.scalars(select(Proposal))).one()
        assert proposal.now["missed"] == 1
        assert proposal.then["missed"] == 0
        accept = f"/monitors/1/proposals/{proposal.id}/accept"
        accepted = await helen.http.post(accept, data={"csrf": csrf})
        assert accepted.headers["location"] == "/monitors/1#detector", "where one sees what holds now"
        assert (await helen.http.post(accept, data={"csrf": csrf})).status_code == 409
        page = (await helen.http.get("/monitors/1")).text
        assert 'value="100"' not in page
        assert "Fewer: only what is overwhelming</del>" in page, (
            "the history names a setting as the form does"
        )


async def test_who_only_reads_sees_the_record_and_may_not_speak(world: World) -> None:
    async with world.browser("andreu") as executive:
        page = await executive.http.get("/monitors/1/record")
        assert page.status_code == 200
        assert "/missed" not in page.text
        assert (await executive.http.get("/monitors/1/backtest")).status_code == 200
