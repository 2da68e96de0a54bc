"""A wave of praise is told as an opportunity: nobody is woken and no incident opens (R62)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from people.letters import Letter
from tests.world import World
from tocsin.demo import generator

PRAISE = (
    "Me encanta Almadía, gracias",
    "Enhorabuena Almadía, viaje maravilloso",
    "Qué bien con Almadía, feliz",
)
SCORN = ("Almadía es una vergüenza", "Qué asco de servicio Almadía", "Almadía, nunca más, un desastre")
THINGS = [f"punto{number}" for number in range(14)]


async def wave(world: World, words: Sequence[str], minutes: int, *, name: str) -> None:
    """Twelve people a minute, each in words of their own."""
    rng = random.Random(2)
    for minute in range(minutes):
        world.clock.set(world.clock.now() + timedelta(minutes=1))
        posts = [
            {"id": f"{name}{minute}-{i}", "author": f"{name}{minute}-{i}", "followers": 300,
             "text": f"{rng.choice(words)}: {' '.join(rng.sample(THINGS, 7))}"}
            for i in range(12)
        ]  # fmt: skip
        await world.send({"mentions": posts})
        await world.settle()


async def test_praise_informs_and_a_turn_of_the_mood_pages(world: World) -> None:
    now = world.clock.now()
    await world.remember(
        generator.calm(random.Random(8), now - timedelta(days=4), 4 * 24 * 60, 1.0, "almadia")
    )
    await world.settle()
    await wave(world, PRAISE, 10, name="fan")
    await world.forward(minutes=10)
    world.mail.nothing()
    async with world.core.database.read() as session:
        morning = list(await session.scalars(select(Letter.due_at)))
        brands = [about["brand_ids"] for about in await session.scalars(select(Letter.about))]
    assert {due.astimezone(ZoneInfo("Europe/Madrid")).hour for due in morning} == {8}, "nobody is woken"
    assert brands == [[1]] * len(morning), "if the brand has a secret by then, they hold the link alone"
    assert await world.incidents() == []
    told = {alert.signal: alert for alert in await world.alerts()}
    assert "positive" in told
    assert {alert.level for alert in told.values()} == {"green"}
    assert not any(alert.pages for alert in told.values())
    async with world.browser("helen") as helen:
        home = (await helen.http.get("/")).text
        assert "Opportunities" in home
        assert told["positive"].title in home
        page = (await helen.http.get(f"/alerts/{told['positive'].id}")).text
        assert "an opportunity, and no crisis" in page
    # The same many people, no longer pleased.
    await wave(world, SCORN, 6, name="foe")
    assert len(await world.incidents()) == 1
    await world.mail.expect(to="marta@llevant.example", subject="Almadía")
    families = [alert.signal for alert in await world.alerts() if alert.ended_at is None]
    assert len(families) == len(set(families)) <= 3
    world.mail.take_all()
