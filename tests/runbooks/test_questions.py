"""Questions on steps: who asks, who answers, who reads, who is written to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from incident import lifecycle, reviewing
from incident.incident import Incident
from incident.review import Review
from kit.core import Core
from kit.errors import Conflict, Invalid
from people.letters import Letter
from people.members import Member
from people.organisations import Organisation
from people.permissions import Viewer
from runbooks import questions, steps
from runbooks.question import StepQuestion
from runbooks.run import Step
from tests.incident.cast import Cast, change, enter, kinds
from tests.runbooks.runs import begin, do, outcome

TASK = "name_the_cause"
ASKED = "Which port do you mean?"


async def agencys(core: Core, cast: Cast) -> int:
    """A task on the agency's desk."""
    _, found = await begin(core, cast)
    await change(core, Step, found[TASK].id, owner_id=None, owner_organisation_id=cast.agency_id)
    return found[TASK].id


async def ask(core: Core, viewer: Viewer, step_id: int, text: str = ASKED) -> Step:
    return await do(core, lambda s: questions.ask(s, viewer, step_id, text=text, now=core.clock.now()))


async def answer(core: Core, viewer: Viewer, step_id: int, question_id: int, text: str = "Palma.") -> Step:
    now = core.clock.now()
    return await do(core, lambda s: questions.answer(s, viewer, step_id, question_id, text=text, now=now))


async def of(core: Core, step_id: int) -> list[StepQuestion]:
    async with core.database.read() as session:
        return (await questions.of_steps(session, [step_id])).get(step_id, [])


async def written_to(core: Core, news: str) -> list[str]:
    """The names of those who have a letter with this news."""
    async with core.database.read() as session:
        query = select(Member.name).join(Letter, Letter.member_id == Member.id).order_by(Member.name)
        return list(await session.scalars(query.where(Letter.key.startswith(f"step-{news}:"))))


async def on_desks(core: Core, cast: Cast) -> list[str]:
    """The names of those on whose desks it waits."""
    viewers = [cast.ada, cast.rosa, cast.bruno, cast.emma, cast.pau, cast.pia, cast.rita]
    async with core.database.read() as session:
        return sorted([one.name for one in viewers if await questions.list_waiting(session, one)])


async def close(core: Core, cast: Cast, step_id: int) -> None:
    now = core.clock.now()
    async with core.database.read() as session:
        number = (await session.get_one(Step, step_id)).incident_id
    await do(core, lambda s: lifecycle.resolve(s, cast.rosa, number, summary="Over.", now=now))
    async with core.database.read() as session:
        review = (await session.execute(select(Review))).scalar_one()
    await do(core, lambda s: reviewing.close_review(s, cast.rosa, review.id, now=now))


ON_AGENCYS = {
    "pau": ("done", "Forbidden"),
    "pia": ("done", "Forbidden"),
    "rita": ("NotFound", "NotFound"),
    "rosa": ("Forbidden", "done"),
    "bruno": ("Forbidden", "done"),
    "ada": ("Forbidden", "done"),
    "emma": ("Forbidden", "Forbidden"),
}
"""Who may ask, and answer, on a step of the agency."""
ON_BRUNOS = {
    "pau": ("NotFound", "NotFound"),
    "bruno": ("done", "done"),
    "rosa": ("Forbidden", "done"),
    "emma": ("Forbidden", "Forbidden"),
}


@pytest.mark.parametrize("allowed", [ON_AGENCYS, ON_BRUNOS])
async def test_who_asks_and_who_answers(core: Core, allowed: dict[str, tuple[str, str]]) -> None:
    cast = await enter(core)
    step_id, now = await agencys(core, cast), core.clock.now()
    asker = cast.pau
    if allowed is ON_BRUNOS:
        asker = cast.bruno
        await change(core, Step, step_id, owner_id=asker.member_id, owner_organisation_id=None)
    for name, (asks, answers) in allowed.items():
        viewer: Viewer = getattr(cast, name)
        said = f"Asked by {name}?"
        found = await outcome(core, lambda s: questions.ask(s, viewer, step_id, text=said, now=now))  # noqa: B023
        assert found == asks, name
        await ask(core, asker, step_id, f"For {name}?")
        key = (await of(core, step_id))[-1].id
        found = await outcome(core, lambda s: questions.answer(s, viewer, step_id, key, text="Yes.", now=now))  # noqa: B023
        assert found == answers, name
        await change(core, StepQuestion, key, answer="So.", answered_by=cast.rosa.member_id, answered_at=now)


