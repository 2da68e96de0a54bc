"""The war room asks the database as often for much as for little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import event, select

from incident import lifecycle
from kit.core import Core
from people.organisations import Organisation
from people.signin import viewer_from
from runbooks import questions, steps
from runbooks.run import Step
from tests.web.cast import Cast


@contextmanager
def counted(core: Core) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(core.database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(core.database.engine.sync_engine, "before_cursor_execute", note)


async def queries_of(core: Core, cast: Cast, path: str) -> int:
    async with cast.browser("marta") as browser:
        with counted(core) as sent:
            assert (await browser.http.get(path)).status_code == 200
    return len(sent)


async def grow(core: Core, cast: Cast) -> None:
    """Four more partners, three of which lose their step again; everybody of the house; notes; questions."""
    marta, now = viewer_from(await cast.member("marta")), core.clock.now()
    async with core.database.unit_of_work() as session:
        agencies = [
            Organisation(
                name=f"Agency {n}", kind="partner", nda_signed_on=date(2025, 1, 1), declared_clients=[]
            )
            for n in range(4)
        ]
        session.add_all(agencies)
        await session.flush()
        todo = (await session.scalars(select(Step.id).where(Step.state == "todo").order_by(Step.id))).all()
        for step_id, agency in zip(todo, agencies, strict=False):
            await steps.reassign(session, marta, step_id, organisation_id=agency.id, now=now)
        for step_id in todo[:3]:
            await steps.reassign(session, marta, step_id, member_id=marta.member_id, now=now)
        for name in ("marta", "jon", "claire", "helen"):
            await lifecycle.join(session, viewer_from(await cast.member(name)), 1, now=now)
        for text in ("one", "two", "three"):
            await lifecycle.add_note(session, marta, 1, text=text, now=now)
        for step_id in todo[:3]:
            await questions.ask(session, marta, step_id, text="Until when?", now=now)


async def test_a_war_room_with_much_in_it_costs_no_more_queries(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    before = await queries_of(core, cast, "/incidents/1")
    assert before <= 33
    await grow(core, cast)
    assert await queries_of(core, cast, "/incidents/1") <= before
