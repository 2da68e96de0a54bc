"""One invented voice at a time: texts out of the templates in `talk/`, one file per language, our own words.

A template has {slots}, filled from the language's [fillers], and [a|b], of which one is taken.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NAMES: dict[str, dict[str, float]] = {
    "almadia": {"Almadía": 0.45, "Almadía Ferries": 0.25, "@almadiaferries": 0.2, "#AlmadiaFerries": 0.1},
    "brisa": {"Brisa": 0.85, "@brisadrinks": 0.05, "#Brisa": 0.1},
}
"""How people name a brand, by its slug."""
ONE_STORY = ("ship", "route", "port", "flavour")
"""Slots that have their first filler in a crisis: everybody talks about the same ship."""
TAIL_SHARE = 0.7  # of texts that end in a second, shorter sentence

_CHOICE = re.compile(r"\[([^\]]*\|[^\]]*)\]")


@dataclass(frozen=True)
class Talk:
    """One language's templates by section (a brand's slug or `crisis`) and tone or kind of crisis."""

    fillers: Mapping[str, list[str]]
    texts: Mapping[str, Mapping[str, list[str]]]
    tails: Mapping[str, list[str]]


def say(rng: random.Random, lang: str, brand: str, section: str, tone: str) -> str:
    """One text about the brand. `section`: its slug, with a tone; or `crisis`, with a kind."""
    talk, in_crisis = _talk(lang), section == "crisis"
    templates = [rng.choice(talk.texts[section][tone])]
    if rng.random() < TAIL_SHARE:
        templates.append(rng.choice(talk.tails["crisis" if in_crisis else tone]))
    name = pick(rng, NAMES[brand])
    slots = {field: rng.choice(values) for field, values in talk.fillers.items()}
    if in_crisis:
        slots |= {field: talk.fillers[field][0] for field in ONE_STORY}
    return _joined([_filled(rng, one, brand=name, de_brand=_elided(name), **slots) for one in templates])


def person(rng: random.Random) -> str:
    """A handle."""
    people = _read("people")
    number = rng.choice(("", rng.randrange(100)))
    return f"{rng.choice(people['first'])}{rng.choice(('', '_', '.'))}{rng.choice(people['last'])}{number}"


def paper(rng: random.Random) -> str:
    """The handle of a newspaper."""
    return str(rng.choice(_read("people")["papers"]))


def pick(rng: random.Random, weights: Mapping[str, float]) -> str:
    """One of the keys, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def _filled(rng: random.Random, template: str, **slots: str) -> str:
    chosen = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), template)
    return chosen.format(**slots).strip()


def _joined(sentences: list[str]) -> str:
    """Sentences in a row, each with a capital; a full stop where one ends without a sign."""
    text = ""
    for sentence in sentences:
        needs_stop = text and text[-1].isalnum() and (sentence[0].isalnum() or sentence[0] in "¡¿")
        text += (". " if needs_stop else " ") + sentence[0].upper() + sentence[1:]
    return text.strip()


def _elided(name: str) -> str:
    """`d'Almadía`, but `de @almadiaferries`, as French and Catalan have it."""
    return f"d'{name}" if name[0] in "AEIOU" else f"de {name}"


@cache
def _talk(lang: str) -> Talk:
    raw = dict(_read(lang))
    return Talk(raw.pop("fillers"), raw, raw.pop("tails"))


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("tocsin.demo") / "talk" / f"{name}.toml").read_text("utf-8"))
