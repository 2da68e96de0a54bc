"""A storm of copies is told as one text that was repeated, a crowd of complaints as a crowd.

Both are as loud. The storm is named in the alert with its text, its copies and its accounts, and the signs
that accounts act together are told as evidence; the crowd gives none of that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.mailbox import plain_text
from tests.world import Browser, World
from tocsin.demo import generator

TEXT = "Almadía abandona a 300 pasajeros en alta mar y lo oculta, compartidlo antes de que lo borren"
PER_MINUTE = 60
MINUTES = 4
WORDS = (  # noqa: SIM905
    "ferry barco vaixell bateau deck port cabin engine motor coche cotxe voiture dog gos chien perro madre "
    "mare fille hijo wait espera hores heures toilets agua aigua food menjar comida nadie ningú personne "
    "capitán crew staff taquilla guichet refund reemborso dinero night noche nit nuit Palma Maó Dénia Sète "
    "Toulon Eivissa València Alcúdia cold frío fred hot calor queue cua fila lost perdido missed boda "
    "doctor hospital phone teléfono web app closed tancat fermé angry harto farta tired cansado broken roto"
).split()

STATE = """query { alerts { id level evidence { drivers {
  mentions copies terms { term } stories { text author count copies accounts velocity reach }
  coordination { sign value reached } } } } }"""


def storm(rng: random.Random, number: int) -> tuple[str, str]:
    """One of forty accounts repeats the text, each in its way."""
    forms = (
        f"RT @first: {TEXT}",
        f"{TEXT} #SOS",
        f"Qué fuerte: {TEXT}",
        f"RT @first: {TEXT[:75]}…",
        TEXT.upper(),
    )
    return rng.choice(forms), f"account_{number % 40}"


def crowd(rng: random.Random, number: int) -> tuple[str, str]:
    """Somebody complains, in words of their own."""
    return f"Almadía {' '.join(rng.sample(WORDS, 9))}", f"person_{number}"


async def loud_minutes(world: World, said: Callable[[random.Random, int], tuple[str, str]]) -> None:
    """Three days of calm, then as many posts a minute of one kind or the other."""
    rng, now = random.Random(8), world.clock.now()
    await world.remember(generator.calm(rng, now - timedelta(days=3), 3 * 24 * 60, 1.2, "almadia"))
    await world.settle()
    world.mail.nothing()
    number = 0
    for _ in range(MINUTES):
        world.clock.set(world.clock.now() + timedelta(minutes=1))
        posts = []
        for _ in range(PER_MINUTE):
            text, author = said(rng, number)
            posts.append({"id": f"loud-{number}", "text": text, "author": author, "followers": 100})
            number += 1
        await world.send({"mentions": posts})
        await world.send({"mentions": posts})  # and delivered twice
        await world.settle()


async def told(browser: Browser) -> dict[str, Any]:
    """What drives the alert that was raised first."""
    alerts = (await browser.ask(STATE))["alerts"]
    assert alerts
    return dict(alerts[-1]["evidence"]["drivers"])


async def test_a_storm_of_copies(world: World) -> None:
    await world.hear(TEXT, author="@first")
    await loud_minutes(world, storm)
    await world.forward(minutes=5)  # the evidence of an alert that goes on is told again
    async with world.browser("helen") as helen:
        found = await told(helen)
        brand = (await helen.ask("{ brands { id slug } }"))["brands"]
        page = await helen.http.get(f"/alerts/{(await helen.ask(STATE))['alerts'][-1]['id']}")
        live = await helen.ask(
            """query ($b: ID!, $since: DateTime!, $until: DateTime!) {
              drivers(brandId: $b, since: $since, until: $until) { mentions copies stories { copies } } }""",
            b=next(one["id"] for one in brand if one["slug"] == "almadia"),
            since=(world.clock.now() - timedelta(minutes=30)).isoformat(),
            until=world.clock.now().isoformat(),
        )
    assert found["copies"] >= 0.95 * found["mentions"]
    (story,) = found["stories"]
    assert story["text"] == TEXT
    assert story["author"] == "@first"
    assert story["accounts"] >= 40
    assert PER_MINUTE <= story["velocity"] <= PER_MINUTE + 1
    reached = {line["sign"] for line in found["coordination"] if line["reached"]}
    assert reached == {"heavy_posters", "copies", "cluster"}
    assert "Coordination evidence" in page.text
    assert not re.search(r"\bbots?\b", page.text, re.IGNORECASE)
    assert live["drivers"]["stories"][0]["copies"] == PER_MINUTE * MINUTES
    assert live["drivers"]["copies"] < PER_MINUTE * MINUTES + 10  # and few of the calm's
    mail = await world.mail.expect(to="marta@llevant.example", subject="Almadía")
    assert "300 pasajeros" in plain_text(mail)
    world.mail.take_all()  # nobody acknowledged: others were paged as well


async def test_a_crowd_in_its_own_words(world: World) -> None:
    await loud_minutes(world, crowd)
    await world.forward(minutes=5)
    async with world.browser("helen") as helen:
        found = await told(helen)
        page = await helen.http.get(f"/alerts/{(await helen.ask(STATE))['alerts'][-1]['id']}")
    assert found["mentions"] >= 0.9 * PER_MINUTE * MINUTES
    assert found["copies"] <= 0.05 * found["mentions"]
    assert [line for line in found["coordination"] if line["reached"]] == []
    assert "Coordination evidence" not in page.text
    world.mail.take_all()
