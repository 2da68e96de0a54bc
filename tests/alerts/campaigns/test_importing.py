"""Campaigns made by people and brought by files: all or nothing, and twice is once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import select

from alerts.campaigns import importing, service
from alerts.campaigns.campaign import Campaign
from alerts.campaigns.ical import read_ical
from alerts.campaigns.importing import Imported, import_file
from alerts.campaigns.parsed import Parsed
from alerts.campaigns.wish import Wish
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.events import Event
from people.permissions import Viewer
from tests.alerts.cast import Cast, an_alert, make_cast

CSV = "title,start,end,lift\nFair,2026-03-20,2026-03-21,4\nRegatta,2026-04-01T10:00,2026-04-01T18:00,2\n"


def ical(*events: str) -> str:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\n{inside}END:VCALENDAR\r\n"


def weekly(hour: str = "09", *, more: str = "", uid: str = "w") -> str:
    return (
        f"UID:{uid}\r\nSUMMARY:Market\r\nDTSTART:20260323T{hour}0000Z\r\nDURATION:PT2H\r\n"
        f"RRULE:FREQ=WEEKLY;COUNT=3{more}"
    )


async def bring(core: Core, cast: Cast, text: str, viewer: Viewer | None = None, **more: Any) -> Imported:
    values: dict[str, Any] = {"lift": 3.0, **more}
    async with core.database.unit_of_work() as session:
        return await import_file(
            session, viewer or cast.ada, cast.brand_id, text, now=core.clock.now(), **values
        )


async def rows(core: Core) -> list[Campaign]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Campaign).order_by(Campaign.starts_at)))


async def told(core: Core) -> list[str]:
    async with core.database.read() as session:
        query = select(Event.kind).where(Event.kind.startswith("campaign.")).order_by(Event.seq)
        return list(await session.scalars(query))


@pytest.mark.parametrize("text", [CSV, ical(weekly(), weekly("15", uid="x"))])
async def test_the_same_file_twice_changes_nothing(core: Core, text: str) -> None:
    cast = await make_cast(core)
    first = await bring(core, cast, text)
    before = [(row.id, row.version) for row in await rows(core)]
    again = await bring(core, cast, text)
    assert first.added == again.same == len(before) > 1
    assert (again.added, again.changed, again.taken_back) == (0, 0, 0)
    assert [(row.id, row.version) for row in await rows(core)] == before
    assert await told(core) == ["campaign.announced"] * len(before)


async def test_an_event_that_moved_moves_and_what_it_no_longer_does_is_taken_back(core: Core) -> None:
    cast = await make_cast(core)
    await bring(core, cast, ical(weekly(), weekly("15", uid="other")))
    done = await bring(core, cast, ical(weekly(more="\r\nEXDATE:20260330T090000Z")))
    assert (done.added, done.changed, done.taken_back, done.same) == (0, 0, 1, 2)
    done = await bring(core, cast, ical(weekly().replace("PT2H", "PT3H")))
    assert (done.added, done.changed, done.same) == (1, 2, 0)
    assert len(await rows(core)) == 6, "the event that the file does not speak of is left alone"
    done = await bring(core, cast, ical(weekly(more="\r\nSTATUS:CANCELLED")))
    assert done.taken_back == 3


async def test_a_single_event_is_known_again_wherever_it_is_moved_to(core: Core) -> None:
    cast = await make_cast(core)
    one = "UID:1\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:{}"
    await bring(core, cast, ical(one.format("20260401")))
    done = await bring(core, cast, ical(one.format("20260408")))
    assert (done.added, done.changed, done.taken_back) == (0, 1, 0)
    assert len(await rows(core)) == 1


async def test_what_people_changed_stays_until_the_file_changes_too(core: Core) -> None:
    cast = await make_cast(core)
    await bring(core, cast, CSV)
    fair = (await rows(core))[0]
    wish = Wish("Fair of Palma", fair.starts_at, fair.ends_at, 9.0)
    async with core.database.unit_of_work() as session:
        await service.change(session, cast.ada, fair.id, wish, version=1, now=core.clock.now())
    assert (await bring(core, cast, CSV)).same == 2
    assert (await rows(core))[0].lift == 9.0
    await bring(core, cast, CSV.replace(",4", ",5"))
    assert (await rows(core))[0].lift == 5.0


@pytest.mark.parametrize(
    "text",
    [
        CSV + "Broken,never,2026-04-01\n",
        ical(weekly(), "UID:2\r\nSUMMARY:Broken"),
        "title,start,end,monitor\nFair,2026-03-20,2026-03-20,Another brand's\n",
        "   ",
        "x" * 2_000_001,
    ],
)
async def test_a_file_that_is_wrong_anywhere_brings_nothing(core: Core, text: str) -> None:
    cast = await make_cast(core)
    with pytest.raises(Invalid):
        await bring(core, cast, text)
    assert await rows(core) == []
    assert await told(core) == []


async def test_days_are_those_of_the_brands_zone(core: Core) -> None:
    cast = await make_cast(core)
    await bring(core, cast, CSV)
    assert (await rows(core))[0].starts_at == datetime(2026, 3, 20, tzinfo=UTC)
    admin = Viewer(**{**cast.ada.__dict__, "role": "admin"})
    async with core.database.unit_of_work() as session:
        with pytest.raises(Invalid):
            await service.set_clock(session, admin, cast.brand_id, "Europe/Nowhere", now=core.clock.now())
        with pytest.raises(Invalid):
            await service.set_clock(session, admin, cast.brand_id, "../../etc/passwd", now=core.clock.now())
        with pytest.raises(Forbidden):
            await service.set_clock(session, cast.ada, cast.brand_id, "Europe/Madrid", now=core.clock.now())
        await service.set_clock(session, admin, cast.brand_id, "Europe/Madrid", now=core.clock.now())
    text = "title,start,end\nRound,2026-03-29,2026-03-29\n"
    await bring(core, cast, text)
    row = next(row for row in await rows(core) if row.title == "Round")
    assert row.starts_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert row.ends_at - row.starts_at == timedelta(hours=23)


async def test_only_responders_announce_and_two_do_not_overwrite_each_other(core: Core) -> None:
    cast, now = await make_cast(core), core.clock.now()
    wish = Wish("  Fair\x00\u202e ", now, now + timedelta(days=1), 3.0)
    with pytest.raises(Forbidden):
        await bring(core, cast, CSV, cast.pia)
    async with core.database.unit_of_work() as session:
        with pytest.raises(Forbidden):
            await service.list_campaigns(session, cast.pia, now=now)
        with pytest.raises(Invalid):
            await service.announce(session, cast.ada, cast.brand_id, wish, monitor_id=999, now=now)
        with pytest.raises(NotFound):
            await service.announce(session, cast.ada, 999, wish, now=now)
        made = await service.announce(
            session, cast.ada, cast.brand_id, wish, monitor_id=cast.monitor_id, now=now
        )
        assert made.title == "Fair"
        await service.change(
            session, cast.ada, made.id, Wish("B", now, made.ends_at, 3.0), version=1, now=now
        )
        with pytest.raises(Conflict):
            await service.take_back(session, cast.ada, made.id, version=1, now=now)
        await service.take_back(session, cast.ada, made.id, version=2, now=now)
        with pytest.raises(NotFound):
            await service.get_campaign(session, cast.ada, made.id)
    assert await told(core) == ["campaign.announced", "campaign.changed", "campaign.taken_back"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " \n"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"hours": 0}, "endsAt"),
        ({"hours": -1}, "endsAt"),
        ({"hours": 24 * 101}, "endsAt"),
        ({"lift": 0.5}, "lift"),
        ({"lift": 101}, "lift"),
        ({"lift": float("nan")}, "lift"),
        ({"start": datetime(1999, 1, 1, tzinfo=UTC)}, "startsAt"),
        ({"brief": "x" * 4001}, "brief"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "data:text/html,x"}, "link"),
        ({"link": "//example.org"}, "link"),
        ({"link": "https://example.org/a b"}, "link"),
        ({"link": "https://example.org/" + "x" * 2000}, "link"),
        ({"contact": "x" * 301}, "contact"),
        ({"brief": "a\ud800"}, "brief"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], field: str
) -> None:
    start = changes.get("start", datetime(2026, 3, 10, tzinfo=UTC))
    hours = timedelta(hours=changes.get("hours", 1))
    with pytest.raises(Invalid) as refused:
        about = {name: changes[name] for name in ("brief", "link", "contact") if name in changes}
        Wish(changes.get("title", "Fair"), start, start + hours, changes.get("lift", 2.0), **about).checked()
    assert refused.value.field == field


async def test_an_alert_of_the_brand_waits_for_no_import(core: Core) -> None:
    cast = await make_cast(core)
    async with asyncio.timeout(60), core.database.unit_of_work() as session:
        await import_file(session, cast.ada, cast.brand_id, CSV, lift=3.0, now=core.clock.now())
        assert await an_alert(core, cast), "in a transaction beside it"


async def test_others_are_served_while_a_large_calendar_is_read(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading waits here for the loop's next turn, which never comes where it holds up the loop."""
    cast, loop, turned, went_on = await make_cast(core), asyncio.get_running_loop(), Signal(), []

    def slow(*given: Any) -> Parsed:
        loop.call_soon_threadsafe(turned.set)
        went_on.append(turned.wait(timeout=60))
        return read_ical(*given)

    monkeypatch.setattr(importing, "read_ical", slow)
    text = ical("UID:1\r\nSUMMARY:Old\r\nDTSTART:20100101T090000Z")
    assert (await bring(core, cast, text)).added == 0
    assert went_on == [True]


