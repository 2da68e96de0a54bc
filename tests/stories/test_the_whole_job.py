"""The whole job through HTTP and GraphQL alone: from a mention to a changed runbook.

One night: calm, a failure at sea, a page, an acknowledgement, a war room with an agency in it, a published
statement, a review, a lesson, a new version, and the next incident that runs it.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.mailbox import acknowledge_link
from tests.world import Browser, World
from tocsin.demo import generator

STATE = """query ($n: ID!) { incident(number: $n) {
  state severity type { key } lead { name } seq
  run { version runbook { slug } }
  steps { id key title kind state dueMinutes dueAt needsApproval owner { name } ownerOrganisation { name }
          fromLesson { text incidentNumber } response { id state version text } }
  timeline { seq kind text }
  alerts { id signal state evidence { observed expected ratio score insufficientHistory reason
           terms { term } authors { author } examples { text } } pages { state person { name } reason } }
} }"""
WORK = (
    ("helen@llevant.example", "3 steps for you"),
    ("marta@llevant.example", "6 passos per a tu"),
    ("nuria@gavina.example", "Un pas per a tu: Reply texts"),
    ("helen@llevant.example", "Your step is overdue: Pause scheduled posts"),
    ("helen@llevant.example", "Your step is overdue: Say that we know"),
    ("marta@llevant.example", "El teu pas va amb retard: Get scope"),
    ("marta@llevant.example", "El teu pas va amb retard: Put the status page up"),
)
"""By mail, in the first twenty minutes."""


async def room(browser: Browser, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.ask(STATE, n=number))["incident"]
    return found


async def live_through_calm_and_crisis(world: World, *, calm_days: int = 3) -> None:
    """Some days of calm, then an engine failure at sea, by the minute, until somebody is paged."""
    rng, now = random.Random(3), world.clock.now()
    await world.remember(
        generator.calm(rng, now - timedelta(days=calm_days), calm_days * 24 * 60, 1.2, "almadia")
    )
    await world.settle()
    world.mail.nothing()
    crisis = generator.crisis(rng, now, 30, "service_outage", "almadia")
    for minute in range(12):
        until = now + timedelta(minutes=minute + 1)
        due = [d for d in crisis if until - timedelta(minutes=1) <= d.published_at < until]
        world.clock.set(until - timedelta(seconds=1))
        await world.send({"mentions": [{"id": d.native_id, "text": d.text, "author": d.author} for d in due]})
        await world.settle()
        if world.mail.attempts:
            return


async def test_from_a_mention_to_a_changed_runbook(world: World) -> None:
    # 1. Noticed, and 2. woken.
    await live_through_calm_and_crisis(world)
    page = await world.mail.expect(to="marta@llevant.example", subject="Almadía")
    link = acknowledge_link(page)
    async with world.browser() as anybody:
        before = await anybody.http.get(link)
        assert before.status_code == 200
        assert "Almadía" in before.text
        again = await anybody.http.get(link)  # a mail scanner opens it as well
        assert again.status_code == 200
        pressed = await anybody.http.post(link)
        assert pressed.status_code in (200, 303)
    await world.forward(minutes=20)  # nobody else is paged; who has work is told of it
    for name, subject in WORK:
        await world.mail.expect(to=name, subject=subject)
    world.mail.nothing()

    async with (
        world.browser("helen") as helen,
        world.browser("marta") as marta,
        world.browser("nuria") as nuria,
    ):
        # 3. Organised.
        state = await room(helen, "1")
        assert (state["state"], state["type"]["key"]) == ("open", "service_outage")
        assert state["lead"]["name"] == "Marta Vidal"
        assert state["run"] == {"version": 1, "runbook": {"slug": state["run"]["runbook"]["slug"]}}
        evidence = state["alerts"][0]["evidence"]
        assert evidence["observed"] > evidence["expected"] * 2
        assert evidence["terms"]
        assert evidence["examples"]
        tasks = [s for s in state["steps"] if s["kind"] == "task" and not s["ownerOrganisation"]]
        plain = next(s for s in tasks if not s["needsApproval"])
        await marta.do("CompleteStep", id=plain["id"])
        other = next(s for s in tasks if s["id"] != plain["id"])
        await marta.do("SkipStep", id=other["id"], reason="Done by the port already")
        third = next(s for s in tasks if s["id"] not in (plain["id"], other["id"]))
        claire = (await world.member("claire")).id
        await helen.do("ReassignStep", id=third["id"], memberId=str(claire))

        # 5. Helped: the agency sees its steps, drafts and submits; it cannot approve or publish.
        desk = (await nuria.ask("{ desk { id title kind incident { title briefing } } }"))["desk"]
        assert desk
        own = {s["id"] for s in state["steps"] if s["ownerOrganisation"]}
        assert {s["id"] for s in desk} == own
        assert (await nuria.ask(STATE, n="1"))["incident"] is None
        statement = next(s for s in desk if s["kind"] == "statement")
        await nuria.do("DraftStatement", stepId=statement["id"], text="We know that a crossing has stopped.")
        await nuria.do("SubmitStatement", stepId=statement["id"])
        await world.settle()
        await world.mail.expect(to="claire@llevant.example", subject="Une étape pour vous")
        for name in ("marta", "jon", "claire", "helen"):
            await world.mail.expect(to=f"{name}@llevant.example", subject=statement["title"])
        world.mail.nothing()
        response = next(s for s in (await room(helen, "1"))["steps"] if s["id"] == statement["id"])[
            "response"
        ]
        for mutation in ("approveResponse(id: $id, version: 1)", "publishResponse(id: $id)"):
            refused = await nuria.ask(
                f"mutation ($id: ID!) {{ r: {mutation} {{ __typename ... on Problem {{ code }} }} }}",
                id=response["id"],
            )
            assert refused["r"]["code"] in ("not_found", "forbidden")
        await helen.do("ApproveResponse", id=response["id"], version=response["version"])
        await helen.do("PublishResponse", id=response["id"], url="https://example.org/statement")
        step = next(s for s in (await room(helen, "1"))["steps"] if s["id"] == statement["id"])
        assert (step["state"], step["response"]["state"]) == ("done", "published")

        # 6. Closed and learned.
        await helen.do("ResolveIncident", incident="1", summary="The ferry is in port, everybody is ashore.")
        review = (
            await helen.ask('{ incident(number: "1") { review { id timeline { kind } lessons { id } } } }')
        )["incident"]["review"]
        kinds = {entry["kind"] for entry in review["timeline"]}
        assert {"incident.opened", "step.completed", "step.skipped", "incident.resolved"} <= kinds
        await helen.do("AddLesson", reviewId=review["id"], kind="keep", text="The rota worked at night.")
        lesson = await helen.do(
            "AddLesson", reviewId=review["id"], kind="change", text="The first words came too late."
        )
        slug = state["run"]["runbook"]["slug"]
        proposal = await helen.do(
            "ProposeChange",
            lessonId=lesson["id"],
            runbook=slug,
            stepKey=plain["key"],
            changes={"title": plain["title"] + ", in two minutes", "dueMinutes": 2},
        )
        shown = await helen.ask(
            "query ($s: String!) { runbook(slug: $s) { proposals { diff { field lines { op text } } } } }",
            s=slug,
        )
        diff = shown["runbook"]["proposals"][0]["diff"]
        assert {field["field"] for field in diff} == {"title", "dueMinutes"}
        assert {line["op"] for field in diff for line in field["lines"]} >= {"+", "-"}
        await helen.do("AcceptProposal", id=proposal["id"])

        # The next incident of that type runs the new version, and says where its step came from.
        brands = (await helen.ask("{ brands { id slug } }"))["brands"]
        brisa = next(b["id"] for b in brands if b["slug"] == "brisa")
        await helen.do(
            "DeclareIncident",
            brandId=brisa,
            title="The shop is down",
            type="service_outage",
            severity="amber",
        )
        await world.settle()
        await world.mail.expect(to="nuria@gavina.example", subject="Un pas per a tu")
        following = await room(helen, "2")
        assert following["run"]["version"] == 2
        changed = next(s for s in following["steps"] if s["key"] == plain["key"])
        assert changed["title"].endswith("in two minutes")
        assert changed["dueMinutes"] == 2
        assert changed["fromLesson"] == {"text": "The first words came too late.", "incidentNumber": "1"}
        assert not any(s["fromLesson"] for s in following["steps"] if s["key"] != plain["key"])
