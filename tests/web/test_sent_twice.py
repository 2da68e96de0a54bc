"""A form that is sent twice at once, by an impatient thumb or on a bad line, does what it does once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from incident.digest.digest import DigestSubscription
from incident.review import Lesson
from kit.core import Core
from kit.events import Event
from people.departments import Department
from people.schedules import Schedule
from tests.clock import MovableClock
from tests.web.cast import Cast

NOTE = {"text": "The captain has called"}
ZONE = {"timeZone": "Europe/Madrid"}


@pytest.mark.parametrize(
    ("path", "fields", "row", "second"),
    [
        ("/me/digests/weekly", {"enabled": "on", "hour": "8"}, DigestSubscription, {303}),
        (
            "/departments/press/digests",
            {"id": "1", "cadence": "weekly", "enabled": "on"},
            DigestSubscription,
            {303},
        ),
        (
            "/departments/new",
            {"name": "Island", "language": "es", "hours": "4", **ZONE},
            Department,
            {409, 422},
        ),
        ("/rota/schedules", {"name": "Island", **ZONE}, Schedule, {409, 422}),
        ("/incidents/1/notes", NOTE, Event, {303}),
        ("/sources/1/switch", {}, Event, {303}),
        ("/monitors/1/switch", {}, Event, {303}),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
async def test_twice_at_once_is_once(
    core: Core, path: str, fields: dict[str, str], row: type, second: set[int]
) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        before = await count(core, row)
        sent = await asyncio.gather(helen.send(path, **fields), helen.send(path, **fields))
        statuses = sorted(answer.status_code for answer in sent)
        assert statuses[0] == 303, sent[0].text[-2000:]
        assert statuses[1] in second, statuses
        assert await count(core, row) == before + 1


async def test_a_note_that_is_said_again_later_is_another(core: Core, clock: MovableClock) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen, cast.browser("marta") as marta:
        before = await count(core, Event)
        for one in (helen, helen, marta):
            await one.done("/incidents/1/notes", **NOTE)
        assert await count(core, Event) == before + 2, "two people said it"
        clock.forward(minutes=1)
        await helen.done("/incidents/1/notes", **NOTE)
        assert await count(core, Event) == before + 3


async def test_the_same_lesson_again_is_one(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    async with cast.browser("helen") as helen:
        await helen.done("/incidents/1/resolve", summary="Over")
        lesson = {"review": "1", "kind": "change", "text": "Call the captain first"}
        path = "/incidents/1/review/lessons"
        await asyncio.gather(*(helen.done(path, **lesson) for _ in range(2)))
        await helen.done(path, **{**lesson, "kind": "keep"})
    assert await count(core, Lesson) == 2


async def count(core: Core, row: type) -> int:
    async with core.database.read() as session:
        return await session.scalar(select(func.count()).select_from(row)) or 0