async def test_what_takes_too_long_to_read_is_refused(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = await make_cast(core)
    monkeypatch.setattr("alerts.campaigns.ical.LONGEST_SEARCH", 0.0)
    with pytest.raises(Invalid, match="too much"):
        await bring(core, cast, ical(weekly(more="\r\nEXDATE:20260330T090000Z" * 2000)))


async def test_too_many_events_are_refused_before_they_are_read(core: Core) -> None:
    cast = await make_cast(core)
    with pytest.raises(Invalid, match="more than 5000 events"):
        await bring(core, cast, "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 5001)


async def test_a_brief_comes_and_changes_with_its_file_and_whom_people_chose_stays(core: Core) -> None:
    cast = await make_cast(core)
    about = '"Free ""rides""\nfor all",https://a.example,Pau +34 600'
    text = f"title,start,end,brief,link,contact\nFair,2026-03-20,2026-03-21,{about}\n"
    await bring(core, cast, text)
    (row,) = await rows(core)
    assert (row.brief, row.link, row.contact) == ('Free "rides"\nfor all', "https://a.example", "Pau +34 600")
    async with core.database.unit_of_work() as session:
        wish = Wish(
            row.title, row.starts_at, row.ends_at, row.lift, brief="Ours", contact_id=cast.bo.member_id
        )
        await service.change(session, cast.ada, row.id, wish, version=1, now=core.clock.now())
    assert (await bring(core, cast, text)).same == 1
    assert (await rows(core))[0].brief == "Ours"
    assert (await bring(core, cast, text.replace("Free", "Cheap"))).changed == 1
    (row,) = await rows(core)
    assert (row.brief[:5], row.contact_id) == ("Cheap", cast.bo.member_id)


async def test_what_is_said_of_people_is_not_kept_in_the_history(core: Core) -> None:
    cast, now = await make_cast(core), core.clock.now()
    wish = Wish("Fair", now, now + timedelta(days=1), 2.0, contact="Pau +34 600 000 000")
    async with core.database.unit_of_work() as session:
        row = await service.announce(session, cast.ada, cast.brand_id, wish, now=now)
        await service.change(session, cast.ada, row.id, replace(wish, contact="Eva"), version=1, now=now)
    async with core.database.read() as session:
        events = (await session.scalars(select(Event).where(Event.kind.startswith("campaign.")))).all()
    assert not any("Pau" in str(event.data) or "Eva" in str(event.data) for event in events)
    assert events[-1].data["rewritten"] == ["contact"]


async def test_only_somebody_of_the_house_is_asked(core: Core) -> None:
    cast, now = await make_cast(core), core.clock.now()
    for member in (cast.pia.member_id, 999):
        wish = Wish("Fair", now, now + timedelta(days=1), 2.0, contact_id=member)
        async with core.database.unit_of_work() as session:
            with pytest.raises(Invalid, match="nobody of the house"):
                await service.announce(session, cast.ada, cast.brand_id, wish, now=now)
