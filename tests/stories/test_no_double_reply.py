"""Nobody is answered twice: a claim is a lock, an answer is final, and who comes second is told by whom."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Any

import pytest

from kit.errors import Conflict, Forbidden, TocsinError
from mentions.triage import cases
from people.permissions import Viewer
from tests.world import Browser, World


async def a_case(world: World) -> int:
    await world.send(
        {
            "mentions": [
                {
                    "id": "1",
                    "text": "No reply for a week, @almadiaferries, terrible",
                    "author": "lluc",
                    "lang": "en",
                }
            ]
        }
    )
    await world.settle()
    world.mail.take_all()
    async with world.browser("claire") as claire:
        return int((await claire.ask("{ cases { id } }"))["cases"][0]["id"])


async def attempt(
    world: World, act: Any, viewer: Viewer, case_id: int, **arguments: Any
) -> TocsinError | None:
    """One person's try in a unit of work of its own; what stood in the way."""
    try:
        async with world.core.database.unit_of_work() as session:
            await act(session, viewer, case_id, now=world.clock.now(), **arguments)
    except TocsinError as error:
        return error
    return None


async def test_of_two_who_claim_at_once_exactly_one_has_it(world: World) -> None:
    case_id = await a_case(world)
    people = [await world.viewer(name) for name in ("claire", "jon", "marta", "helen")]
    outcomes = await asyncio.gather(*(attempt(world, cases.claim, one, case_id) for one in people))
    lost = [error for error in outcomes if error is not None]
    assert len(lost) == 3
    winner = people[outcomes.index(None)]
    assert all(isinstance(error, Conflict) and winner.name in error.message for error in lost)


async def test_only_who_has_the_claim_answers_and_only_once(world: World) -> None:
    case_id = await a_case(world)
    claire, jon = await world.viewer("claire"), await world.viewer("jon")
    unclaimed = await attempt(world, cases.answer, jon, case_id, reply="Sorry!")
    assert unclaimed is not None
    assert "Claim the case first" in unclaimed.message
    assert await attempt(world, cases.claim, claire, case_id) is None
    not_his = await attempt(world, cases.answer, jon, case_id, reply="Sorry!")
    assert not_his is not None
    assert "Claire Roussel has had this case since 2026-03-10 03:55" in not_his.message
    assert (
        await attempt(world, cases.answer, claire, case_id, reply="We are on it.", url="https://s.example/9")
        is None
    )
    for late, act, words in (
        (jon, cases.answer, {"reply": "Sorry!"}),
        (claire, cases.answer, {"reply": "Again"}),
        (jon, cases.claim, {}),
    ):
        refused = await attempt(world, act, late, case_id, **words)
        assert refused is not None
        assert "Claire Roussel answered at" in refused.message
        assert "We are on it." in refused.message


async def test_a_claim_ends_and_can_be_taken_over_with_a_reason_before(world: World) -> None:
    case_id = await a_case(world)
    claire, jon, marta = [await world.viewer(name) for name in ("claire", "jon", "marta")]
    assert await attempt(world, cases.claim, claire, case_id) is None
    take_over = partial(cases.take_over, owner_id=claire.member_id)
    assert await attempt(world, take_over, jon, case_id, reason="") is not None
    assert await attempt(world, take_over, jon, case_id, reason="Claire has left for the day") is None
    assert await attempt(world, cases.claim, marta, case_id) is not None
    world.clock.forward(minutes=31)
    assert await attempt(world, cases.claim, marta, case_id) is None
    lost = await attempt(world, cases.answer, jon, case_id, reply="I had it first")
    assert isinstance(lost, Conflict)
    async with world.browser("helen") as helen:
        history = await helen.ask("query ($n: ID!) { case(id: $n) { history { text } } }", n=str(case_id))
    assert [event["text"] for event in history["case"]["history"]] == [
        f"Claimed case {case_id}.",
        f"Took case {case_id} over from Claire Roussel: Claire has left for the day",
        f"Took case {case_id} over from Jon Etxarri: the claim had ended",
    ]


async def test_two_take_overs_at_once_have_one_winner(world: World) -> None:
    case_id = await a_case(world)
    claire = await world.viewer("claire")
    assert await attempt(world, cases.claim, claire, case_id) is None
    others = [await world.viewer(name) for name in ("jon", "marta", "helen")]
    outcomes = await asyncio.gather(
        *(
            attempt(world, cases.take_over, one, case_id, owner_id=claire.member_id, reason="urgent")
            for one in others
        )
    )
    assert outcomes.count(None) == 1


async def test_a_decision_that_is_sent_twice_is_told_once(world: World) -> None:
    case_id, jon = await a_case(world), await world.viewer("jon")
    for decision in ("Refund", "Refund", "Refund and a voucher"):
        twice = [attempt(world, cases.decide, jon, case_id, decision=decision) for _ in range(2)]
        assert await asyncio.gather(*twice) == [None, None]
    assert await attempt(world, cases.claim, await world.viewer("claire"), case_id) is None
    refused = await attempt(world, cases.decide, jon, case_id, decision="Refund and a voucher")
    assert isinstance(refused, Conflict), "somebody else has it by now"
    async with world.browser("helen") as helen:
        history = await helen.ask("query ($n: ID!) { case(id: $n) { history { text } } }", n=str(case_id))
    told = [event["text"] for event in history["case"]["history"] if "Refund" in event["text"]]
    assert [text.count("voucher") for text in told] == [0, 1]


async def test_no_fold_of_a_case_closes_under_the_hand_when_the_case_moves_on(world: World) -> None:
    """What has an id is found again when the page takes over how the case is now."""
    case_id = await a_case(world)
    async with world.browser("claire") as claire:
        folds = []
        for _ in range(2):
            folds.append(
                re.findall(r"<details[^>]*>", (await page(claire, case_id)).partition('data-part="body"')[2])
            )
            await claire.do("ClaimCase", id=str(case_id))
    assert all(re.search(' id="', fold) for fold in folds[0])
    assert len(folds[0]) == 4
    assert folds[0] == folds[1]


@pytest.mark.parametrize("name", ["andreu", "olga"])
async def test_who_only_reads_may_do_nothing(world: World, name: str) -> None:
    case_id, reader = await a_case(world), await world.viewer(name)
    for act, words in (
        (cases.claim, {}),
        (cases.take_over, {"owner_id": 1, "reason": "x"}),
        (cases.answer, {"reply": "x"}),
        (cases.close, {"outcome": "x"}),
        (cases.decide, {"decision": "x"}),
    ):
        assert isinstance(await attempt(world, act, reader, case_id, **words), Forbidden)
    async with world.browser(name) as browser:
        assert (await browser.http.get(f"/cases/{case_id}")).status_code == 200


async def test_the_page_says_who_answered_and_offers_no_second_answer(world: World) -> None:
    case_id = await a_case(world)
    async with world.browser("claire") as claire, world.browser("jon") as jon:
        await claire.do("ClaimCase", id=str(case_id))
        seen = await page(jon, case_id)
        assert "Claire Roussel" in seen
        assert f"/cases/{case_id}/answer" not in seen
        await claire.do("AnswerCase", id=str(case_id), reply="We are on it.")
        assert "Claire Roussel" in await page(jon, case_id)
        assert f"/cases/{case_id}/claim" not in await page(jon, case_id)


async def page(browser: Browser, case_id: int) -> str:
    answer = await browser.http.get(f"/cases/{case_id}")
    assert answer.status_code == 200
    return answer.text