@pytest.mark.parametrize(
    ("state", "asks", "answers"),
    [
        ("todo", "done", "done"),
        ("awaiting_approval", "done", "done"),
        ("done", "Conflict", "done"),
        ("skipped", "Conflict", "done"),
    ],
)
async def test_one_asks_while_there_is_something_to_do(
    core: Core, state: str, asks: str, answers: str
) -> None:
    cast = await enter(core)
    step_id, now = await agencys(core, cast), core.clock.now()
    await ask(core, cast.pau, step_id, "Before?")
    first = (await of(core, step_id))[0].id
    await change(core, Step, step_id, state=state)
    assert await outcome(core, lambda s: questions.ask(s, cast.pau, step_id, text=ASKED, now=now)) == asks
    assert (
        await outcome(core, lambda s: questions.answer(s, cast.rosa, step_id, first, text="Yes.", now=now))
        == answers
    )


async def test_when_the_incident_is_closed_it_is_too_late(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    question = (await of(core, step_id))[0].id
    await close(core, cast, step_id)
    with pytest.raises(Conflict, match="closed"):
        await ask(core, cast.pau, step_id, "And now?")
    with pytest.raises(Conflict, match="closed"):
        await answer(core, cast.rosa, step_id, question)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("", False), (" \n", False), ("a\x00b", False), ("a" * 1001, False), ("a" * 1000, True)],
)
async def test_what_is_asked_and_answered_is_some_text_and_not_too_much(
    core: Core, text: str, fits: bool
) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    question = (await of(core, step_id))[0].id
    if fits:
        await ask(core, cast.pau, step_id, text)
        await answer(core, cast.rosa, step_id, question, text)
        return
    with pytest.raises(Invalid):
        await ask(core, cast.pau, step_id, text)
    with pytest.raises(Invalid):
        await answer(core, cast.rosa, step_id, question, text)


