"""One invented voice at a time: texts out of the short sentences in `talk/`, in our own words.

A sentence has {slots}, filled from the language's [fillers], and [a|b], of which one is taken. A text is made
of one sentence or several in any order, often with a short end, and typed as people type.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

NAMES: dict[str, dict[str, float]] = {
    "almadia": {"Almadía": 0.45, "Almadía Ferries": 0.25, "@almadiaferries": 0.2, "#AlmadiaFerries": 0.1},
    "brisa": {"Brisa": 0.85, "@brisadrinks": 0.05, "#Brisa": 0.1},
}
"""How people name a brand, by its slug."""
HANDLES: dict[str, Sequence[str]] = {
    "almadia": ("@almadiaferries", "#AlmadiaFerries", "Almadía Ferries", "#Almadia"),
    "brisa": ("@brisadrinks", "#Brisa", "#BrisaDrinks @brisadrinks"),
}
"""How people add the brand to a text that does not name it."""
ONE_STORY = ("ship", "route", "port", "flavour")
"""Slots that have their first filler in a crisis: everybody talks about the same ship."""
ENDS = {
    "ask": "question",
    "support": "praise",
    "lead": "question",
    "threat": "complaint",
    "media": "question",
}
"""The ends that a tone borrows, having none of its own."""
CALM_SENTENCES = {1: 0.1, 2: 0.5, 3: 0.4}
CRISIS_SENTENCES = {1: 0.15, 2: 0.5, 3: 0.35}
REACTIONS = {0: 0.2, 1: 0.5, 2: 0.3}
"""How many sentences about how it feels are added to those about what happened."""
DETAIL_SHARE = 0.5
TAIL_SHARE = 0.4
LOWER_SHARE, TYPO_SHARE, SHOUT_SHARE = 0.14, 0.08, 0.02
"""Of texts: all in lower case, with one slip of the finger, all in capitals."""

_CHOICE = re.compile(r"\[([^\]]*\|[^\]]*)\]")
_LONG_WORD = re.compile(r"(?<![\w@#'’])[a-zà-ÿ]{6,}(?!\w)")


@dataclass(frozen=True)
class Talk:
    """One language's sentences by section (a brand's slug, `crisis`, `press`) and tone or kind of crisis."""

    fillers: Mapping[str, list[str]]
    texts: Mapping[str, Mapping[str, list[str]]]
    tails: Mapping[str, list[str]]


class Slots(dict[str, str]):
    """What stands in a text's slots, chosen when first needed: one text speaks of one time and one sum."""

    def __init__(self, rng: random.Random, talk: Talk, brand: str, *, one_story: bool) -> None:
        name = pick(rng, NAMES[brand])
        fixed = {field: talk.fillers[field][0] for field in ONE_STORY} if one_story else {}
        super().__init__(brand=name, de_brand=_elided(name), **fixed)
        self._rng, self._fillers = rng, talk.fillers

    def __missing__(self, field: str) -> str:
        chosen = self._rng.choice(self._fillers[field])
        if field == "detail":
            return chosen.format_map(self)
        self[field] = chosen
        return chosen


def say(rng: random.Random, lang: str, brand: str, section: str, tone: str, *, asks: str = "") -> str:
    """One text about the brand. `section`: its slug, with a tone; or `crisis`, with its kind.

    `asks` is what somebody in a crisis says beside it: `ask`, `support`, `threat`.
    """
    talk, crisis = _talk(lang), section == "crisis"
    if asks:
        chosen = _some(rng, talk.texts[section][tone], 1, [rng.choice(talk.texts[section][asks])])
    else:
        count = 1 if tone in ENDS else pick(rng, CRISIS_SENTENCES if crisis else CALM_SENTENCES)
        chosen = _some(rng, talk.texts[section][tone], count)
        if crisis:
            chosen = _some(rng, talk.texts[section]["reaction"], pick(rng, REACTIONS), chosen)
    rng.shuffle(chosen)
    chosen = [_detailed(rng, one) for one in chosen]
    if rng.random() < TAIL_SHARE:
        end = ENDS.get(asks or tone, "crisis" if crisis else tone)
        chosen.append(rng.choice(talk.tails[end]))
    text = _told(rng, talk, brand, chosen, one_story=crisis)
    return _typed(rng, text, loud=crisis or tone == "complaint")


