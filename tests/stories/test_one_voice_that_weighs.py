"""One critical post of somebody on the brand's list, or with a million followers, opens an alert at once."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from incident.incident import Incident
from kit.events import Event
from mentions.notable import put
from people.organisations import Brand
from tests.mailbox import plain_text
from tests.world import World, at
from tocsin.demo import generator

ANGRY = "Almadía es una vergüenza, qué asco de servicio, nunca más"
KIND = "Almadía Ferries sale hoy de Palma hacia Dénia"


async def calm(world: World) -> None:
    now = world.clock.now()
    await world.remember(generator.calm(random.Random(8), now - timedelta(days=1), 24 * 60, 1.0, "almadia"))
    await world.settle()


async def say(world: World, text: str, **values: Any) -> None:
    await world.send({"mentions": [{"id": f"{text[:9]}{values}", "text": text, **values}]})
    await world.settle()


async def listed(world: World, *names: str, followers: int | None = 1_000_000) -> None:
    viewer = await world.viewer("helen")
    async with world.core.database.unit_of_work() as session:
        brand = (await session.scalars(select(Brand).where(Brand.slug == "almadia"))).one()
        await put(session, viewer, brand.id, names, followers, now=world.clock.now())


async def test_it_pages_within_the_second_and_says_who(world: World) -> None:
    await calm(world)
    await say(world, ANGRY, author="@nuria_viaja", followers=1_400_000, url="https://s.example/1")
    (alert,) = await world.alerts()
    assert (alert.signal, alert.level, alert.pages) == ("notable", "amber", True)
    assert alert.title == "Almadía Ferries: a voice that weighs", "what is kept for ever names nobody"
    (voice,) = alert.evidence["voices"]
    assert voice["followers"] == 1_400_000
    assert (alert.evidence["heard"], alert.evidence["in_open_minute"]) == ([voice["mention"]], 1)
    page = await world.mail.expect(to="marta@llevant.example", subject="nuria_viaja")
    assert "qué asco de servicio" in plain_text(page)
    async with world.core.database.read() as session:
        assert len((await session.scalars(select(Incident))).all()) == 1
        assert "nuria_viaja" not in str([event.data for event in await session.scalars(select(Event))])
    async with world.browser("helen") as helen:
        shown = (await helen.http.get(f"/alerts/{alert.id}")).text
        assert "@nuria_viaja" in shown
        assert "1,400,000" in shown
        computed = (await helen.http.get(f"/alerts/{alert.id}/computed")).text
        assert "the same to the digit" in computed
        drawn = (await helen.http.get("/incidents/1/parts/curves")).text
        assert 'class="usual"' in drawn, "how many there are beside what is usual"
    # Another one while it is open: no second alert; long after the last one it ends.
    await say(world, f"{ANGRY} ni loca", author="@otra", followers=2_000_000)
    assert len(await world.alerts()) == 1
    await world.forward(hours=4, minutes=5, step=600)
    (alert,) = [one for one in await world.alerts() if one.signal == "notable"]
    assert alert.ended_at is not None
    world.mail.take_all()


async def test_a_listed_newspaper_with_few_followers_weighs_and_its_kind_words_wake_nobody(
    world: World,
) -> None:
    await calm(world)
    await listed(world, "diaridelport.example")
    await say(world, KIND, author="Redacció", kind="article", url="https://www.diaridelport.example/1")
    assert await world.alerts() == []
    await say(world, ANGRY, author="Redacció", kind="article", url="https://economia.diaridelport.example/2")
    (alert,) = await world.alerts()
    assert alert.evidence["voices"][0]["author"] == "Redacció"
    await world.mail.expect(to="marta@llevant.example", subject="Redacció")
    world.mail.take_all()


@pytest.mark.parametrize(
    "post",
    [
        {"author": "@small", "followers": 900_000},
        {"author": "@nobody_says_how_many"},
        {"author": "@big", "followers": 5_000_000, "published_at": "2026-03-09T12:00:00Z"},
    ],
)
async def test_who_does_not_weigh_and_what_is_old_wakes_nobody(world: World, post: dict[str, Any]) -> None:
    world.clock.set(at("2026-03-10T03:10:00"))
    await calm(world)
    await say(world, ANGRY, **post)
    await world.forward(minutes=2)
    assert await world.alerts() == []
    world.mail.nothing()


async def test_a_restart_between_the_post_and_the_look_loses_nothing(world: World) -> None:
    await calm(world)
    await world.send({"mentions": [{"id": "1", "text": ANGRY, "author": "@big", "followers": 3_000_000}]})
    world.clock.forward(minutes=25)  # nobody ticked
    await world.settle()
    assert [alert.signal for alert in await world.alerts()] == ["notable"]
    world.mail.take_all()
