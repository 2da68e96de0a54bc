"""A house writes its runbook in its own language, in the set-up file; what lessons taught it is not lost."""

from __future__ import annotations

import tomllib
from typing import Any

from sqlalchemy import func, select

from incident.timeline import entries
from kit.core import Core
from kit.errors import Conflict
from kit.events import Event
from runbooks import proposals, versions
from runbooks.access import get_runbook
from runbooks.runbook import StepPlan, Version
from tests.clock import MovableClock
from tests.incident.cast import Cast, enter, steps_by_key
from tests.runbooks.runs import begin, do, outcome
from tests.runbooks.test_proposals import KEY, SLUG, learn, newest_steps, propose
from tocsin import setup, setup_runbooks

FILE = """
[house]
name = "Llevant Group"

[[members]]
email = "Rosa@example.org"
name = "Rosa"

[[runbooks]]
type = "complaint_wave"
name = "Oleada de quejas"
summary = "Mucha gente se queja de lo mismo a la vez."

[[runbooks.steps]]
key = "acknowledge"
title = "Decir que lo sabemos"
body = "El texto aprobado, en los perfiles en que se quejan."
minutes = 15
owner = "on_call"

[[runbooks.steps]]
key = "parar_campanas"
title = "Parar las campañas"
body = "Todo lo programado, también «Verano 2027».\\nEn cada mercado."
minutes = 5
owner = "Rosa@example.org"

[[runbooks.steps]]
key = "holding_statement"
title = "Comunicado de espera"
body = "Qué pasa, qué hacemos, cuándo hablaremos otra vez."
minutes = 30
kind = "statement"
"""


def company(text: str = FILE) -> dict[str, Any]:
    return tomllib.loads(text)


async def apply(core: Core, data: dict[str, Any]) -> list[str]:
    left: list[str] = await do(core, lambda s: setup.apply(s, data, now=core.clock.now()))
    return left


async def history(core: Core, cast: Cast) -> list[tuple[int, str]]:
    async with core.database.read() as session:
        runbook = await get_runbook(session, cast.rosa, SLUG)
        return [(one.number, one.note) for one in await versions.history(session, runbook.id)]


async def take_in(core: Core, cast: Cast, lesson: str, key: str, **changes: Any) -> None:
    """A lesson becomes the runbook's next version."""
    [lesson_id] = await learn(core, cast, lesson)
    proposal = await propose(core, cast.rosa, lesson_id, key, **changes)
    await do(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=core.clock.now()))


async def test_the_next_incident_runs_it_and_the_running_one_keeps_what_it_began_with(core: Core) -> None:
    cast = await enter(core)
    running, before = await begin(core, cast)
    assert await apply(core, company()) == []
    assert await history(core, cast) == [(2, "From the set-up file."), (1, "From the library.")]
    incident, steps = await begin(core, cast, brand_id=cast.other_brand_id)
    assert [(key, one.position, one.title, one.due_minutes) for key, one in steps.items()] == [
        ("parar_campanas", 1, "Parar las campañas", 5),
        ("acknowledge", 2, "Decir que lo sabemos", 15),
        ("holding_statement", 3, "Comunicado de espera", 30),
    ]
    assert steps["parar_campanas"].owner_id == cast.rosa.member_id
    assert [(one.kind, one.needs_approval) for one in steps.values()] == [
        ("task", False), ("task", False), ("statement", True),
    ]  # fmt: skip
    async with core.database.read() as session:
        told = [one.text for one in await entries(session, incident.id) if one.kind == "run.started"]
        [revised] = (await session.scalars(select(Event.data).where(Event.kind == "runbook.revised"))).all()
    assert told == ["Runbook “Oleada de quejas”, version 2, began with 3 steps."]
    assert (revised["runbook"], revised["version"]) == ("Oleada de quejas", 2)
    still = await steps_by_key(core, running.id)
    assert [(one.key, one.title) for one in still.values()] == [
        (one.key, one.title) for one in before.values()
    ]


async def test_the_same_file_changes_nothing_and_another_one_makes_the_next_version(core: Core) -> None:
    cast = await enter(core)
    data = company()
    for _ in range(2):
        assert await apply(core, data) == []
    assert len(await history(core, cast)) == 2
    steps = data["runbooks"][0]["steps"]
    steps[0]["title"] = "Reconocerlo"
    steps[2] = {"key": "cierre", "title": "Cerrar", "body": "Contar cómo acabó.", "minutes": 0}
    await apply(core, data)
    number, now = await newest_steps(core, cast.rosa)
    assert (number, [(key, one.title) for key, one in now.items()]) == (
        3, [("cierre", "Cerrar"), ("parar_campanas", "Parar las campañas"), ("acknowledge", "Reconocerlo")],
    )  # fmt: skip
    data["runbooks"][0]["name"] = "Quejas"
    await apply(core, data)
    async with core.database.read() as session:
        assert (await get_runbook(session, cast.rosa, SLUG)).name == "Quejas"
    assert len(await history(core, cast)) == 3


