"""Praise above the usual reaches who takes it, by day and by letter, and somebody decides (R62)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from alerts.open import open_alert
from incident.opportunities import by_day, open_due
from incident.opportunity import Opportunity
from kit.core import Core
from people.departments import Department, DepartmentMember
from people.letters import Letter
from people.members import Member
from tests.web.cast import Cast, evidence


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-03-10T07:00", "Europe/Madrid", "2026-03-10T07:00"),
        ("2026-03-10T03:10", "Europe/Madrid", "2026-03-10T07:00"),
        ("2026-03-10T19:00", "Europe/Madrid", "2026-03-11T07:00"),
        ("2026-03-28T20:00", "Europe/Madrid", "2026-03-29T06:00"),  # the clocks change in that night
        ("2026-03-10T19:00", "America/Lima", "2026-03-10T19:00"),
    ],
)
def test_nobody_is_written_to_at_night(now: str, zone: str, expected: str) -> None:
    found = by_day(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await Cast.assemble(core)


async def praised(core: Core) -> int:
    """The id of an opportunity that was just found; a second sweep finds nothing."""
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        await open_alert(
            session, brand_id=1, monitor_id=None, signal="positive", level="green", pages=False, since=now,
            title="Almadía Ferries: ×4.0 positive mentions", evidence=evidence(), now=now,
        )  # fmt: skip
    async with core.database.unit_of_work() as session:
        assert await open_due(session, now=now) == 1
    async with core.database.unit_of_work() as session:
        assert await open_due(session, now=now) == 0
        return (await session.scalars(select(Opportunity.id))).one()


async def told(core: Core) -> dict[str, str]:
    """Who is written to, and the subject."""
    async with core.database.read() as session:
        rows = await session.execute(
            select(Member.name, Letter.paper).join(Letter, Letter.member_id == Member.id)
        )
        return {name.split()[0]: paper["subject"] for name, paper in rows}


async def test_who_takes_opportunities_is_told_in_their_language(core: Core, cast: Cast) -> None:
    await praised(core)
    subjects = await told(core)
    assert set(subjects) == {"Marta", "Jon"}, "the people of the community"
    assert subjects["Marta"].startswith("Oportunitat: ")
    assert subjects["Jon"].startswith("Oportunidad: ")


async def test_where_no_department_takes_them_who_watches_is_told_else_the_admins(
    core: Core, cast: Cast
) -> None:
    async with core.database.unit_of_work() as session:
        await session.execute(update(Department).values(takes_opportunities=False))
    await praised(core)
    assert set(await told(core)) == {"Helen"}


async def test_one_takes_it_decides_and_tells_what_came_of_it(core: Core, cast: Cast) -> None:
    key = await praised(core)
    at, page = f"/opportunities/{key}", "/opportunities"
    async with cast.browser("olga") as observer:
        assert "I take it" not in await observer.see(page)
        assert (await observer.send(f"{at}/take")).status_code == 403
    async with cast.browser("nuria") as partner:
        assert (await partner.http.get(page)).status_code == 404
    async with cast.browser("marta") as marta, cast.browser("helen") as helen:
        assert "Almadía Ferries" in await helen.see("/")
        early = await marta.send(f"{at}/conclude", page=page, outcome="A thousand thanks")
        assert early.status_code == 409
        await marta.done(f"{at}/take")
        second = await helen.send(f"{at}/take", page=page)
        assert second.status_code == 409
        assert "Marta Vidal has it." in second.text
        assert (await helen.send(f"{at}/decide", page=page, decision="use", reason="x")).status_code == 409
        wrong = await marta.send(f"{at}/decide", page=page, decision="sell", reason="x")
        assert wrong.status_code == 422
        await marta.done(f"{at}/decide", decision="use", reason="We thank them by name")
        assert await told(core) == {}, "what is decided need not be told any more"
        assert "We use it" in await helen.see(page)
        await helen.done(f"{at}/conclude", outcome="Forty shared it")
        settled = await helen.see(page)
        assert "None is open." in settled
        assert "Forty shared it" in settled
        assert (await marta.send(f"{at}/take", page=page)).status_code == 409


@pytest.mark.parametrize("gone", ["deactivated", "out of the department", "observer"])
async def test_what_somebody_has_who_left_is_taken_over_in_the_department(
    core: Core, cast: Cast, gone: str
) -> None:
    key = await praised(core)
    at, page = f"/opportunities/{key}", "/opportunities"
    async with cast.browser("marta") as marta:
        await marta.done(f"{at}/take")
    async with cast.browser("jon") as jon, cast.browser("claire") as claire:
        assert f"{at}/take" not in await jon.see(page)
        assert (await jon.send(f"{at}/decide", page=page, decision="use", reason="x")).status_code == 409
        await leave(core, (await cast.member("marta")).id, gone)
        assert f"{at}/take" not in await claire.see(page), "she is of another department"
        assert (await claire.send(f"{at}/take", page=page)).status_code == 409
        assert "Marta Vidal ya no está." in await jon.see(page)
        await jon.done(f"{at}/take")
        await jon.done(f"{at}/decide", decision="use", reason="We thank them by name")
        assert f"{at}/take" not in await jon.see(page)


async def leave(core: Core, member_id: int, how: str) -> None:
    async with core.database.unit_of_work() as session:
        if how == "out of the department":
            await session.execute(delete(DepartmentMember).where(DepartmentMember.member_id == member_id))
        else:
            values: dict[str, Any] = {"active": False} if how == "deactivated" else {"role": how}
            await session.execute(update(Member).where(Member.id == member_id).values(**values))


async def test_what_is_decided_stays_with_who_decided(core: Core, cast: Cast) -> None:
    key = await praised(core)
    at, page = f"/opportunities/{key}", "/opportunities"
    async with cast.browser("marta") as marta, cast.browser("jon") as jon:
        await marta.done(f"{at}/decide", decision="use", reason="We thank them by name")
        await leave(core, (await cast.member("marta")).id, "deactivated")
        assert (await jon.send(f"{at}/take", page=page)).status_code == 409
        await jon.done(f"{at}/conclude", outcome="Forty shared it")


async def test_what_is_let_pass_is_settled(core: Core, cast: Cast) -> None:
    key = await praised(core)
    async with cast.browser("helen") as helen:
        await helen.done(f"/opportunities/{key}/decide", decision="pass", reason="It is our own campaign")
        seen = await helen.see("/opportunities")
        assert "None is open." in seen
        assert "let pass" in seen
        assert "It is our own campaign" in seen
