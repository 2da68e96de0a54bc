"""One look says whose turn it is: it overlooks nobody, wakes nobody else, and nothing depends on it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from alerts.alert import Alert
from alerts.contacts.contact import Contact
from alerts.contacts.store import own_mail
from alerts.escalating.escalate import escalate_due
from alerts.incoming.source import AlertSource, IncomingAlert
from alerts.page import Page
from kit.bell import ALERTS
from kit.core import Core
from people.schedules import Schedule
from tests.alerts.cast import Cast, an_alert, change, make_cast
from tests.clock import MovableClock
from tocsin import looks, worker


async def planned(core: Core) -> Cast:
    """The cast with nothing left to do."""
    cast = await make_cast(core)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Schedule).values(notices_due_at=core.clock.now() + timedelta(days=1)))
    assert await looks.waiting(core) == set()
    return cast


async def test_an_alert_is_announced_from_its_opening_to_its_page(core: Core) -> None:
    cast = await planned(core)
    alert_id = await an_alert(core, cast)
    assert await looks.waiting(core) == {"paging", "deciding"}
    await escalate_due(core)
    assert await looks.waiting(core) == {"sending mail", "deciding"}
    async with core.database.unit_of_work() as session:
        await session.execute(update(Page).where(Page.alert_id == alert_id).values(channel="voice"))
        await session.execute(update(Alert).values(state="closed"))
    assert await looks.waiting(core) == {"sending voice"}


async def test_the_next_level_is_announced_when_its_time_has_come(core: Core, clock: MovableClock) -> None:
    cast = await planned(core)
    await an_alert(core, cast)
    await escalate_due(core)
    assert "paging" not in await looks.waiting(core)
    clock.forward(minutes=5)
    assert "paging" in await looks.waiting(core)


async def test_what_a_tool_sent_is_announced(core: Core) -> None:
    cast, now = await planned(core), core.clock.now()
    async with core.database.unit_of_work() as session:
        source = AlertSource(name="tool", format="own", path_token="t")
        session.add(source)
        await session.flush()
        session.add(
            IncomingAlert(
                source_id=source.id, key="k", severity="red", brand_id=cast.brand_id, title="Down", text="",
                url="", labels={}, started_at=now, first_at=now, last_at=now, count=1, due_at=now,
            )
        )  # fmt: skip
    assert await looks.waiting(core) == {"paging"}


async def test_a_note_and_a_plan_are_announced(core: Core) -> None:
    cast, now = await planned(core), core.clock.now()
    async with core.database.unit_of_work() as session:
        contact = await own_mail(session, cast.ada.member_id, now)
    await change(core, Contact, contact.id, note_state="due", note_due_at=now)
    assert await looks.waiting(core) == {"notes"}
    await change(core, Contact, contact.id, note_state="sent")
    await change(core, Schedule, cast.schedule_id, notices_due_at=now)
    assert await looks.waiting(core) == {"duty"}


def test_who_sweeps_has_a_question() -> None:
    """A part that is swept by the look and has no question would never begin."""
    asked = {questions[0].get_final_froms()[0] for questions in looks.QUESTIONS.values()}
    assert len(asked) == len(looks.QUESTIONS)
    swept = {*worker.PAGING, *worker.DECIDING, *worker.NOTES, *worker.CASES, *worker.WRITING}
    swept |= {*worker.DUTY, *worker.AWAY}
    assert sum(len(questions) for questions in looks.QUESTIONS.values()) >= len(swept)


async def first(core: Core, part: str, *, told: bool = True) -> float:
    """Seconds until the part is told so, with a look of its own under way."""
    shared = looks.Looks(core)
    looking = asyncio.create_task(shared.keep_looking())
    began = perf_counter()
    try:
        async with asyncio.timeout(60):
            async for due in shared.rounds(part):
                if due is told:
                    return perf_counter() - began
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    raise AssertionError("a part is told for ever")


async def test_only_who_has_something_to_do_is_told_so(core: Core) -> None:
    cast = await planned(core)
    await an_alert(core, cast)
    await first(core, "paging")
    await first(core, "notes", told=False)


async def test_the_bell_shortens_the_wait(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "EVERY", 60.0)
    monkeypatch.setattr(looks, "ALONE_AFTER", 60.0)
    cast = await planned(core)
    waiting = asyncio.create_task(first(core, "paging"))
    async with asyncio.timeout(60):
        while await core.bell.redis.pubsub_numsub(ALERTS) != [(ALERTS.encode(), 1)]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await an_alert(core, cast)
    await waiting


async def test_a_look_that_fails_wakes_everybody_and_the_next_one_goes_well(core: Core) -> None:
    await planned(core)
    shared = looks.Looks(core)
    rounds = shared.rounds("notes")
    told = asyncio.ensure_future(anext(rounds))
    await asyncio.sleep(0)
    await shared._look()
    assert await told is False
    async with core.database.unit_of_work() as session:
        await session.execute(text("ALTER TABLE letter RENAME TO mislaid"))
    told = asyncio.ensure_future(anext(rounds))
    await asyncio.sleep(0)
    await shared._look()
    async with core.database.unit_of_work() as session:
        await session.execute(text("ALTER TABLE mislaid RENAME TO letter"))
    assert await told is True
    await shared._look()
    assert await anext(rounds) is False
    await shared._line.close()


async def test_a_connection_that_was_cut_is_made_anew(core: Core) -> None:
    await planned(core)
    shared = looks.Looks(core)
    await shared._look()
    async with core.database.unit_of_work() as session:
        await session.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip
    with pytest.raises(DBAPIError):
        await shared._line.ask()
    assert await shared._line.ask() == set()
    await shared._line.close()


async def test_who_is_told_nothing_looks_for_itself(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look may hang: pages must not."""
    monkeypatch.setattr(looks, "ALONE_AFTER", 0.01)
    async with asyncio.timeout(60):
        assert await anext(looks.Looks(core).rounds("paging")) is True


async def test_what_follows_from_alerts_waits_for_late_pages_but_not_for_ever(
    core: Core, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_alert(core, await planned(core))
    shared = looks.Looks(core)
    await shared._look()
    async with asyncio.timeout(60):
        await shared.pages_first()  # due, and not late

    clock.forward(seconds=2)
    await shared._look()
    monkeypatch.setattr(looks, "GIVE_WAY", 60.0)
    waiting = asyncio.create_task(shared.pages_first())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await escalate_due(core)
    await shared._look()
    async with asyncio.timeout(60):
        await waiting  # what was late is done; its page is due just now

    clock.forward(seconds=2)
    await shared._look()
    monkeypatch.setattr(looks, "GIVE_WAY", 0.01)
    async with asyncio.timeout(60):
        await shared.pages_first()
    await shared._line.close()
