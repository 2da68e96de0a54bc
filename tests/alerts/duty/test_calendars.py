"""Out-of-office calendars: read politely from a real server on loopback, and what they say counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from alerts.duty import calendars
from alerts.duty.calendars import MAX_BYTES, look_due
from alerts.escalating.targets import reach
from kit.core import Core
from people.absences import AwayCalendar
from people.members import Member
from people.on_call import away
from people.permissions import Viewer
from tests.alerts.cast import make_cast
from tests.clock import MovableClock

BODY = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Secret\r
DTSTART:20260311T080000Z\r\nDTEND:20260311T160000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


class Server:
    """Answers each question with the next of the answers given, and keeps the questions."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.asked: list[str] = []
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Server]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/away.ics"
        async with server:
            yield self

    def will_say(self, body: bytes, status: str = "200 OK", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
        self.answers.append(head.encode() + body)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answers.pop(0))
        await writer.drain()
        writer.close()


async def set_calendar(core: Core, viewer: Viewer, url: str) -> None:
    async with core.database.unit_of_work() as session:
        await away.set_calendar(session, viewer, url, now=core.clock.now())


async def give_role(core: Core, viewer: Viewer, role: str) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.id == viewer.member_id).values(role=role))


async def row(core: Core, viewer: Viewer) -> AwayCalendar:
    async with core.database.read() as session:
        found = await away.calendar_of(session, viewer.member_id)
        assert found is not None
        return found


async def on_call(core: Core, schedule_id: int) -> tuple[list[str], list[str]]:
    async with core.database.read() as session:
        found = await reach(session, [{"schedule": schedule_id}], core.clock.now())
    return [target.member.name for target in found.targets], found.unreachable


async def test_who_is_busy_is_not_paged_and_the_next_level_is_told_why(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    await give_role(core, cast.ada, "admin")  # loopback is of the inner network
    ada = replace(cast.ada, role="admin")
    async with Server().open() as server:
        await set_calendar(core, ada, server.url)
        server.will_say(BODY, headers='ETag: "one"\r\nLast-Modified: Tue, 10 Mar 2026 01:00:00 GMT\r\n')
        assert await look_due(core) == 1
        assert await on_call(core, cast.schedule_id) == (["Ada"], [])
        clock.forward(minutes=29)
        assert await look_due(core) == 0
        clock.forward(minutes=1)
        server.will_say(b"", "304 Not Modified")
        assert await look_due(core) == 1
        assert 'if-none-match: "one"' in server.asked[1].lower()
        assert "if-modified-since: tue, 10 mar 2026 01:00:00 gmt" in server.asked[1].lower()
        clock.set(clock.now().replace(day=11, hour=9))
        assert await on_call(core, cast.schedule_id) == ([], ["Ada is away."])
        server.will_say(b"gone", "503 Service Unavailable")
        await look_due(core)
        assert (await row(core, ada)).error is not None
        assert await on_call(core, cast.schedule_id) == ([], ["Ada is away."]), "what it said still counts"
        await set_calendar(core, ada, "")
        assert await on_call(core, cast.schedule_id) == (["Ada"], [])


async def test_a_calendar_that_is_none_or_too_large_is_refused_and_asked_less_often(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    async with Server().open() as server:
        await set_calendar(core, cast.bo, server.url)  # an admin
        for body in (b"<html>Please sign in</html>", b"x" * (MAX_BYTES + 1)):
            server.will_say(body)
            assert await look_due(core) == 1
            clock.set((await row(core, cast.bo)).due_at)
        found = await row(core, cast.bo)
        assert found.failures == 2
        assert found.error
        assert found.due_at == clock.now()


async def test_only_an_admins_address_may_lead_inside(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    async with Server().open() as server:
        await set_calendar(core, cast.ada, server.url)
        assert await look_due(core) == 1
        assert server.asked == []
        assert "inner network" in str((await row(core, cast.ada)).error)


async def test_who_is_no_admin_any_more_reaches_no_further_inside(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    async with Server().open() as server:
        await set_calendar(core, cast.bo, server.url)
        await give_role(core, cast.bo, "responder")
        assert await look_due(core) == 1
        assert server.asked == []
        assert "inner network" in str((await row(core, cast.bo)).error)


async def test_a_look_that_was_cut_off_is_taken_up_again(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    async with Server().open() as server:
        await set_calendar(core, cast.bo, server.url)
        server.will_say(BODY)
        assert await calendars._claim(core) is not None  # and the worker dies
        assert await look_due(core) == 0
        clock.forward(minutes=3)
        assert await look_due(core) == 1
        assert (await row(core, cast.bo)).ok_at == clock.now()


async def test_two_workers_look_once(core: Core, clock: MovableClock) -> None:
    cast = await make_cast(core)
    async with Server().open() as server:
        await set_calendar(core, cast.bo, server.url)
        server.will_say(BODY)
        assert sum(await asyncio.gather(look_due(core), look_due(core))) == 1
        assert len(server.asked) == 1
        assert (await row(core, cast.bo)).due_at - clock.now() == timedelta(minutes=30)