async def test_a_step_that_a_lesson_changed_stays_and_is_named(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    await apply(core, company())
    clock.forward(minutes=60)
    await take_in(core, cast, "Antes.", KEY, due_minutes=10)
    named = ["step 'holding_statement' of runbook 'complaint_wave' (a lesson changed it in version 3)"]
    data = company()
    assert await apply(core, data) == named
    assert len(await history(core, cast)) == 3, "nothing else differs"
    data["runbooks"][0]["steps"][0]["title"] = "Reconocerlo"
    assert await apply(core, data) == named
    del data["runbooks"][0]["steps"][2]
    assert await apply(core, data) == named, "it is not removed, either"
    number, steps = await newest_steps(core, cast.rosa)
    assert (number, list(steps)) == (4, ["parar_campanas", KEY, "acknowledge"])
    assert (steps[KEY].due_minutes, steps["acknowledge"].title) == (10, "Reconocerlo")
    assert steps[KEY].lesson_id is not None


async def test_a_file_that_says_what_the_lesson_said_keeps_its_mark(core: Core) -> None:
    cast = await enter(core)
    await apply(core, company())
    await take_in(core, cast, "Antes.", KEY, due_minutes=10)
    data = company()
    data["runbooks"][0]["steps"][2]["minutes"] = 10
    data["runbooks"][0]["steps"][0]["title"] = "Reconocerlo"
    assert await apply(core, data) == []
    number, steps = await newest_steps(core, cast.rosa)
    assert number == 4
    assert steps[KEY].lesson_id is not None


async def test_a_file_written_after_a_lesson_may_word_its_step_anew(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    await apply(core, company())
    await take_in(core, cast, "Antes.", KEY, due_minutes=10)
    clock.forward(minutes=60)
    data = company()
    data["runbooks"][0]["as_of"] = clock.now()
    clock.forward(minutes=60)
    await take_in(core, cast, "Más tarde.", "acknowledge", due_minutes=20)
    named = ["step 'acknowledge' of runbook 'complaint_wave' (a lesson changed it in version 4)"]
    assert await apply(core, data) == named
    number, steps = await newest_steps(core, cast.rosa)
    assert (number, steps[KEY].due_minutes, steps["acknowledge"].due_minutes) == (5, 30, 20)
    assert steps[KEY].lesson_id is None


async def test_a_proposal_for_a_step_that_the_file_changed_meanwhile_is_refused(core: Core) -> None:
    cast = await enter(core)
    [lesson] = await learn(core, cast, "Sooner.")
    proposal = await propose(core, cast.rosa, lesson, due_minutes=20)
    await apply(core, company())
    accept = await outcome(core, lambda s: proposals.accept(s, cast.rosa, proposal.id, now=core.clock.now()))
    assert accept == Conflict.__name__


async def test_an_installation_without_runbooks_gets_those_of_the_library_first(core: Core) -> None:
    cast = await enter(core, runbooks=False)
    await apply(core, company())
    assert len(await history(core, cast)) == 2
    await begin(core, cast, type="accident")
    async with core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Version)) == 5


async def test_what_is_printed_is_a_file_that_changes_nothing(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    data = company()
    data["runbooks"][0]["steps"][0]["body"] = 'Decir «aquí»:\n\t"C:\\tocsin" \x1f\x7f 🔔'
    await apply(core, data)
    await take_in(core, cast, "Antes.", KEY, due_minutes=10)
    async with core.database.read() as session:
        printed = tomllib.loads(await setup_runbooks.printed(session, now=clock.now()))
        before = list(await session.scalars(select(StepPlan.id)))
    assert [one["type"] for one in printed["runbooks"]] == [
        "accident", "complaint_wave", "product_defect", "service_outage",
    ]  # fmt: skip
    assert printed["runbooks"][1]["steps"][0]["owner"] == "Rosa@example.org"
    assert await apply(core, {**company(), **printed}) == []
    async with core.database.read() as session:
        assert list(await session.scalars(select(StepPlan.id))) == before
