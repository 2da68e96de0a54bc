"""Customers see one team: what somebody says in one thread is one case, whoever of us looks at it."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import func, select, update

from incident.timeline import describe
from kit.events import Event
from mentions.mention import Mention
from mentions.monitor import Monitor
from mentions.source import Source
from mentions.triage.access import history
from mentions.triage.case import Case, CaseMention
from mentions.triage.grouping import SAME_MATTER, key_of
from mentions.triage.opening import open_cases
from mentions.triage.themes import close_theme
from tests.mentions.makers import draft, make_source, put
from tests.world import World

COMPLAINT = "Waited two hours for @almadiaferries and nobody answered, disgraceful service"
CASES = "{ cases(limit: 100) { id label state mentions copies department { slug } reason newest { text } } }"


def post(number: str, text: str = COMPLAINT, **values: Any) -> dict[str, Any]:
    return {"id": number, "text": text, "lang": "en", **values}


async def cases(world: World) -> list[dict[str, Any]]:
    await world.settle()
    world.mail.take_all()
    async with world.browser("claire") as claire:
        return list((await claire.ask(CASES))["cases"])


async def test_three_posts_of_one_author_in_one_thread_are_one_case(world: World) -> None:
    await world.send(
        {
            "mentions": [
                post("1", author="lluc", thread="t1"),
                post("2", "And no seat either, @almadiaferries, awful", author="lluc", thread="t1"),
            ]
        }
    )
    assert len(await cases(world)) == 1
    await world.send(
        {"mentions": [post("3", "And still waiting, @almadiaferries", author="lluc", thread="t1")]}
    )
    (case,) = await cases(world)
    assert (case["mentions"], case["label"], case["department"]["slug"]) == (
        3,
        "complaint",
        "customer-service",
    )
    assert case["newest"]["text"] == "And still waiting, @almadiaferries"


async def test_another_author_or_another_thread_is_another_case(world: World) -> None:
    await world.send(
        {
            "mentions": [
                post("1", author="lluc", thread="t1"),
                post("2", "The wifi on deck 5 is broken again, @almadiaferries", author="lluc", thread="t2"),
                post("3", "My cabin was filthy, @almadiaferries, I want a refund", author="mar", thread="t1"),
            ]
        }
    )
    assert len(await cases(world)) == 3


async def test_an_author_who_writes_again_after_the_answer_opens_the_same_case(world: World) -> None:
    await world.send({"mentions": [post("1", author="lluc", thread="t1")]})
    (case,) = await cases(world)
    async with world.browser("claire") as claire:
        await claire.do("ClaimCase", id=case["id"])
        await claire.do("AnswerCase", id=case["id"], reply="We are sorry; your refund is on its way.")
    await world.send(
        {"mentions": [post("2", "No refund yet, @almadiaferries, fed up", author="lluc", thread="t1")]}
    )
    (again,) = await cases(world)
    assert (again["id"], again["state"], again["mentions"]) == (case["id"], "new", 2)
    async with world.browser("claire") as claire:
        history = (
            await claire.ask("query ($n: ID!) { case(id: $n) { reply history { kind } } }", n=case["id"])
        )["case"]
    assert [event["kind"] for event in history["history"]] == [
        "case.claimed",
        "case.answered",
        "case.reopened",
    ]
    assert history["reply"]


def answer(number: str, text: str, to: str) -> dict[str, Any]:
    """As Mastodon tells of one: the parent, and not the root."""
    return post(number, f"{text}, @almadiaferries, awful", author="ana", reply_to=to)


async def test_answers_that_name_only_their_parent_are_one_case_with_what_began(world: World) -> None:
    """Ana's post; ours, that no monitor asked for; her answer to it, and to herself, the later first."""
    await world.send({"mentions": [post("1", author="ana", thread="1")]})
    (case,) = await cases(world)
    await world.send({"mentions": [answer("4", "And still nothing", "3"), answer("3", "Nobody called", "2")]})
    (again,) = await cases(world)
    assert (again["id"], again["mentions"]) == (case["id"], 3)
    await world.send({"mentions": [answer("5", "A whole week now", "4")]})
    (again,) = await cases(world)
    assert (again["id"], again["mentions"]) == (case["id"], 4)


async def test_the_whole_chain_of_answers_is_followed_to_what_began_it(world: World) -> None:
    chain = [answer(str(n), f"No refund after {n} weeks", str(n - 1)) for n in (4, 3, 2)]
    await world.send({"mentions": [*chain, post("1", author="ana", thread="1")]})
    await world.send({"mentions": [answer("5", "Nor after five weeks", "4")]})
    (case,) = await cases(world)
    assert case["mentions"] == 5
    async with world.core.database.read() as session:
        assert set(await session.scalars(select(Mention.thread))) == {"1"}


async def heard(world: World, source: Source, number: str, host: str, text: str) -> None:
    said = draft(text, at=world.clock.now(), native_id=number, author="ana", domain=host, lang="en")
    await put(world.core, source, said)


async def test_an_author_heard_through_two_sources_is_one_case_and_a_namesake_elsewhere_another(
    world: World,
) -> None:
    async with world.core.database.unit_of_work() as session:
        sources = [await make_source(session, name) for name in ("one", "two")]
    await heard(world, sources[0], "1", "mar.example", COMPLAINT)
    await heard(world, sources[1], "2", "mar.example", "Nobody calls back, @almadiaferries, terrible")
    await heard(
        world, sources[1], "3", "cel.example", "The wifi on deck 5 is broken again, @almadiaferries, awful"
    )
    assert sorted(case["mentions"] for case in await cases(world)) == [1, 2]


