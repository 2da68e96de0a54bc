"""Swaps and cover: what is taken counts at once, what is undone leaves no trace, and nobody takes twice."""

from __future__ import annotations

import asyncio
from typing import Any

from api.operations import operations
from tests.mailbox import plain_text
from tests.world import Browser, World, at

# Marta has the week from 9 March, 08:00 in Madrid, Jon the next one.
JONS_NIGHT = {"from": "2026-03-21T19:00:00Z", "until": "2026-03-22T07:00:00Z"}
MARTAS_NIGHT = {"from": "2026-03-11T19:00:00Z", "until": "2026-03-12T07:00:00Z"}

SHIFTS = """query($id: ID!, $from: DateTime!, $until: DateTime!) {
  schedule(id: $id) { shifts(from: $from, until: $until) { startsAt endsAt person { name } } }
}"""


async def schedule_id(browser: Browser, name: str = "Social on call") -> str:
    found = (await browser.ask("{ schedules { id name } }"))["schedules"]
    return next(str(one["id"]) for one in found if one["name"] == name)


async def shifts(browser: Browser, schedule: str) -> list[dict[str, Any]]:
    asked = await browser.ask(
        SHIFTS, id=schedule, **{"from": "2026-03-10T00:00:00Z", "until": "2026-03-30T00:00:00Z"}
    )
    return list(asked["schedule"]["shifts"])


async def names_at(browser: Browser, schedule: str, moment: str) -> list[str]:
    return [
        one["person"]["name"]
        for one in await shifts(browser, schedule)
        if at(one["startsAt"]) <= at(moment) < at(one["endsAt"])
    ]


async def problem(browser: Browser, operation: str, **variables: Any) -> str:
    data = await browser.ask(operations()[operation], **variables)
    (result,) = data.values()
    assert result["__typename"] == "Problem", result
    return str(result["message"])


async def test_a_swap_is_taken_and_undone(world: World) -> None:
    async with (
        world.browser("jon") as jon,
        world.browser("marta") as marta,
        world.browser("claire") as claire,
    ):
        social = await schedule_id(jon)
        before = await shifts(jon, social)
        swap = await jon.do(
            "ProposeSwap",
            schedule=social,
            otherId=str((await world.member("marta")).id),
            givesFrom=JONS_NIGHT["from"],
            givesUntil=JONS_NIGHT["until"],
            takesFrom=MARTAS_NIGHT["from"],
            takesUntil=MARTAS_NIGHT["until"],
            note="A concert",
        )
        await world.settle()
        asked = await world.mail.expect(to="marta@llevant.example", subject="Jon Etxarri et demana un canvi")
        words = plain_text(asked)
        assert "dissabte 21 de març, 20:00 – diumenge 22 de març, 08:00" in words
        assert "«A concert»" in words
        assert await shifts(jon, social) == before, "nothing moves before it is accepted"
        assert await problem(jon, "AcceptSwap", id=swap["id"]) == "Only who was asked can answer."
        assert await problem(claire, "AcceptSwap", id=swap["id"]) == "There is no such swap."
        await marta.do("AcceptSwap", id=swap["id"])
        assert await names_at(jon, social, "2026-03-21T22:00") == ["Marta Vidal"]
        assert await names_at(jon, social, "2026-03-11T22:00") == ["Jon Etxarri"]
        assert await problem(marta, "DeclineSwap", id=swap["id"]) == "This swap was accepted."
        await world.forward(minutes=3)
        told = await world.mail.expect(to="jon@llevant.example", subject="Tus guardias han cambiado")
        body = plain_text(told)
        assert "AHORA SON TUYAS" in body
        assert "miércoles 11 de marzo, 20:00 – jueves 12 de marzo, 08:00" in body
        await marta.do("UndoSwap", id=swap["id"])
        assert await shifts(jon, social) == before, "undone, the rota is as if it had never been"
        await world.forward(minutes=3)
        await world.mail.expect(to="jon@llevant.example", subject="Tus guardias han cambiado")


async def test_a_swap_that_is_taken_back_at_once_is_told_to_nobody(world: World) -> None:
    async with world.browser("jon") as jon, world.browser("marta") as marta:
        social = await schedule_id(jon)
        swap = await jon.do(
            "ProposeSwap",
            schedule=social,
            otherId=str((await world.member("marta")).id),
            givesFrom=JONS_NIGHT["from"],
            givesUntil=JONS_NIGHT["until"],
            takesFrom=None,
            takesUntil=None,
            note="",
        )
        await world.settle()
        await world.mail.expect(to="marta@llevant.example", subject="Jon Etxarri")
        await marta.do("AcceptSwap", id=swap["id"])
        await world.forward(minutes=1)
        await marta.do("UndoSwap", id=swap["id"])
        await world.forward(minutes=10)
        world.mail.nothing()


async def test_two_people_take_one_cover_request_at_once(world: World) -> None:
    async with (
        world.browser("jon") as jon,
        world.browser("marta") as marta,
        world.browser("claire") as claire,
    ):
        social = await schedule_id(jon)
        request = await jon.do(
            "AskForCover",
            schedule=social,
            startsAt=JONS_NIGHT["from"],
            endsAt=JONS_NIGHT["until"],
            note="Who can take my Saturday night?",
        )
        await world.settle()
        for name in ("marta", "claire", "helen"):
            await world.mail.expect(to=f"{name}@llevant.example", subject="Jon Etxarri")
        document = operations()["TakeCover"]
        answers = await asyncio.gather(*(who.ask(document, id=request["id"]) for who in (marta, claire)))
        results = [answer["takeCover"] for answer in answers]
        won = [result for result in results if result["__typename"] == "CoverRequest"]
        [lost] = [result for result in results if result["__typename"] == "Problem"]
        assert len(won) == 1
        winner = "Marta Vidal" if results[0] in won else "Claire Roussel"
        assert lost["code"] == "conflict"
        assert lost["message"] == f"{winner} has taken it already."
        assert await names_at(jon, social, "2026-03-22T02:00") == [winner]
        assert await names_at(jon, social, "2026-03-22T08:00") == ["Jon Etxarri"]
        await world.forward(minutes=3)
        await world.mail.expect(to="jon@llevant.example", subject="Tus guardias han cambiado")


async def test_a_request_that_somebody_has_taken_is_no_longer_offered_by_a_late_mail(world: World) -> None:
    async with world.browser("jon") as jon, world.browser("marta") as marta:
        social = await schedule_id(jon)
        world.mail.data_reply = "451 later"
        request = await jon.do(
            "AskForCover", schedule=social, startsAt=JONS_NIGHT["from"], endsAt=JONS_NIGHT["until"], note=""
        )
        await world.settle()
        await marta.do("TakeCover", id=request["id"])
        world.mail.data_reply = "250 OK"
        await world.forward(minutes=10)
        await world.mail.expect(to="jon@llevant.example", subject="Tus guardias han cambiado")
        world.mail.nothing()
