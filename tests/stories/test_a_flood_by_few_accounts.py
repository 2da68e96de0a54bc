"""A flood by few accounts wakes nobody and is told apart; when a crowd follows, the rota is paged."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from alerts.detection.severity import reweigh
from tests.world import World
from tocsin.demo import generator

TEXT = "Almadía abandona a 300 pasajeros en alta mar y lo oculta, compartidlo antes de que lo borren"
THINGS = [f"cosa{number}" for number in range(14)]


async def calm(world: World) -> None:
    """Three quiet days."""
    now = world.clock.now()
    await world.remember(
        generator.calm(random.Random(8), now - timedelta(days=3), 3 * 24 * 60, 1.2, "almadia")
    )
    await world.settle()


async def minute_of(world: World, posts: Sequence[dict[str, Any]]) -> None:
    """These posts arrive, one minute later."""
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    await world.send({"mentions": list(posts)})
    await world.settle()


async def test_three_accounts_post_two_hundred_times(world: World) -> None:
    await calm(world)
    for minute in range(4):
        posts = [
            {
                "id": f"{minute}-{i}",
                "text": f"{TEXT} {'!' * (i % 4)}",
                "author": f"@bot{i % 3}",
                "followers": 9,
            }
            for i in range(60)
        ]
        await minute_of(world, posts)
    await world.forward(minutes=20)
    world.mail.nothing()
    assert await world.incidents() == []
    (alert,) = await world.alerts()
    assert (alert.signal, alert.level, alert.pages) == ("volume", "green", False)
    severity = alert.evidence["severity"]
    assert severity["told"] == "few_accounts"
    assert severity["inputs"]["accounts"] <= 12
    assert json.loads(json.dumps(reweigh(severity).explained())) == severity
    async with world.browser("helen") as helen:
        page = (await helen.http.get(f"/alerts/{alert.id}")).text
        assert "as loud as a crowd, and none" in page
        assert "This alert only informs" in page


async def test_one_account_complains_a_hundred_times_in_ever_other_words(world: World) -> None:
    await calm(world)
    rng = random.Random(4)
    for minute in range(4):
        posts = [
            {"id": f"{minute}-{i}", "text": f"Almadía es una vergüenza: {' '.join(rng.sample(THINGS, 8))}",
             "author": "@fury", "followers": 40}
            for i in range(30)
        ]  # fmt: skip
        await minute_of(world, posts)
    await world.forward(minutes=20)
    world.mail.nothing()
    assert await world.incidents() == []
    assert {alert.level for alert in await world.alerts()} <= {"green"}


async def test_a_crowd_that_follows_the_flood_is_paged(world: World) -> None:
    await calm(world)
    flood = [{"id": f"a{i}", "text": TEXT, "author": f"@bot{i % 3}"} for i in range(90)]
    await minute_of(world, flood)
    world.mail.nothing()
    assert [alert.pages for alert in await world.alerts()] == [False]
    for minute in range(4):
        crowd = [
            {"id": f"b{minute}-{i}", "text": f"RT @bot1: {TEXT}", "author": f"person{minute}-{i}"}
            for i in range(40)
        ]
        await minute_of(world, crowd)
    (alert, *_) = await world.alerts()
    assert alert.pages
    assert alert.level in ("amber", "red")
    await world.mail.expect(to="marta@llevant.example", subject="Almadía")
    assert len(await world.incidents()) == 1
    assert len([one for one in await world.alerts() if one.signal == "volume"]) == 1
    world.mail.take_all()
