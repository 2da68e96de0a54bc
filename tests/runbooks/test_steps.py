"""Steps: who sees them, who may do what when, and who was first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from incident import lifecycle, reviewing
from incident.incident import PartnerSeat
from incident.review import Review
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from people.members import Member
from people.organisations import Organisation
from people.permissions import Viewer
from runbooks import access, steps
from runbooks.run import Step
from tests.incident.cast import Cast, change, enter, kinds
from tests.runbooks.runs import begin, do, outcome, step

TASK, STATEMENT = "name_the_cause", "holding_statement"
Act = Callable[[Any, Viewer, int, Any], Awaitable[Any]]
ACTS: dict[str, Act] = {
    "complete": lambda s, v, i, now: steps.complete(s, v, i, note="Done.", now=now),
    "approve": lambda s, v, i, now: steps.approve(s, v, i, now=now),
    "return": lambda s, v, i, now: steps.return_step(s, v, i, reason="Not yet.", now=now),
    "skip": lambda s, v, i, now: steps.skip(s, v, i, reason="Not needed.", now=now),
    "reassign": lambda s, v, i, now: steps.reassign(s, v, i, member_id=v.member_id, now=now),
}
ALLOWED = {
    ("todo", "complete"),
    ("todo", "skip"),
    ("todo", "reassign"),
    ("awaiting_approval", "approve"),
    ("awaiting_approval", "return"),
    ("awaiting_approval", "skip"),
    ("awaiting_approval", "reassign"),
}


async def press(core: Core, name: str, viewer: Viewer, step_id: int) -> str:
    return await outcome(core, lambda s: ACTS[name](s, viewer, step_id, core.clock.now()))


async def on_agencys_desk(core: Core, cast: Cast, key: str = TASK) -> int:
    """A step of the given key that the agency owns."""
    _, found = await begin(core, cast)
    await change(
        core, Step, found[key].id, owner_id=None, owner_organisation_id=cast.agency_id, needs_approval=False
    )
    return found[key].id


@pytest.mark.parametrize("state", ["todo", "awaiting_approval", "done", "skipped"])
async def test_every_role_and_act_in_every_state(core: Core, state: str) -> None:
    cast = await enter(core)
    step_id = await on_agencys_desk(core, cast)
    for name in ACTS:
        await change(core, Step, step_id, state=state, completed_by=cast.bruno.member_id)
        assert await press(core, name, cast.rita, step_id) == "NotFound", name
        assert await press(core, name, cast.emma, step_id) == "Forbidden", name
        if name != "complete":
            assert await press(core, name, cast.pau, step_id) == "Forbidden", name
        for viewer in (cast.rosa, cast.ada) + ((cast.pau,) if name == "complete" else ()):
            await change(
                core, Step, step_id, state=state, completed_by=cast.bruno.member_id,
                owner_organisation_id=cast.agency_id,
            )  # fmt: skip
            expected = "done" if (state, name) in ALLOWED else "Conflict"
            assert await press(core, name, viewer, step_id) == expected, name


async def test_a_step_is_completed_with_a_note(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    assert await press(core, "complete", cast.bruno, found[TASK].id) == "done"
    row = await step(core, found[TASK].id)
    assert (row.state, row.completed_by, row.completed_at) == ("done", cast.bruno.member_id, core.clock.now())


async def test_a_step_that_needs_approval_waits_for_other_eyes(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id = found["compensation_rules"].id
    assert await press(core, "complete", cast.bruno, step_id) == "done"
    assert (await step(core, step_id)).state == "awaiting_approval"
    assert await press(core, "approve", cast.bruno, step_id) == "Forbidden"
    assert await press(core, "approve", cast.rosa, step_id) == "done"
    row = await step(core, step_id)
    assert (row.state, row.completed_by, row.approved_by) == (
        "done",
        cast.bruno.member_id,
        cast.rosa.member_id,
    )


async def test_a_returned_step_is_to_do_again_and_nobodys_work(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id = found["compensation_rules"].id
    await press(core, "complete", cast.bruno, step_id)
    assert await press(core, "return", cast.rosa, step_id) == "done"
    row = await step(core, step_id)
    assert (row.state, row.completed_by, row.completed_at) == ("todo", None, None)


async def test_skipping_and_returning_need_a_reason(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    step_id, now = found["compensation_rules"].id, core.clock.now()
    await press(core, "complete", cast.bruno, step_id)
    for reason in ("", "  \n", "x" * 1001):
        for act in (steps.skip, steps.return_step):
            said = outcome(core, act, cast.rosa, step_id, reason=reason, now=now)
            assert await said == "Invalid", (act, reason[:5])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("complete", "Completed the step “Say in one sentence what people complain about”. Done."),
        ("skip", "Skipped the step “Say in one sentence what people complain about”: Not needed."),
        ("reassign", "Gave the step “Say in one sentence what people complain about” to {winner}."),
    ],
)
async def test_of_two_at_once_one_is_told_who_was_first(core: Core, name: str, told: str) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    ready = asyncio.Barrier(2)

    async def race(viewer: Viewer) -> str:
        try:
            async with core.database.unit_of_work() as session:
                await access.get_step(session, viewer, found[TASK].id, now=core.clock.now())
                await ready.wait()
                await ACTS[name](session, viewer, found[TASK].id, core.clock.now())
        except Conflict as conflict:
            return str(conflict)
        return viewer.name

    outcomes = await asyncio.gather(race(cast.bruno), race(cast.ada))
    winner = next(one for one in outcomes if one in ("Bruno", "Ada"))
    loser = next(one for one in outcomes if one != winner)
    assert f"{winner} was first, at 02:55 UTC: {told.format(winner=winner)}" in loser


async def test_a_statement_step_follows_its_text(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    for name in ("complete", "approve", "return"):
        assert await press(core, name, cast.rosa, found[STATEMENT].id) == "Invalid", name


# What an agency sees


async def test_a_partner_sees_its_own_steps_and_no_other(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    now = core.clock.now()
    async with core.database.read() as session:
        for key, row in found.items():
            if key == STATEMENT:
                assert (await access.get_step(session, cast.pau, row.id, now=now)).key == key
                assert (await access.get_step(session, cast.pia, row.id, now=now)).key == key
            else:
                with pytest.raises(NotFound, match=f"There is no step {row.id}."):
                    await access.get_step(session, cast.pau, row.id, now=now)
            with pytest.raises(NotFound, match=f"There is no step {row.id}."):
                await access.get_step(session, cast.rita, row.id, now=now)
        with pytest.raises(NotFound, match=r"There is no step 999\."):
            await access.get_step(session, cast.pau, 999, now=now)
        assert [row.key for row in await access.list_my_steps(session, cast.pau, now=now)] == [STATEMENT]
        assert await access.list_my_steps(session, cast.rita, now=now) == []


@pytest.mark.parametrize(
    ("signed", "expires", "sees"),
    [
        (date(2025, 1, 1), date(2026, 3, 9), False),
        (date(2025, 1, 1), date(2026, 3, 10), True),
        (date(2026, 3, 11), None, False),
        (None, None, False),
        (None, date(2030, 1, 1), False),
    ],
)
async def test_without_a_valid_nda_it_sees_nothing(
    core: Core, signed: date | None, expires: date | None, sees: bool
) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await change(core, Organisation, cast.agency_id, nda_signed_on=signed, nda_expires_on=expires)
    now = core.clock.now()
    async with core.database.read() as session:
        assert bool(await access.list_my_steps(session, cast.pau, now=now)) == sees
    door = await outcome(core, lambda s: access.get_step(s, cast.pau, found[STATEMENT].id, now=now))
    assert door == ("done" if sees else "NotFound")


async def test_a_step_given_to_somebody_else_is_gone_from_its_desk(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    assert await press(core, "reassign", cast.rosa, found[STATEMENT].id) == "done"
    now = core.clock.now()
    assert (
        await outcome(core, lambda s: access.get_step(s, cast.pau, found[STATEMENT].id, now=now))
        == "NotFound"
    )


@pytest.mark.parametrize("door", ["get_runbook", "get_proposal"])
async def test_runbooks_and_proposals_do_not_exist_for_it(core: Core, door: str) -> None:
    cast = await enter(core)
    key: Any = "accident" if door == "get_runbook" else 1
    assert await outcome(core, lambda s: getattr(access, door)(s, cast.pau, key)) == "NotFound"
    async with core.database.read() as session:
        assert await access.list_runbooks(session, cast.pau) == []
        assert len(await access.list_runbooks(session, cast.emma)) == 4


async def test_the_house_sees_what_is_its_own_open_ones_first(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await press(core, "complete", cast.rosa, found[TASK].id)
    async with core.database.read() as session:
        mine = await access.list_my_steps(session, cast.rosa, now=core.clock.now())
        assert await access.list_my_steps(session, cast.bruno, now=core.clock.now()) == []
    assert {row.owner_id for row in mine} == {cast.rosa.member_id}
    assert mine[-1].key == TASK
    deadlines = [row.due_at for row in mine[:-1]]
    assert deadlines == sorted(deadlines)


# Reassigning


async def test_a_step_goes_to_a_person_or_to_a_partner(core: Core) -> None:
    cast = await enter(core)
    incident, found = await begin(core, cast)
    step_id, now = found[TASK].id, core.clock.now()
    given: list[tuple[dict[str, int], tuple[int | None, int | None]]] = [
        ({"member_id": cast.bruno.member_id}, (cast.bruno.member_id, None)),
        ({"organisation_id": cast.rival_id}, (None, cast.rival_id)),
        ({"member_id": cast.pia.member_id}, (cast.pia.member_id, cast.agency_id)),
    ]
    for to, owner in given:
        row = await do(core, steps.reassign, cast.rosa, step_id, now=now, **to)
        assert (row.owner_id, row.owner_organisation_id) == owner
    async with core.database.read() as session:
        seats = select(PartnerSeat.organisation_id).where(PartnerSeat.incident_id == incident.id)
        assert set((await session.execute(seats)).scalars()) == {cast.agency_id, cast.rival_id}


async def test_whom_a_step_cannot_go_to(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    await change(core, Organisation, cast.rival_id, nda_expires_on=date(2026, 1, 1))
    await change(core, Member, cast.bruno.member_id, active=False)
    house = cast.rosa.organisation_id
    wrong: list[dict[str, int]] = [
        {},
        {"member_id": cast.ada.member_id, "organisation_id": cast.agency_id},
        {"member_id": 999},
        {"member_id": cast.bruno.member_id},
        {"member_id": cast.emma.member_id},
        {"member_id": cast.rita.member_id},
        {"organisation_id": 999},
        {"organisation_id": house},
        {"organisation_id": cast.rival_id},
    ]
    for to in wrong:
        with pytest.raises(Invalid):
            await do(core, steps.reassign, cast.rosa, found[TASK].id, now=core.clock.now(), **to)
    await change(core, Organisation, cast.agency_id, each_signs=True)
    with pytest.raises(Invalid, match="no valid non-disclosure agreement"):
        await do(
            core,
            steps.reassign,
            cast.rosa,
            found[TASK].id,
            member_id=cast.pia.member_id,
            now=core.clock.now(),
        )
    await change(core, Organisation, cast.agency_id, brand_ids=[cast.other_brand_id])
    with pytest.raises(Invalid, match="may not work on this brand"):
        await do(
            core, steps.reassign, cast.rosa, found[TASK].id, organisation_id=cast.agency_id,
            now=core.clock.now(),
        )  # fmt: skip


async def test_nothing_is_done_to_steps_of_a_closed_incident(core: Core) -> None:
    cast = await enter(core)
    incident, found = await begin(core, cast)
    now = core.clock.now()
    await do(core, lambda s: lifecycle.resolve(s, cast.rosa, incident.id, summary="Over.", now=now))
    assert await press(core, "complete", cast.rosa, found[TASK].id) == "done", (
        "promises are kept after the end"
    )
    async with core.database.read() as session:
        review = (await session.execute(select(Review))).scalar_one()
    await do(core, lambda s: reviewing.close_review(s, cast.rosa, review.id, now=now))
    assert await press(core, "skip", cast.rosa, found["acknowledge"].id) == "Conflict"
    assert (await kinds(core))[-1] == "incident.closed"


async def test_a_partner_completes_a_step_of_its_own(core: Core) -> None:
    cast = await enter(core)
    step_id = await on_agencys_desk(core, cast)
    assert await press(core, "complete", cast.pia, step_id) == "done"
    assert (await step(core, step_id)).completed_by == cast.pia.member_id


async def test_a_partners_step_with_approval_waits_for_the_house(core: Core) -> None:
    cast = await enter(core)
    step_id = await on_agencys_desk(core, cast)
    await change(core, Step, step_id, needs_approval=True)
    assert await press(core, "complete", cast.pia, step_id) == "done"
    assert (await step(core, step_id)).state == "awaiting_approval"
    assert await press(core, "approve", cast.pau, step_id) == "Forbidden"


def test_the_acts_are_all_tried() -> None:
    assert len(ALLOWED) == 7
    assert {name for _, name in ALLOWED} == set(ACTS)
    assert set(product(("todo", "awaiting_approval"), ACTS)) >= ALLOWED


async def test_an_executive_only_reads(core: Core) -> None:
    cast = await enter(core)
    _, found = await begin(core, cast)
    with pytest.raises(Forbidden, match="a responder of the house may"):
        await do(core, lambda s: ACTS["complete"](s, cast.emma, found[TASK].id, core.clock.now()))
