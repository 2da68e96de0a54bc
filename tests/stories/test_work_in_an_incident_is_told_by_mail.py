"""Who has work in an incident is told by mail, once: steps, deadlines that passed, texts to decide upon."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from incident import lifecycle
from incident.incident import Incident
from kit.db import WriteSession
from kit.events import Event
from people.organisations import Organisation
from runbooks import questions, statements, steps
from runbooks.overdue import mark_overdue
from runbooks.question import StepQuestion
from runbooks.run import Step
from runbooks.start import start_due_runs
from tests.incident.cast import steps_by_key
from tests.mailbox import plain_text
from tests.runbooks.runs import do, response_of
from tests.web.cast import Browser as Pages
from tests.world import World

TITLE = "Ferry stuck off Palma"
STATEMENT = "Holding statement and its translations"
RESPONDERS = {
    "marta": f"Espera la teva decisió: {STATEMENT}",
    "jon": f"Espera tu decisión: {STATEMENT}",
    "claire": f"Attend votre décision : {STATEMENT}",
    "helen": f"Waits for your decision: {STATEMENT}",
}


async def begin(world: World, *, drill: bool = False) -> tuple[Incident, dict[str, Step]]:
    """An incident that Marta declares and leads; Helen is on duty, the agency has the first statement."""
    marta = await world.viewer("marta")
    incident = await do(
        world.core,
        lifecycle.declare,
        marta,
        brand_id=1,
        title=TITLE,
        type="complaint_wave",
        severity="amber",
        drill=drill,
        now=world.clock.now(),
    )
    await start_due_runs(world.core)
    return incident, await steps_by_key(world.core, incident.id)


async def act(world: World, what: Callable[[WriteSession], Awaitable[object]]) -> None:
    """It is done, and the workers do what follows, twice."""
    await do(world.core, what)
    await world.settle()
    await world.settle()


async def give(world: World, step: Step, to: str) -> None:
    """By Marta, to one of the house."""
    marta, taker, now = await world.viewer("marta"), await world.member(to), world.clock.now()
    await act(world, lambda s: steps.reassign(s, marta, step.id, member_id=taker.id, now=now))


def said(mail: EmailMessage) -> str:
    """The plain text; the HTML says the same."""
    assert mail.get_body(("html",)) is not None
    return plain_text(mail)


async def test_steps_are_told_to_those_who_are_given_them_and_not_by_whom_they_are(world: World) -> None:
    _, found = await begin(world)
    await world.settle()
    helen = await world.mail.expect(to="helen@llevant.example", subject="4 steps for you")
    assert found["pause_posts"].title in said(helen)
    assert "http://tocsin.test/desk" in said(helen)
    nuria = await world.mail.expect(to="nuria@gavina.example", subject=f"Un pas per a tu: {STATEMENT}")
    assert f"http://tocsin.test/steps/{found['holding_statement'].id}" in said(nuria)
    assert TITLE not in nuria.as_string()
    world.mail.nothing()  # to Marta, who declared it and has the other steps

    await give(world, found["pause_posts"], "jon")
    await world.mail.expect(
        to="jon@llevant.example", subject=f"Un paso para ti: {found['pause_posts'].title}"
    )
    await give(world, found["pause_posts"], "marta")  # herself
    world.mail.nothing()


async def test_a_deadline_that_passes_is_told_once_to_who_has_the_step_to_do(world: World) -> None:
    await begin(world)
    await world.settle()
    world.mail.take_all()  # the steps given
    await world.forward(minutes=5)
    await world.mail.expect(to="helen@llevant.example", subject="Your step is overdue: Pause scheduled")
    assert await mark_overdue(world.core) == 0
    await world.forward(minutes=4)
    world.mail.nothing()
    world.clock.forward(minutes=21)  # no worker for a while: what is late by then is one mail
    await world.settle()
    await world.mail.expect(to="helen@llevant.example", subject="2 of your steps are overdue")
    await world.mail.expect(to="nuria@gavina.example", subject="El teu pas va amb retard: Holding")
    await world.mail.expect(to="marta@llevant.example", subject="2 dels teus passos van amb retard")


async def test_a_statement_goes_to_who_decides_and_back_to_who_wrote_it(world: World) -> None:
    _, found = await begin(world)
    await world.settle()
    world.mail.take_all()
    step, now = found["holding_statement"].id, world.clock.now()
    nuria, helen = await world.viewer("nuria"), await world.viewer("helen")
    await act(world, lambda s: statements.draft(s, nuria, step, text="We know of it.", now=now))
    world.mail.nothing()
    await act(world, lambda s: statements.submit(s, nuria, step, now=now))
    for name, subject in RESPONDERS.items():
        mail = await world.mail.expect(to=f"{name}@llevant.example", subject=subject)
        assert "We know of it." not in mail.as_string()
    world.mail.nothing()
    text = (await response_of(world.core, step)).id
    await act(world, lambda s: statements.return_(s, helen, text, reason="Say since when.", now=now))
    back = await world.mail.expect(to="nuria@gavina.example", subject=f"T’ho han retornat: {STATEMENT}")
    assert "Say since when." in said(back)


async def test_a_task_goes_to_who_decides_and_back_to_who_did_it(world: World) -> None:
    _, found = await begin(world)
    await world.settle()
    world.mail.take_all()
    step, now = found["compensation_rules"], world.clock.now()
    jon, helen = await world.viewer("jon"), await world.viewer("helen")
    await act(world, lambda s: steps.complete(s, jon, step.id, now=now))
    for name in ("marta", "claire", "helen"):
        await world.mail.expect(to=f"{name}@llevant.example", subject=step.title)
    await act(world, lambda s: steps.return_step(s, helen, step.id, reason="In five lines.", now=now))
    back = await world.mail.expect(to="jon@llevant.example", subject=f"Te lo han devuelto: {step.title}")
    assert "In five lines." in said(back)


async def test_a_question_on_a_step_goes_to_who_leads_and_the_answer_to_who_asked(world: World) -> None:
    incident, found = await begin(world)
    await world.settle()
    world.mail.take_all()
    at, room = f"/steps/{found['holding_statement'].id}", f"/incidents/{incident.id}"
    async with world.browser("nuria") as hers, world.browser("marta") as ours:
        nuria, marta = Pages(hers.http), Pages(ours.http)
        long = await nuria.send(f"{at}/ask", page=at, text="Which port? " * 100)
        assert long.status_code == 422
        assert "Which port? Which port?" in long.text, "what was typed is not lost"
        await nuria.done(f"{at}/ask", page=at, text="Which <port>?")
        await world.settle()
        mail = await world.mail.expect(
            to="marta@llevant.example", subject=f"Una pregunta per a tu: {STATEMENT}"
        )
        assert "Which <port>?" in said(mail)
        assert f"http://tocsin.test{at}" in said(mail)
        page = await nuria.see(at)
        assert "preguntat, sense resposta" in page
        assert "Which &lt;port&gt;?" in page
        for desk in ("/", "/desk"):
            waits = await marta.see(desk)
            (link,) = re.findall(rf'href="({at}#question-\d+)"', waits)
            assert waits.index("Espera la teva resposta") < waits.index(link) < waits.index("<article")
            assert "Which &lt;port&gt;?" in waits
            assert f'id="{link.partition("#")[2]}"' in await marta.see(at), "it leads to where one answers"
        war_room = await marta.see(room)
        assert war_room.count("preguntat, sense resposta") == 2, "on what is folded, and within it"
        assert war_room.count("Which &lt;port&gt;?") == 2, "beside the step and on the timeline"
        question = re.search(rf'action="({at}/questions/\d+/answer)"', await marta.see(at))
        assert question
        await marta.done(question[1], page=at, text="Palma, both quays.")
        await world.settle()
        back = await world.mail.expect(
            to="nuria@gavina.example", subject=f"Tens resposta a la teva pregunta: {STATEMENT}"
        )
        assert "Palma, both quays." in said(back)
        assert "Palma, both quays." in await nuria.see(at)
        assert "preguntat, sense resposta" not in await marta.see(room)
        assert "Espera la teva resposta" not in await marta.see("/") + await marta.see("/desk")
    world.mail.nothing()


async def test_of_a_confidential_incident_mails_hold_the_link_alone(world: World) -> None:
    incident, found = await begin(world)
    await world.settle()
    world.mail.take_all()
    step, now = found["holding_statement"], world.clock.now()
    nuria, helen = await world.viewer("nuria"), await world.viewer("helen")
    await act(
        world,
        lambda s: lifecycle.set_confidential(s, helen, incident.id, confidential=True, now=now),
    )
    await give(world, found["pause_posts"], "jon")
    await act(world, lambda s: statements.draft(s, nuria, step.id, text="We know of it.", now=now))
    await act(world, lambda s: statements.submit(s, nuria, step.id, now=now))
    text = (await response_of(world.core, step.id)).id
    await act(world, lambda s: statements.return_(s, helen, text, reason="Say since when.", now=now))
    await act(world, lambda s: questions.ask(s, nuria, step.id, text="Since which hour?", now=now))
    async with world.core.database.read() as session:
        question = (await session.execute(select(StepQuestion.id))).scalar_one()
    await act(world, lambda s: questions.answer(s, helen, step.id, question, text="Since four.", now=now))
    mails = world.mail.take_all()
    assert len(mails) == 1 + len(RESPONDERS) + 1 + 1 + 1
    for mail in mails:
        assert "onfiden" in mail["Subject"]
        assert "http://tocsin.test/steps/" in said(mail)
        for secret in (
            TITLE,
            found["pause_posts"].title,
            STATEMENT,
            "Say since when.",
            "Almadía",
            "hour?",
            "four",
        ):
            assert secret not in said(mail) + str(mail["Subject"])


@pytest.mark.parametrize("over", [True, False])
async def test_what_waited_while_it_became_confidential_holds_the_link_alone(
    world: World, over: bool
) -> None:
    incident, found = await begin(world)
    marta, now = await world.viewer("marta"), world.clock.now()
    await do(world.core, lifecycle.set_confidential, marta, incident.id, confidential=True, now=now)
    if over:
        await do(world.core, lambda s: lifecycle.resolve(s, marta, incident.id, summary="Over.", now=now))
    world.mail.data_reply = "451 later"
    await world.settle()
    world.mail.data_reply = "250 OK"
    await world.forward(minutes=2)
    mails = world.mail.take_all()
    told = {mail["To"].addresses[0].username for mail in mails}
    assert len(told) == len(mails) == 2
    for mail in mails:
        assert "onfiden" in mail["Subject"]
        assert "http://tocsin.test/" in said(mail)
        for step in found.values():
            assert step.title not in mail.as_string()
    async with world.core.database.read() as session:
        kept = await session.scalars(select(Event).where(Event.kind == "letter.withheld"))
        log = [(one.data["name"].split()[0].lower(), one.incident_id) for one in kept]
    assert sorted(log) == sorted((name.replace("nuria", "núria"), incident.id) for name in told), "once each"


async def test_a_step_that_is_given_to_another_is_not_told_to_the_agency_any_more(world: World) -> None:
    incident, found = await begin(world)
    step, marta = found["holding_statement"], await world.viewer("marta")
    now = world.clock.now()
    await do(world.core, steps.reassign, marta, step.id, member_id=marta.member_id, now=now)
    await world.settle()
    assert {mail["To"].addresses[0].username for mail in world.mail.take_all()} == {"helen"}
    async with world.core.database.read() as session:
        told = (await session.scalars(select(Event).where(Event.kind == "letter.withdrawn"))).one()
    assert (told.incident_id, "Núria" in told.data["name"]) == (incident.id, True)


@pytest.mark.parametrize("drill", [True, False])
async def test_nobody_is_written_to_in_a_drill_or_without_an_agreement(world: World, drill: bool) -> None:
    await begin(world, drill=drill)
    await world.settle()
    if not drill:
        assert {mail["To"].addresses[0].username for mail in world.mail.take_all()} == {
            "helen", "nuria",
        }  # fmt: skip
    async with world.core.database.unit_of_work() as session:
        await session.execute(
            update(Organisation)
            .where(Organisation.kind == "partner")
            .values(nda_expires_on=date(2026, 1, 13))
        )
    world.clock.forward(minutes=30)
    await world.settle()
    assert not [mail for mail in world.mail.take_all() if drill or "nuria" in str(mail["To"])]