def report(rng: random.Random, lang: str, brand: str, section: str, tone: str) -> tuple[str, str]:
    """A newspaper's headline and first lines. `section` and `tone` as for `say`."""
    talk, crisis = _talk(lang), section == "crisis"
    if crisis:
        title, body = rng.choice(talk.texts["press"][tone]), [rng.choice(talk.texts["press"]["body"])]
    else:
        title = rng.choice([one for one in talk.texts[section][tone] if _names(one)])
        body = _some(rng, talk.texts[section][tone], 2)
    return (
        _told(rng, talk, brand, [title], one_story=crisis),
        _told(rng, talk, brand, body, one_story=crisis),
    )


def pick(rng: random.Random, weights: Mapping[Any, float]) -> Any:
    """One of the keys, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def people() -> Mapping[str, Any]:
    """Parts of handles, papers by language, places by country."""
    return _read("people")


def _some(rng: random.Random, pool: Sequence[str], count: int, before: Sequence[str] = ()) -> list[str]:
    """`count` sentences more, none twice; the brand is named by one of them at most."""
    chosen = list(before)
    for _ in range(count):
        named = any(map(_names, chosen))
        left = [one for one in pool if one not in chosen and not (named and _names(one))]
        chosen += [rng.choice(left)] if left else []
    return chosen


def _detailed(rng: random.Random, sentence: str) -> str:
    """The sentence, often with one detail more; not a question, which ends where it ends."""
    open_ended = sentence[-1] not in "?!."
    return f"{sentence}, {{detail}}" if open_ended and rng.random() < DETAIL_SHARE else sentence


def _names(sentence: str) -> bool:
    return "brand}" in sentence


def _told(rng: random.Random, talk: Talk, brand: str, sentences: Sequence[str], *, one_story: bool) -> str:
    """The sentences with their slots filled, and the brand's handle before or after if none names it."""
    slots = Slots(rng, talk, brand, one_story=one_story)
    text = _joined([_filled(rng, one, slots) for one in sentences])
    if any(map(_names, sentences)):
        return text
    handle = rng.choice(HANDLES[brand])
    return f"{handle} {text}" if handle[0] == "@" and rng.random() < 0.5 else f"{text} {handle}"


def _filled(rng: random.Random, sentence: str, slots: Slots) -> str:
    chosen = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), sentence)
    return chosen.format_map(slots).strip()


def _joined(sentences: Sequence[str]) -> str:
    """Sentences in a row, each with a capital; a full stop where one ends without a sign."""
    text = ""
    for sentence in sentences:
        needs_stop = (
            text
            and (text[-1].isalnum() or text[-1] in "€%")
            and (sentence[0].isalnum() or sentence[0] in "¡¿")
        )
        text += (". " if needs_stop else " ") + sentence[0].upper() + sentence[1:]
    return text.strip()


def _typed(rng: random.Random, text: str, *, loud: bool) -> str:
    """As people type: some without capitals, some with a slip, a few of the angry ones in capitals."""
    draw = rng.random()
    if draw < LOWER_SHARE:
        return text.lower().rstrip(".")
    if draw < LOWER_SHARE + TYPO_SHARE:
        return _slipped(rng, text)
    return text.upper() if loud and draw > 1 - SHOUT_SHARE else text


def _slipped(rng: random.Random, text: str) -> str:
    """Two letters the wrong way round, or one left out, inside one longer word that is no name."""
    found = list(_LONG_WORD.finditer(text))
    if not found:
        return text
    at = (word := rng.choice(found)).start() + rng.randrange(1, len(word[0]) - 2)
    swapped = text[at + 1] + text[at] if rng.random() < 0.5 else text[at]
    return text[:at] + swapped + text[at + 2 :]


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
