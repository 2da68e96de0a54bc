"""Words of harm, in four languages, and the ordinary words that only look like them."""

from __future__ import annotations

import pytest

from mentions.harm import of_harm


@pytest.mark.parametrize(
    "text",
    [
        "Two people INJURED on board",
        "Hay varios heridos en el puerto",
        "ha descarrilado el tren, dos fallecidos",
        "Hi ha tres ferits al moll",
        "explosió a bord, han evacuat el vaixell",
        "Plusieurs blessés après l'explosion",
        "un train a déraillé, des victimes",
    ],
)
def test_harm_to_people_is_heard(text: str) -> None:
    assert of_harm(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The queue was murder, but the crew were lovely",
        "my phone is dead and so is the app",
        "el mortero de la cafetería",
        "Mortadela gratis en cubierta",
        "c'est mortel comme ambiance",
    ],
)
def test_ordinary_talk_is_not(text: str) -> None:
    assert not of_harm(text)
