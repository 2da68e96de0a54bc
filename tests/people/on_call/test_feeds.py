"""iCal feeds: valid, steady, current, and nothing for a wrong or revoked address."""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from kit.core import Core
from tests.clock import MovableClock
from tests.web.cast import Cast
from web.app import create_app


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


async def address(cast: Cast, name: str, path: str) -> str:
    """Make a feed as people do; its path."""
    async with cast.browser(name) as browser:
        await browser.done(path)
        page = await browser.see("/rota/me")
    found = page.rsplit("/calendars/", 1)[1].split('"', 1)[0]
    return f"/calendars/{found}"


async def get(core: Core, path: str, **headers: str) -> httpx.Response:
    """As a calendar program asks: without a sign-in."""
    transport = httpx.ASGITransport(create_app(core))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
        return await client.get(path, headers=headers)


def events(body: bytes) -> list[Any]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


async def test_a_schedules_feed_is_a_valid_calendar_of_names_and_times(core: Core, cast: Cast) -> None:
    answer = await get(core, await address(cast, "helen", "/rota/2/feed"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    calendar.validate()  # type: ignore[no-untyped-call]
    found = events(answer.content)
    assert len(found) > 10
    assert len({str(one["UID"]) for one in found}) == len(found)
    for one, two in pairwise(found):
        assert one["DTEND"].dt == two["DTSTART"].dt, "the rota has no gap"
        assert one["DTSTART"].dt.tzinfo is UTC or str(one["DTSTART"].dt.tzinfo) == "UTC"
    assert b"@llevant.example" not in answer.content
    assert {str(one["SUMMARY"]).split(":")[0] for one in found} == {"Claire Roussel", "Helen Marsh"}


async def test_my_feed_has_my_shifts_of_all_schedules_only(core: Core, cast: Cast) -> None:
    answer = await get(core, await address(cast, "helen", "/rota/feeds"))
    assert {str(one["SUMMARY"]) for one in events(answer.content)} == {"On call: Communications duty"}
    assert b"Claire" not in answer.content


async def test_an_edit_reaches_the_feed_and_leaves_other_events_alone(
    core: Core, cast: Cast, clock: MovableClock
) -> None:
    path = await address(cast, "helen", "/rota/1/feed")
    before = await get(core, path)
    assert (await get(core, path, **{"If-None-Match": before.headers["etag"]})).status_code == 304
    since = before.headers["last-modified"]
    assert (await get(core, path, **{"If-Modified-Since": since})).status_code == 304
    clock.forward(hours=1)
    async with cast.browser("helen") as helen:
        marta = (await cast.member("marta")).id
        await helen.done(
            "/rota/1/overrides",
            member=str(marta),
            kind="instead",
            insteadOf="",
            startsAt="2026-03-20T19:00",
            endsAt="2026-03-21T07:00",
            note="",
        )
    after = await get(core, path, **{"If-None-Match": before.headers["etag"], "If-Modified-Since": since})
    assert after.status_code == 200
    old = {str(one["UID"]): one for one in events(before.content)}
    new = {str(one["UID"]): one for one in events(after.content)}
    assert len(new) == len(old) + 2, "the shift that was cut in two, and what lies between"
    assert set(old) < set(new)
    assert all(new[uid]["SEQUENCE"] > old[uid]["SEQUENCE"] for uid in old)
    changed = [uid for uid in old if new[uid]["DTEND"].dt != old[uid]["DTEND"].dt]
    assert len(changed) == 1


async def test_an_event_keeps_its_identity_as_time_passes(
    core: Core, cast: Cast, clock: MovableClock
) -> None:
    path = await address(cast, "helen", "/rota/1/feed")
    before = {str(one["UID"]): one["DTSTART"].dt for one in events((await get(core, path)).content)}
    clock.forward(days=9, hours=5)
    after = {str(one["UID"]): one["DTSTART"].dt for one in events((await get(core, path)).content)}
    now = clock.now()
    for uid, starts_at in before.items():
        if starts_at > now - timedelta(days=7):
            assert after[uid] == starts_at


@pytest.mark.parametrize("path", ["/calendars/nothing.ics", "/calendars/eyJmZWVkIjoxfQ.AAAA.ics"])
async def test_a_wrong_address_is_not_found(core: Core, cast: Cast, path: str) -> None:
    answer = await get(core, path)
    assert (answer.status_code, answer.text) == (404, "There is no such calendar.")


async def test_a_revoked_address_is_not_found(core: Core, cast: Cast) -> None:
    path = await address(cast, "marta", "/rota/feeds")
    assert (await get(core, path)).status_code == 200
    async with cast.browser("jon") as jon:
        assert (await jon.send("/rota/feeds/1/revoke")).status_code == 403
    async with cast.browser("marta") as marta:
        await marta.done("/rota/feeds/1/revoke")
    assert (await get(core, path)).status_code == 404


async def test_no_feed_for_a_partner(core: Core, cast: Cast) -> None:
    async with cast.browser("nuria") as nuria:
        assert (await nuria.send("/rota/feeds", page="/desk")).status_code == 404
