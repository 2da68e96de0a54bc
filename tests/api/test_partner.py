"""What a partner is told by the API: its own steps, and of other agencies no more than a name."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from incident.incident import Incident
from incident.response import Response
from kit.core import Core
from people.members import Member
from people.organisations import Organisation
from runbooks.run import Step
from tests.web.cast import Cast

STEP = """
    { step(id: "%d") { response { author { organisation { ...All } } } completedBy { organisation { ...All } }
                       ownerOrganisation { ...All } } }
    fragment All on Organisation { name ndaSignedOn ndaExpiresOn ndaValid declaredClients }
"""
OTHERS: dict[str, object] = {
    "ndaSignedOn": None,
    "ndaExpiresOn": None,
    "ndaValid": None,
    "declaredClients": [],
}
SAID = "__typename ... on Problem { code }"
HERE = {"Origin": "http://tocsin.test"}


async def handed_over(core: Core) -> int:
    """A statement that another agency had begun, now on Núria's desk; the step's id."""
    async with core.database.unit_of_work() as session:
        gavina = (
            await session.execute(select(Organisation).where(Organisation.kind == "partner"))
        ).scalar_one()
        other = Organisation(
            name="Atelier Nord",
            kind="partner",
            nda_signed_on=date(2026, 1, 1),
            nda_expires_on=date(2027, 1, 1),
            declared_clients=["A rival"],
        )
        session.add(other)
        await session.flush()
        writer = Member(organisation_id=other.id, name="Ève", email="eve@nord.example", role="partner")
        session.add(writer)
        await session.flush()
        step = (await session.execute(select(Step).where(Step.kind == "statement").limit(1))).scalar_one()
        now = core.clock.now()
        text = Response(
            incident_id=step.incident_id, text="Draft", state="draft", author_id=writer.id, updated_at=now
        )
        session.add(text)
        await session.flush()
        step.response_id, step.completed_by = text.id, writer.id
        step.owner_id, step.owner_organisation_id = None, gavina.id
        return step.id


async def test_another_agency_is_but_a_name(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    query = STEP % await handed_over(core)
    async with cast.browser("nuria") as nuria, cast.browser("helen") as helen:
        hers = (await nuria.http.post("/graphql", json={"query": query}, headers=HERE)).json()["data"]["step"]
        ours = (await helen.http.post("/graphql", json={"query": query}, headers=HERE)).json()["data"]["step"]
    nord = {"name": "Atelier Nord", **OTHERS}
    assert hers["response"]["author"]["organisation"] == nord
    assert hers["completedBy"]["organisation"] == nord
    assert hers["ownerOrganisation"]["declaredClients"] == ["Hotels Migjorn", "Port de Sant Roc"]
    assert hers["ownerOrganisation"]["ndaValid"] is True
    assert ours["response"]["author"]["organisation"]["declaredClients"] == ["A rival"]


async def test_a_question_on_a_step_by_the_api(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = await handed_over(core)
    asked = f'mutation {{ askOnStep(id: "{step}", text: "Which port?") {{ %s }} }}' % SAID
    answered = f'mutation {{ answerOnStep(id: "{step}", questionId: "1", text: "Palma.") {{ %s }} }}' % SAID
    read = (
        f'{{ step(id: "{step}") {{ questions {{ text answer askedBy {{ name }} answeredBy {{ name }} }} }} }}'
    )
    acts = [
        ("andreu", asked, "forbidden"),
        ("helen", asked, "forbidden"),
        ("eve", asked, "not_found"),
        ("nuria", asked, "Step"),
        ("nuria", asked, "Step"),
        ("nuria", answered, "forbidden"),
        ("andreu", answered, "forbidden"),
        ("eve", answered, "not_found"),
        ("helen", answered, "Step"),
        ("marta", answered, "conflict"),
    ]
    for name, document, outcome in acts:
        async with cast.browser(name) as browser:
            answer = (await browser.http.post("/graphql", json={"query": document}, headers=HERE)).json()
        (result,) = answer["data"].values()
        assert result.get("code", result["__typename"]) == outcome, (name, document)
    question = {
        "text": "Which port?",
        "answer": "Palma.",
        "askedBy": {"name": (await cast.member("nuria")).name},
        "answeredBy": {"name": (await cast.member("helen")).name},
    }
    for name, seen in (("nuria", [question]), ("andreu", [question]), ("helen", [question])):
        async with cast.browser(name) as browser:
            told = (await browser.http.post("/graphql", json={"query": read}, headers=HERE)).json()["data"]
            assert told["step"]["questions"] == seen
    async with cast.browser("eve") as eve:
        assert (await eve.http.post("/graphql", json={"query": read}, headers=HERE)).json()["data"] == {
            "step": None
        }


async def test_only_those_who_lead_are_told_by_the_api_what_waits_for_their_answer(core: Core) -> None:
    cast = await Cast.in_crisis(core)
    step = await handed_over(core)
    async with core.database.unit_of_work() as session:
        await session.execute(update(Incident).values(lead_id=(await cast.member("helen")).id))
    asked = f'mutation {{ askOnStep(id: "{step}", text: "Which port?") {{ %s }} }}' % SAID
    read = "{ questions { text askedBy { name organisation { name } } step { id incident { number } } } }"
    async with cast.browser("nuria") as nuria:
        await nuria.http.post("/graphql", json={"query": asked}, headers=HERE)
    person = await cast.member("nuria")
    waiting = {
        "text": "Which port?",
        "askedBy": {"name": person.name, "organisation": {"name": "Estudi Gavina"}},
        "step": {"id": str(step), "incident": {"number": "1"}},
    }
    for name, seen in (("helen", [waiting]), ("marta", []), ("andreu", []), ("nuria", []), ("eve", [])):
        async with cast.browser(name) as browser:
            told = (await browser.http.post("/graphql", json={"query": read}, headers=HERE)).json()["data"]
            assert told == {"questions": seen}, name


DOORS = [
    "{ incidents { id } }",
    '{ incident(number: "1") { id } }',
    "{ alerts { id } }",
    '{ alert(id: "1") { id } }',
    "{ brands { id } }",
    '{ mentions(brandId: "1") { id } }',
    "{ sources { id } }",
    "{ members { id } }",
    "{ partners { id } }",
    "{ onCall { schedule } }",
    "{ crisisTypes { key } }",
    "{ runbooks { id } }",
    '{ runbook(slug: "complaint-wave") { id } }',
    '{ step(id: "1") { id } }',
    'mutation { addNote(incident: "1", text: "a") { __typename } }',
    'mutation { acknowledgeAlert(id: "1") { __typename } }',
    'mutation { joinIncident(incident: "1") { __typename } }',
    'mutation { askOnStep(id: "1", text: "a") { __typename } }',
    'mutation { answerOnStep(id: "1", questionId: "1", text: "a") { __typename } }',
    'mutation { approveStep(id: "1") { __typename } }',
    'mutation { approveResponse(id: "1", version: 1) { __typename } }',
    'mutation { returnResponse(id: "1", reason: "a") { __typename } }',
    'mutation { publishResponse(id: "1") { __typename } }',
    'mutation { acceptProposal(id: "1") { __typename } }',
    'mutation { addLesson(reviewId: "1", kind: "keep", text: "a") { __typename } }',
]


@pytest.mark.parametrize("name", ["nuria", None])
async def test_the_houses_doors_are_shut(core: Core, name: str | None) -> None:
    cast = await Cast.in_crisis(core)
    async with core.database.unit_of_work() as session:
        for step in (await session.execute(select(Step))).scalars():
            step.owner_organisation_id = None
    async with cast.browser(name) as browser:
        for query in DOORS:
            answer = (await browser.http.post("/graphql", json={"query": query}, headers=HERE)).json()
            given = next(iter((answer["data"] or {None: None}).values()))
            assert given in (None, [], {"__typename": "Problem"}), (query, answer)