async def test_a_case_that_the_version_before_opened_goes_on(world: World) -> None:
    """It told accounts apart by the source."""
    async with world.core.database.unit_of_work() as session:
        source = await make_source(session, "one")
    await heard(world, source, "1", "mar.example", COMPLAINT)
    (case,) = await cases(world)
    former = key_of(str(source.id), "ana", None, story_id=None, mention_id=0)
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Case).values(key=former))
    await heard(world, source, "2", "mar.example", "Nobody calls back, @almadiaferries, terrible")
    (again,) = await cases(world)
    assert (again["id"], again["mentions"]) == (case["id"], 2)
    await heard(
        world, source, "3", "cel.example", "The wifi on deck 5 is broken again, @almadiaferries, awful"
    )
    assert [one["mentions"] for one in await cases(world)] == [3], "of the source it was one account"
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Case).values(state="closed", closed_at=world.clock.now() - SAME_MATTER))
    await heard(world, source, "4", "mar.example", "The toilets are filthy, @almadiaferries, disgusting")
    assert [one["mentions"] for one in await cases(world) if one["state"] != "closed"] == [1]


async def test_a_complaint_that_turns_into_a_threat_goes_where_threats_go(world: World) -> None:
    await world.send({"mentions": [post("1", author="lluc", thread="t1")]})
    await cases(world)
    await world.send(
        {"mentions": [post("2", "See you in court, @almadiaferries", author="lluc", thread="t1")]}
    )
    (case,) = await cases(world)
    assert (case["label"], case["department"]["slug"], case["mentions"]) == ("threat", "legal", 2)
    async with world.browser("helen") as helen:
        assert "Do not answer in public." in (await helen.http.get(f"/cases/{case['id']}")).text


async def test_copies_and_praise_and_news_make_no_case(world: World) -> None:
    storm = [post(str(n), author=f"bot{n}", url=f"https://social.example/{n}") for n in range(1, 30)]
    calm = [
        post("40", "The @almadiaferries ship docked at 21:30.", author="log"),
        post("41", "Thank you so much @almadiaferries, lovely crew!", author="gran"),
    ]
    await world.send({"mentions": [*storm, *calm]})
    found = await cases(world)
    assert [(case["label"], case["copies"]) for case in found] == [("complaint", 28)]


async def test_what_is_said_of_a_competitor_is_nobodys_case(world: World) -> None:
    async with world.core.database.unit_of_work() as session:
        await session.execute(update(Monitor).values(type="competitor"))
    await world.send({"mentions": [post("1", author="lluc")]})
    assert await cases(world) == []


async def test_the_same_batch_five_times_by_two_workers_is_still_one_case_each(world: World) -> None:
    batch = [
        post(
            str(n),
            f"{COMPLAINT}. Booking number {n * 7919} from gate {n * 31}, seat {n * 17}",
            author=f"a{n % 20}",
            thread=f"t{n % 20}",
        )
        for n in range(60)
    ]
    for _ in range(5):
        await world.send({"mentions": batch})
    await asyncio.gather(*(open_cases(world.core) for _ in range(4)))
    await world.settle()
    world.mail.take_all()
    async with world.core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Case)) == 20
        total = await session.scalar(select(func.sum(Case.mentions)))
        assert total == await session.scalar(select(func.count()).select_from(CaseMention))


async def test_a_partner_knows_of_no_case(world: World) -> None:
    await world.send({"mentions": [post("1", author="lluc", thread="t1")]})
    (case,) = await cases(world)
    async with world.browser("nuria") as nuria:
        asked = await nuria.graphql("query ($n: ID!) { case(id: $n) { id } }", n=case["id"])
        assert asked["errors"][0]["extensions"]["code"] == "not_found"
        refused = await nuria.graphql("{ inboxes { waiting } }")
        assert refused["errors"][0]["extensions"]["code"] == "forbidden"
        assert (await nuria.http.get(f"/cases/{case['id']}")).status_code == 404
        assert (await nuria.http.get("/desk")).status_code == 200


async def test_a_wave_closed_by_one_decision_is_in_the_history_of_each_case(world: World) -> None:
    texts = (
        "The wifi on deck 5 is broken again, @almadiaferries, terrible",
        "No wifi for the whole crossing, @almadiaferries, awful service",
        "Paid for wifi that never worked, I want a refund @almadiaferries",
    )
    said = [post(str(n), text, author=f"a{n}", thread=f"t{n}") for n, text in enumerate(texts)]
    await world.send({"mentions": said})
    waiting = await cases(world)
    async with world.core.database.unit_of_work() as session:
        department_id = (await session.get_one(Case, int(waiting[0]["id"]))).department_id
        helen, now = await world.viewer("helen"), world.clock.now()
        outcome = "Mended on Friday."
        closed = await close_theme(session, helen, department_id, "wifi", outcome=outcome, now=now)
    assert closed == len(waiting) == 3
    async with world.core.database.read() as session:
        (told,) = await session.scalars(select(Event).where(Event.kind == "cases.closed"))
        for case in waiting:
            assert (await history(session, int(case["id"])))[-1].seq == told.seq
        assert await history(session, 999) == []
    assert describe(told) == "Closed 3 cases about “wifi”: Mended on Friday."
    async with world.browser("helen") as browser:
        assert outcome in (await browser.http.get(f"/cases/{waiting[0]['id']}")).text.split("history")[-1]
