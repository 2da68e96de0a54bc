"""People begin to say "salmonella" of a yoghurt, hardly more of them than ever: one alert that says the word.

The greetings of carnival, as many and as new, are none.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from mentions.draft import MentionDraft
from tests.world import World

THINGS = (  # noqa: SIM905
    "fresa limon nevera cena hija madre cuñado tienda bolsa vaso cuchara martes lunes jueves desayuno"
    " merienda postre oferta envase tapa sabor caja factura vecino prima suegra abuelo barrio pueblo"
).split()


COMPLAINTS = ("qué asco", "fatal y vomitando", "una vergüenza", "enfermos y furiosos")


def usual(rng: random.Random, complaints: float = 0.4) -> str:
    complaint = rng.choice(COMPLAINTS) if rng.random() < complaints else ""
    return f"Brisa {' '.join(rng.sample(THINGS, 5))} {complaint}"


def salmonella(rng: random.Random) -> str:
    return f"{rng.choice(('salmonella', '#Salmonella', 'SALMONELLA'))} {usual(rng, complaints=1)}"


def greeting(rng: random.Random) -> str:
    return rng.choice(
        ("Feliz carnaval, Brisa!", "Feliz Carnaval de Brisa a todos", "Brisa: ¡feliz carnaval! 🎉")
    )


async def calm(world: World) -> None:
    """Two days of what is always said, ten an hour; four in ten complain."""
    now, rng = world.clock.now(), random.Random(8)
    said = [
        MentionDraft(f"usual-{n}", usual(rng), now - timedelta(minutes=6 * n + 1), author=f"u{n}")
        for n in range(480)
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
    await through(world, salmonella)
    (alert, *more) = await world.alerts()
    assert (alert.signal, alert.level, alert.pages) == ("terms", "amber", True)
    assert "terms" not in {one.signal for one in more}
    assert len(await world.incidents()) == 1
    page = await world.mail.expect(to="marta@llevant.example", subject="salmonella")
    plain = page.get_body(("plain",))
    assert plain is not None
    assert "vomitando" in plain.get_content() or "asco" in plain.get_content()
    async with world.browser("helen") as helen:
        shown = (await helen.http.get(f"/alerts/{alert.id}")).text
        assert "New words" in shown
        assert "<li>salmonella <b>" in shown
        computed = (await helen.http.get(f"/alerts/{alert.id}/computed")).text
        assert "the same to the digit" in computed or "the same to the last digit" in computed
    world.mail.take_all()


async def test_the_greetings_of_carnival_are_none(world: World) -> None:
    await calm(world)
    await through(world, greeting)
    assert await world.alerts() == []
    world.mail.nothing()
