"""People begin to say "moho" of a yoghurt, hardly more of them than ever: one alert that says the word.

The greetings of carnival, as many and as new, are at most praise. A report that a dozen accounts copy within
ten minutes is an alert that shows it. Both are told on a page, in the war room, by mail and in GraphQL.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from mentions.drafts.draft import MentionDraft
from tests.mailbox import plain_text
from tests.world import World

ASKED = """query($id: ID!) { alert(id: $id) { signal headline recomputed { state }
  evidence { observed formula voices { text } severity { points }
             arrived { velocity fastest texts terms { term count } } } } }"""
REPORT = "Qué asco y qué vergüenza: Brisa calla que sus neveras fallan, pasadlo antes de que lo borren"

THINGS = (  # noqa: SIM905
    "fresa limon nevera cena hija madre cuñado tienda bolsa vaso cuchara martes lunes jueves desayuno"
    " merienda postre oferta envase tapa sabor caja factura vecino prima suegra abuelo barrio pueblo"
).split()


COMPLAINTS = ("qué asco", "fatal y vomitando", "una vergüenza", "enfermos y furiosos")


def usual(rng: random.Random, complaints: float = 0.4) -> str:
    complaint = rng.choice(COMPLAINTS) if rng.random() < complaints else ""
    return f"Brisa {' '.join(rng.sample(THINGS, 5))} {complaint}"


def moho(rng: random.Random) -> str:
    return f"{rng.choice(('moho', '#Moho', 'MOHO'))} {usual(rng, complaints=1)}"


def greeting(rng: random.Random) -> str:
    return rng.choice(
        ("Feliz carnaval, Brisa!", "Feliz Carnaval de Brisa a todos", "Brisa: ¡feliz carnaval! 🎉")
    )


async def calm(world: World, days: int = 2, every: int = 6) -> None:
    """Days of what is always said, once in so many minutes; four in ten complain."""
    now, rng = world.clock.now(), random.Random(8)
    said = [
        MentionDraft(f"usual-{n}", usual(rng), now - timedelta(minutes=every * n + 1), author=f"u{n}")
        for n in range(1440 * days // every)
    ]
    await world.remember(said)


async def through(world: World, say: Callable[[random.Random], str]) -> None:
    """Forty people in four hours, as many as ever; the workers look every half an hour."""
    rng = random.Random(3)
    for half_hour in range(8):
        for number in range(5):
            world.clock.set(world.clock.now() + timedelta(minutes=6))
            await world.send({"mentions": [
                {"id": f"{half_hour}-{number}", "text": say(rng), "author": f"@p{half_hour}-{number}"}
            ]})  # fmt: skip
        await world.settle()


async def test_a_word_that_nobody_used_before_is_one_alert_that_says_it(world: World) -> None:
    await calm(world)
    await through(world, moho)
    (alert, *more) = await world.alerts()
    assert (alert.signal, alert.level, alert.pages) == ("terms", "amber", True)
    assert "terms" not in {one.signal for one in more}
    assert len(await world.incidents()) == 1
    page = await world.mail.expect(to="marta@llevant.example", subject="moho")
    said = plain_text(page)
    assert "vomitando" in said or "asco" in said
    async with world.browser("helen") as helen:
        shown = (await helen.http.get(f"/alerts/{alert.id}")).text
        assert "New words" in shown
        assert "<li>moho <b>" in shown
        computed = (await helen.http.get(f"/alerts/{alert.id}/computed")).text
        assert computed.count("the same to the digit") == 1
        told = (await helen.ask(ASKED, id=str(alert.id)))["alert"]
        assert told["recomputed"]["state"] == "same"
        assert told["evidence"]["arrived"]["terms"][0]["term"] == "moho"
        assert told["evidence"]["arrived"]["texts"] > 200
        room = (await helen.http.get(f"/incidents/{(await world.incidents())[0].id}")).text
        assert "new words: moho" in room
    world.mail.take_all()


async def test_a_story_that_spreads_is_one_alert_that_shows_it(world: World) -> None:
    await calm(world, days=4, every=2)
    for number in range(13):
        world.clock.set(world.clock.now() + timedelta(seconds=30))
        text = f"RT @first: {REPORT}" if number else REPORT
        await world.send({"mentions": [{"id": f"r{number}", "text": text, "author": f"@copy{number}"}]})
        await world.work_off_stream()
    await world.settle()
    (alert,) = await world.alerts()
    assert (alert.signal, alert.level, alert.pages) == ("story", "amber", True)
    async with world.browser("helen") as helen:
        told = (await helen.ask(ASKED, id=str(alert.id)))["alert"]
        assert told["headline"].endswith("a story that spreads fast: 11 accounts")
        assert told["recomputed"]["state"] == "same"
        assert told["evidence"]["arrived"]["velocity"] == 1.1
        assert len(told["evidence"]["arrived"]["fastest"]) >= 3
        assert REPORT in told["evidence"]["voices"][0]["text"]
        shown = (await helen.http.get(f"/alerts/{alert.id}")).text
        assert "A story that spreads fast" in shown
        assert REPORT in shown
        computed = (await helen.http.get(f"/alerts/{alert.id}/computed")).text
        assert computed.count("the same to the digit") == 1
        (incident,) = await world.incidents()
        assert "a story that spreads fast" in (await helen.http.get(f"/incidents/{incident.id}")).text
    page = await world.mail.expect(to="marta@llevant.example", subject="es difon de pressa")
    assert REPORT in plain_text(page)
    world.mail.take_all()


async def test_the_greetings_of_carnival_are_no_new_words(world: World) -> None:
    await calm(world)
    await through(world, greeting)
    assert {(one.signal, one.pages) for one in await world.alerts()} <= {("positive", False)}
    world.mail.nothing()