async def test_the_same_text_twice_is_one_question_until_it_is_answered(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await asyncio.gather(*(ask(core, cast.pau, step_id, said) for said in (ASKED, f" {ASKED}\n", ASKED)))
    assert [one.text for one in await of(core, step_id)] == [ASKED]
    assert (await kinds(core)).count("step.asked") == 1
    assert await written_to(core, "asked") == ["Rosa"]
    await answer(core, cast.rosa, step_id, (await of(core, step_id))[0].id)
    await ask(core, cast.pau, step_id)
    assert [one.answer for one in await of(core, step_id)] == ["Palma.", None]


async def test_the_first_answer_stands_and_twice_the_same_is_one(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    question = (await of(core, step_id))[0].id
    await answer(core, cast.rosa, step_id, question)
    await answer(core, cast.rosa, step_id, question)
    with pytest.raises(Conflict, match="Rosa has answered this already"):
        await answer(core, cast.bruno, step_id, question)
    with pytest.raises(Conflict, match="Rosa has answered this already"):
        await answer(core, cast.rosa, step_id, question, "Alcúdia.")
    assert (await of(core, step_id))[0].answer == "Palma."
    assert (await kinds(core)).count("step.answered") == 1
    assert await written_to(core, "answered") == ["Pau"]


async def test_a_question_is_answered_on_its_own_step(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    question = (await of(core, step_id))[0].id
    for step, key in ((step_id + 1, question), (step_id, question + 1)):
        act = questions.answer
        found = await outcome(core, lambda s: act(s, cast.rosa, step, key, text="x", now=core.clock.now()))  # noqa: B023
        assert found == "NotFound"


async def test_only_so_many_wait_for_an_answer_however_fast_they_come(core: Core) -> None:
    cast = await enter(core)
    step_id, now = await agencys(core, cast), core.clock.now()

    async def one(number: int) -> str:
        text = f"Question {number}?"
        return await outcome(core, lambda s: questions.ask(s, cast.pia, step_id, text=text, now=now))

    told = await asyncio.gather(*map(one, range(questions.MAX_OPEN + 2)))
    assert sorted(told) == ["Conflict"] * 2 + ["done"] * questions.MAX_OPEN
    await answer(core, cast.rosa, step_id, (await of(core, step_id))[0].id)
    await ask(core, cast.pia, step_id, "One more?")


async def test_who_gets_the_step_later_does_not_read_what_was_asked_before(core: Core) -> None:
    cast = await enter(core)
    step_id, now = await agencys(core, cast), core.clock.now()
    await ask(core, cast.pau, step_id)
    await do(core, lambda s: steps.reassign(s, cast.rosa, step_id, organisation_id=cast.rival_id, now=now))
    await ask(core, cast.rita, step_id, "Who are we?")
    found = await of(core, step_id)
    read = {
        name: [one.text for one in questions.readable(getattr(cast, name), found)]
        for name in ("pia", "rita", "emma")
    }
    assert read == {"pia": [ASKED], "rita": ["Who are we?"], "emma": [ASKED, "Who are we?"]}
    await answer(core, cast.rosa, step_id, found[0].id)
    assert await written_to(core, "answered") == [], "the agency sees the step no more"


async def test_who_may_not_work_on_the_brand_any_more_is_not_written_to(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    await change(core, Organisation, cast.agency_id, brand_ids=[cast.other_brand_id])
    await answer(core, cast.rosa, step_id, (await of(core, step_id))[0].id)
    assert await written_to(core, "answered") == []


@pytest.mark.parametrize(
    ("lead", "gave", "gone", "told"),
    [
        ("rosa", None, [], ["Rosa"]),
        ("rosa", "rosa", [], ["Rosa"]),
        ("rosa", "bruno", [], ["Bruno", "Rosa"]),
        ("rosa", "bruno", ["Rosa"], ["Bruno"]),
        ("rosa", "bruno", ["Rosa", "Bruno"], ["Ada"]),
        (None, "bruno", [], ["Bruno"]),
        (None, None, [], ["Ada", "Bruno", "Rosa"]),
    ],
)
async def test_who_is_written_to(
    core: Core, lead: str | None, gave: str | None, gone: list[str], told: list[str]
) -> None:
    cast = await enter(core)
    step_id, now = await agencys(core, cast), core.clock.now()
    if gave is not None:
        await do(
            core,
            lambda s: steps.reassign(
                s, getattr(cast, gave), step_id, organisation_id=cast.agency_id, now=now
            ),
        )
    values: dict[str, Any] = {"lead_id": getattr(cast, lead).member_id if lead else None}
    async with core.database.unit_of_work() as session:
        await session.execute(update(Incident).values(**values))
        await session.execute(update(Member).where(Member.name.in_(gone)).values(active=False))
    await ask(core, cast.pau, step_id)
    assert await written_to(core, "asked") == told
    assert await on_desks(core, cast) == sorted(told)


async def test_it_waits_on_the_desk_of_who_leads_by_now_until_it_is_answered(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    await ask(core, cast.pia, step_id, "Until when?")
    assert await on_desks(core, cast) == ["Rosa"]
    async with core.database.unit_of_work() as session:
        await session.execute(update(Incident).values(lead_id=cast.bruno.member_id))
    assert await on_desks(core, cast) == ["Bruno"]
    first, second = await of(core, step_id)
    async with core.database.read() as session:
        assert [one.id for one in await questions.list_waiting(session, cast.bruno)] == [first.id, second.id]
    await change(core, Step, step_id, state="done")
    await answer(core, cast.ada, step_id, first.id)
    assert await on_desks(core, cast) == ["Bruno"], "who asked waits still, however far the step is"
    await answer(core, cast.bruno, step_id, second.id)
    assert await on_desks(core, cast) == []


async def test_of_a_closed_incident_no_question_waits(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await ask(core, cast.pau, step_id)
    await close(core, cast, step_id)
    assert await on_desks(core, cast) == []


async def test_who_leads_and_asks_on_a_step_of_their_own_asks_the_others(core: Core) -> None:
    cast = await enter(core)
    step_id = await agencys(core, cast)
    await change(core, Step, step_id, owner_id=cast.rosa.member_id, owner_organisation_id=None)
    await ask(core, cast.rosa, step_id)
    assert await written_to(core, "asked") == await on_desks(core, cast) == ["Ada", "Bruno"]
    await answer(core, cast.rosa, step_id, (await of(core, step_id))[0].id)
    assert await written_to(core, "answered") == []
