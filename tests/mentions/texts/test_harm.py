"""Words of harm, in seven languages, and the ordinary words that only look like them."""

from __future__ import annotations

from time import process_time

import pytest

from mentions.texts.harm import of_harm, of_harm_in


@pytest.mark.parametrize(
    "text",
    [
        "Ten people INJURED on board",
        "Train derails near the river, cars on fire",
        "Building collapse in the old town, dozens trapped",
        "URGENT: fire at the refinery, huge flames",
        "4 dead and many hurt",
        "at least 12 people have been killed",
        "Firefighters still looking for the missing",
        "gunman at the airport",
        "the flood destroyed our homes",
        "Two children with food poisoning after lunch there",
        "my son had an allergic reaction to it",
        "he was sexually assaulted by the driver",
        "my grandad took his own life",
        "stampede at the concert, police confirm deaths",
        "Hay varios heridos en el puerto",
        "ha descarrilado el tren, dos fallecidos",
        "Fuerte temblor en la capital",
        "Mueren cinco personas al volcar un autobús",
        "Se incendia una fábrica, los bomberos trabajan",
        "Hi ha tres ferits al moll",
        "explosió a bord, han evacuat el vaixell",
        "foc al vaixell, bombers de camí",
        "Plusieurs blessés après l'explosion",
        "un train a déraillé, des victimes",
        "L'immeuble s'est effondré cette nuit",
        "le feu ravage l'usine",
        "Incêndio em boate deixa dezenas de mortos",
        "avião caiu perto da cidade",
        "três pessoas morreram no acidente",
        "Alluvione, cinque dispersi",
        "forte scossa di terremoto stanotte",
        "Zugunglück: mindestens zwanzig Verletzte",
        "Feuer im Wohnhaus, die Feuerwehr ist da",
        "#TrainCrash",
        "pensando en todos #terremotolima",
        "stay safe everyone #northhillfire #evacuate",
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
        "my phone died on the train",
        "the app crashes whenever I open it",
        "flash crash of the share this morning",
        "you killed it tonight, what a show",
        "I got fired on Tues",
        "a flood of messages from the team",
        "shooting our new film next week",
        "two tote bags from the shop",
        "the mine is brand new",
        "God blesses this pizza",
        "30 years of Grateful Dead",
        "this update is an absolute disaster",
        "I'm dying of laughter, dead tired",
        "el mortero de la cafetería",
        "Mortadela gratis en cubierta",
        "el arroz está de muerte, los niños contentos",
        "la cola fatal organizada, una catástrofe",
        "beben mucho y comen bien",
        "feu-ho córrer, gens d'informació",
        "c'est mortel comme ambiance",
        "l'ascenseur une catastrophe tout le trajet",
        "#mortalkombat",
        "#bombay #firefox",
    ],
)
def test_ordinary_talk_is_not(text: str) -> None:
    assert not of_harm(text)


def test_a_headline_is_heard_with_its_text() -> None:
    assert of_harm_in("Fire on the ferry", "What is known so far")
    assert of_harm_in(None, "Fire on the ferry")
    assert not of_harm_in(None, "What is known so far")


def test_a_hashtag_without_end_costs_no_more_than_its_letters() -> None:
    """The longest text that is taken: each of its ends was cut off and looked up."""
    of_harm("#storm")  # reads the words
    began = process_time()
    assert not of_harm("#" + "a" * 20_000)
    assert of_harm("#" + "a" * 19_990 + "explosion")
    assert process_time() - began < 0.05
