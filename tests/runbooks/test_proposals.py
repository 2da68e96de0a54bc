"""Lessons become versions, and the next incident runs them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from incident import lifecycle, reviewing
from incident.review import Review
from incident.timeline import entries
from kit.core import Core
from kit.errors import Conflict, Invalid
from people.permissions import Viewer
from runbooks import proposals, versions
from runbooks.access import get_runbook
from runbooks.proposal import Proposal
from runbooks.runbook import StepPlan
from tests.incident.cast import Cast, enter, kinds
from tests.runbooks.runs import begin, do, outcome

SLUG, KEY = "complaint-wave", "holding_statement"


async def learn(core: Core, cast: Cast, *texts: str) -> list[int]:
    """Lessons of an incident that is over; their ids."""
    incident, _ = await begin(core, cast)
    now = core.clock.now()
    await do(core, lambda s: lifecycle.resolve(s, cast.rosa, incident.id, summary="Over.", now=now))
    async with core.database.read() as session:
        query = select(Review.id).where(Review.incident_id == incident.id)
        review_id = (await session.execute(query)).scalar_one()
    lessons = [
        await do(core, reviewing.add_lesson, cast.rosa, review_id, kind="change", text=text, now=now)
        for text in texts
    ]
    return [lesson.id for lesson in lessons]


async def propose(core: Core, viewer: Viewer, lesson_id: int, key: str = KEY, **changes: Any) -> Proposal:
    now = core.clock.now()
    return await do(
        core, proposals.propose, viewer, lesson_id, runbook=SLUG, step_key=key, changes=changes, now=now
    )


async def newest_steps(core: Core, viewer: Viewer) -> tuple[int, dict[str, StepPlan]]:
    async with core.database.read() as session:
        version = await versions.newest(session, (await get_runbook(session, viewer, SLUG)).id)
        return version.number, {step.key: step for step in await versions.steps_of(session, version.id)}


def contents(step: StepPlan) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(step).items()
        if name not in ("_sa_instance_state", "id", "version_id")
    }


async def test_an_accepted_lesson_is_run_by_the_next_incident_of_that_type(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "The port must be asked first.")
    _, before = await newest_steps(core, cast.rosa)
    proposal = await propose(core, cast.rosa, lesson, due_minutes=20, body="Ask the port.\nDraft.")
    now = core.clock.now()
    accepted = await do(core, lambda s: proposals.accept(s, cast.bruno, proposal.id, now=now))
    assert (accepted.state, accepted.decided_by, accepted.decided_at) == (
        "accepted",
        cast.bruno.member_id,
        now,
    )
    number, after = await newest_steps(core, cast.rosa)
    assert number == 2
    assert {key for key in after if contents(after[key]) != contents(before[key])} == {KEY}
    assert (after[KEY].due_minutes, after[KEY].body, after[KEY].lesson_id) == (
        20,
        "Ask the port.\nDraft.",
        lesson,
    )
    incident, steps = await begin(core, cast)
    assert (steps[KEY].due_minutes, steps[KEY].lesson_id) == (20, lesson)
    assert [step.lesson_id for key, step in steps.items() if key != KEY] == [None] * 9
    async with core.database.read() as session:
        started = [one.text for one in await entries(session, incident.id) if one.kind == "run.started"]
        history = await versions.history(session, accepted.runbook_id)
    assert started == ["Runbook “Wave of complaints”, version 2, began with 10 steps."]
    assert [(one.number, one.note) for one in history] == [
        (2, "The port must be asked first."),
        (1, "From the library."),
    ]


async def test_steps_are_numbered_and_run_in_the_order_of_their_deadlines(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "Sooner.")
    _, before = await newest_steps(core, cast.rosa)
    last = max(before, key=lambda key: before[key].position)
    proposal = await propose(core, cast.rosa, lesson, last, due_minutes=0)
    await do(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=core.clock.now()))
    _, planned = await newest_steps(core, cast.rosa)
    _, run = await begin(core, cast)
    for steps in (planned, run):
        assert [step.position for step in steps.values()] == list(range(1, len(before) + 1))
        deadlines = [step.due_minutes for step in steps.values()]
        assert deadlines == sorted(deadlines)
    assert [key for key in planned if key != last] == [key for key in before if key != last]


async def test_a_running_incident_keeps_the_steps_it_began_with(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "Sooner.")
    _, running = await begin(core, cast)
    proposal = await propose(core, cast.rosa, lesson, due_minutes=1)
    await do(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=core.clock.now()))
    assert running[KEY].due_minutes == 30


async def test_it_is_shown_as_a_diff_also_after_it_was_accepted(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "Sooner.")
    proposal = await propose(core, cast.rosa, lesson, due_minutes=20)
    await do(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=core.clock.now()))
    async with core.database.read() as session:
        [field] = await proposals.diff(session, await session.get_one(Proposal, proposal.id))
    assert (field.field, field.before, field.after, field.lines) == (
        "due_minutes",
        "30",
        "20",
        ["- 30", "+ 20"],
    )


async def test_a_change_of_another_step_meanwhile_is_kept(core: Core) -> None:
    cast = await enter(core)
    one, two = await learn(core, cast, "One.", "Two.")
    first = await propose(core, cast.rosa, one, due_minutes=20)
    second = await propose(core, cast.rosa, two, "acknowledge", due_minutes=10)
    for proposal in (first, second):
        await do(core, proposals.accept, cast.rosa, proposal.id, now=core.clock.now())
    number, steps = await newest_steps(core, cast.rosa)
    assert (number, steps[KEY].due_minutes, steps["acknowledge"].due_minutes) == (3, 20, 10)
    assert (steps[KEY].lesson_id, steps["acknowledge"].lesson_id) == (one, two)


async def test_a_change_of_the_same_step_meanwhile_is_a_conflict_and_changes_nothing(core: Core) -> None:
    cast = await enter(core)
    one, two = await learn(core, cast, "One.", "Two.")
    first = await propose(core, cast.rosa, one, due_minutes=20)
    second = await propose(core, cast.rosa, two, title="Hold, then translate")
    await do(core, lambda s: proposals.accept(s, cast.rosa, first.id, now=core.clock.now()))
    with pytest.raises(Conflict, match="Version 2 has changed this step meanwhile"):
        await do(core, lambda s: proposals.accept(s, cast.rosa, second.id, now=core.clock.now()))
    number, _ = await newest_steps(core, cast.rosa)
    async with core.database.read() as session:
        assert (number, (await session.get_one(Proposal, second.id)).state) == (2, "open")


async def test_accepting_at_once_makes_one_version_each(core: Core) -> None:
    cast = await enter(core)
    one, two = await learn(core, cast, "One.", "Two.")
    ids = [
        (await propose(core, cast.rosa, one, due_minutes=20)).id,
        (await propose(core, cast.rosa, two, "acknowledge", due_minutes=10)).id,
    ]

    def accept(viewer: Viewer, proposal_id: int) -> Any:
        return outcome(core, lambda s: proposals.accept(s, viewer, proposal_id, now=core.clock.now()))

    outcomes = await asyncio.gather(*(accept(who, key) for who in (cast.rosa, cast.bruno) for key in ids))
    assert sorted(outcomes) == ["Conflict", "Conflict", "done", "done"]
    number, steps = await newest_steps(core, cast.rosa)
    assert (number, steps[KEY].due_minutes, steps["acknowledge"].due_minutes) == (3, 20, 10)


async def test_who_comes_second_is_told_who_decided(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "One.")
    proposal = await propose(core, cast.rosa, lesson, due_minutes=20)
    now = core.clock.now()
    await do(core, lambda s: proposals.reject(s, cast.bruno, proposal.id, reason="Too soon.", now=now))
    with pytest.raises(Conflict, match="Bruno was first, at 02:55 UTC: Rejected the change"):
        await do(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=now))


async def test_after_a_rejection_the_lesson_may_propose_anew(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "One.")
    first = await propose(core, cast.rosa, lesson, due_minutes=20)
    with pytest.raises(Conflict, match="has made its proposal"):
        await propose(core, cast.rosa, lesson, due_minutes=25)
    await do(core, lambda s: proposals.reject(s, cast.rosa, first.id, reason="No.", now=core.clock.now()))
    again = await propose(core, cast.rosa, lesson, due_minutes=25)
    assert (again.id, again.state, again.changes, again.decision_reason) == (
        first.id,
        "open",
        {"due_minutes": 25},
        None,
    )


async def test_a_rejection_needs_a_reason(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "One.")
    proposal = await propose(core, cast.rosa, lesson, due_minutes=20)
    with pytest.raises(Invalid):
        await do(
            core, lambda s: proposals.reject(s, cast.rosa, proposal.id, reason=" ", now=core.clock.now())
        )


async def test_who_may_propose_and_decide(core: Core) -> None:
    cast = await enter(core)
    one, two = await learn(core, cast, "One.", "Two.")
    proposal, now = await propose(core, cast.rosa, one, due_minutes=20), core.clock.now()
    given: dict[str, Any] = {"runbook": SLUG, "step_key": KEY, "changes": {"due_minutes": 25}, "now": now}
    for viewer, expected in ((cast.emma, "Forbidden"), (cast.pau, "NotFound")):
        assert await outcome(core, proposals.propose, viewer, two, **given) == expected
        assert await outcome(core, proposals.accept, viewer, proposal.id, now=now) == expected
        reject = outcome(core, proposals.reject, viewer, proposal.id, reason="No.", now=now)
        assert await reject == expected
    assert "proposal.accepted" not in await kinds(core)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"runbook": "flood"}, "NotFound"),
    ({"step_key": "nope"}, "Invalid"),
    ({"changes": {"owner": "member:999"}}, "Invalid"),
    ({"changes": {"kind": "task"}}, "Invalid"),
    ({"changes": {}}, "Invalid"),
]


async def test_what_can_be_proposed(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "One.")
    fine: dict[str, Any] = {
        "runbook": SLUG,
        "step_key": KEY,
        "changes": {"owner": f"member:{cast.rita.member_id}"},
    }
    for given, expected in [*WRONG, ({}, "done")]:
        values = {**fine, **given, "now": core.clock.now()}
        made = outcome(core, proposals.propose, cast.rosa, lesson, **values)
        assert await made == expected, given


async def test_an_unknown_lesson(core: Core) -> None:
    cast = await enter(core)
    given: dict[str, Any] = {"runbook": SLUG, "step_key": KEY, "changes": {"due_minutes": 25}}
    made = outcome(core, lambda s: proposals.propose(s, cast.rosa, 999, now=core.clock.now(), **given))
    assert await made == "NotFound"
