"""R26: the front line passes an insight on; it reaches the right hands, and what came of it comes back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from mentions.triage.case import Raiser
from tests.mailbox import plain_text
from tests.world import World

IDEA = "Love @brisadrinks lemon, but please, please make a version without sugar for diabetics like my dad"


async def test_an_idea_reaches_product_is_decided_and_comes_back(world: World) -> None:
    await world.send({"mentions": [{"id": "1", "text": IDEA, "author": "lluc", "lang": "en"}]})
    await world.settle()
    async with (
        world.browser("marta") as marta,
        world.browser("jon") as jon,
        world.browser("claire") as claire,
    ):
        brand = next(b for b in (await marta.ask("{ brands { id slug } }"))["brands"] if b["slug"] == "brisa")
        found = await marta.ask(
            "query ($b: ID!) { mentions(brandId: $b) { id text case { id } } }", b=brand["id"]
        )
        (mention,) = found["mentions"]
        raised = await marta.do(
            "RaiseMention", mentionId=mention["id"], label="product", note="Third time this month. What next?"
        )
        number = raised["id"]
        again = await claire.do(
            "RaiseMention", mentionId=mention["id"], label="product", note="Diabetics ask for it daily."
        )
        assert again["id"] == number

        # In the right hands, with who passed it on and why.
        inboxes = {one["department"]["slug"]: one for one in (await jon.do_all("Inboxes"))["inboxes"]}
        assert inboxes["product"]["waiting"] == 1
        case = (await jon.do_all("Case", id=number))["case"]
        assert [(one["person"]["name"], one["note"]) for one in case["raisers"]] == [
            ("Marta Vidal", "Third time this month. What next?"),
            ("Claire Roussel", "Diabetics ask for it daily."),
        ]
        assert case["reason"] == ""
        page = (await jon.http.get(f"/cases/{number}")).text
        assert "Idea de producto: va a Product" in page
        assert "Lo planteó como: Idea de producto." in page

        # Owner, due date, decision. What the page sends has no offset: it is read by the clock of who fills
        # it in, and so the same moment once more is told to nobody.
        await jon.do("ClaimCase", id=number)
        due = world.clock.now() + timedelta(days=9)
        await jon.do("SetCaseDue", id=number, dueAt=due.isoformat())
        typed = f"{due.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%dT%H:%M:%S}"
        form = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0], "due": typed}
        assert (await jon.http.post(f"/cases/{number}/due", data=form)).status_code == 303
        await world.settle()
        told = await world.mail.expect(
            to="marta@llevant.example", subject="Hi ha data per al que ens vas passar"
        )
        assert "19 de març" in plain_text(told)
        told = await world.mail.expect(to="claire@llevant.example", subject="Une date pour ce que vous")
        assert "19 mars 2026, 03:55" in plain_text(told)
        assert "té data per al que vas passar sobre Brisa" in unescape((await marta.http.get("/desk")).text)
        world.mail.nothing()
        await jon.do("DecideCase", id=number, decision="We test a sugar-free lemon in May.")
        await world.settle()
        told = await world.mail.expect(to="marta@llevant.example", subject="Hi ha decisió")
        assert "We test a sugar-free lemon in May." in plain_text(told)
        told = await world.mail.expect(to="claire@llevant.example", subject="Une décision")
        body = plain_text(told)
        assert "Diabetics ask for it daily." in body
        assert "Third time this month" not in body

        # It goes on to somebody else, with all that was said and done.
        business = next(
            d
            for d in case_departments(await jon.do_all("Case", id=number))
            if d["name"] == "Business development"
        )
        await jon.do("HandOverCase", id=number, departmentId=business["id"], note="They know the market.")
        await world.settle()
        await world.mail.expect(to="marta@llevant.example", subject="ha anat a Business development")
        await world.mail.expect(to="claire@llevant.example", subject="est passé à Business development")
        handed = (await jon.do_all("Case", id=number))["case"]
        assert (handed["state"], handed["owner"], handed["department"]["name"]) == (
            "handed_over",
            None,
            "Business development",
        )
        assert handed["said"][0]["text"] == IDEA
        assert [event["kind"] for event in handed["history"]] == [
            "case.raised", "case.raised", "case.claimed", "case.due_set", "case.decided", "case.handed_over",
        ]  # fmt: skip

    # The outcome, on her desk and by mail, and off the desk once she has looked.
    async with world.browser("helen") as helen, world.browser("marta") as marta:
        await helen.do("CloseCase", id=number, outcome="Brisa Zero goes on sale in June.")
        await world.settle()
        news = await world.mail.expect(to="marta@llevant.example", subject="Com ha quedat")
        body = plain_text(news)
        assert "Brisa Zero goes on sale in June." in body
        assert "Third time this month" in body
        assert f"http://tocsin.test/cases/{number}" in body
        await world.mail.expect(to="claire@llevant.example", subject="Ce qu’est devenu")
        desk = (await marta.http.get("/desk")).text
        assert "Brisa Zero goes on sale in June." in desk
        assert (await marta.http.get(f"/cases/{number}")).status_code == 200
        assert "Brisa Zero goes on sale in June." not in (await marta.http.get("/desk")).text
    await world.forward(minutes=5)
    world.mail.nothing()


def case_departments(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [inbox["department"] for inbox in data["inboxes"]]


async def test_a_rule_of_the_house_goes_before_the_default(world: World) -> None:
    """What is in a drink is asked of customer service by default; here those who make it answer."""
    ask = "Is there gluten in the lemon one, @brisadrinks? Can I drink it?"
    await world.send({"mentions": [{"id": "1", "text": ask, "author": "lluc", "lang": "en"}]})
    await world.settle()
    async with world.browser("jon") as jon:
        (case,) = (await jon.ask("{ cases { label reason department { slug } } }"))["cases"]
    assert (case["label"], case["department"]["slug"]) == ("question", "product")
    assert case["reason"] == "what is in a drink is answered by those who make it"


async def test_a_late_case_is_told_to_its_department_once_an_hour(world: World) -> None:
    await world.with_letters()
    await world.send(
        {
            "mentions": [
                {"id": "1", "text": "My cabin was filthy, @almadiaferries", "author": "lluc", "lang": "en"}
            ]
        }
    )
    await world.settle()
    world.mail.nothing()
    await world.forward(hours=3, minutes=50, step=600)
    world.mail.take_all()  # digests of the morning
    await world.forward(minutes=11, step=60)
    late = await world.mail.expect(to="service@llevant.example", subject="1 caso con retraso")
    assert "/inbox/customer-service" in plain_text(late)
    await world.forward(minutes=50, step=300)
    assert not [mail for mail in world.mail.take_all() if "service@" in str(mail["To"])]


async def test_a_label_by_hand_counts_at_once_and_stays(world: World) -> None:
    await world.send({"mentions": [{"id": "1", "text": "almadia ferries: so it goes", "author": "lluc"}]})
    await world.settle()
    async with world.browser("marta") as marta:
        brand = (await marta.ask("{ brands { id } }"))["brands"][0]["id"]
        ask = "query ($b: ID!) { mentions(brandId: $b) { id triage triageByHand case { label } } }"
        before = (await marta.ask(ask, b=brand))["mentions"][0]
        assert before["case"] is None
        await marta.do("CorrectLabel", mentionId=before["id"], label="complaint")
        await world.settle()
        after = (await marta.ask(ask, b=brand))["mentions"][0]
        assert (after["triage"], after["triageByHand"]) == ("complaint", True)
        assert after["case"]["label"] == "complaint"


async def test_who_raised_a_case_with_the_version_before_is_told(world: World) -> None:
    """It notes the raiser in the case alone; somebody who raised it after that is told, too."""
    await world.send({"mentions": [{"id": "1", "text": IDEA, "author": "lluc", "lang": "en"}]})
    await world.settle()
    async with (
        world.browser("marta") as marta,
        world.browser("jon") as jon,
        world.browser("claire") as claire,
    ):
        brand = next(b for b in (await marta.ask("{ brands { id slug } }"))["brands"] if b["slug"] == "brisa")
        found = await marta.ask("query ($b: ID!) { mentions(brandId: $b) { id } }", b=brand["id"])
        given = {"mentionId": found["mentions"][0]["id"], "label": "product"}
        number = (await marta.do("RaiseMention", **given, note="Third time."))["id"]
        async with world.core.database.unit_of_work() as session:
            await session.execute(delete(Raiser))
        await claire.do("RaiseMention", **given, note="Daily.")
        case = (await jon.do_all("Case", id=number))["case"]
        assert [(one["person"]["name"], one["note"]) for one in case["raisers"]] == [
            ("Marta Vidal", "Third time."),
            ("Claire Roussel", "Daily."),
        ]
        mine = await marta.ask("{ raisedCases { id } }")
        assert [one["id"] for one in mine["raisedCases"]] == [number]
        await jon.do("ClaimCase", id=number)
        await jon.do("DecideCase", id=number, decision="We test it in May.")
        await world.settle()
        told = await world.mail.expect(to="marta@llevant.example", subject="Hi ha decisió")
        assert "Third time." in plain_text(told)
        await world.mail.expect(to="claire@llevant.example", subject="Une décision")
