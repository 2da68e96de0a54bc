"""Sentences and whole posts of the project's own making, from the files in `own/`.

A pattern is a class sign and a sentence with alternatives: "- {the train|the bus} is late {again|}".
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from importlib.resources import files

from mentions.sentiment.model import LABELS, Label

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SIGNS: dict[str, Label] = dict(zip("-0+", LABELS, strict=True))
_OPENERS = ("", "", "", "@user ", "@user @user ", "RT @user: ")
_CLOSERS = ("", "", "", ".", "!", " http", "...")
_DECORATION: dict[Label, tuple[str, ...]] = {
    "negative": ("", "", "", " 😡", " 😭", " :(", " 😢", " 🤮", "!!", " 💔", " 👎", " 🤦"),
    "neutral": ("", "", "", "", "?", " 📷", " 🤔"),
    "positive": ("", "", "", " 😍", " ❤", " :)", " 😊", " 👏👏", "!!", " 🎉", " 💪", " 😂", " 🙌", " 😘"),
}


def patterns(lang: str) -> dict[Label, list[str]]:
    """Return the patterns of `lang` by class."""
    found: dict[Label, list[str]] = {label: [] for label in LABELS}
    for label, pattern in _lines(f"{lang}.txt"):
        found[label].append(pattern)
    return found


def posts(lang: str) -> list[tuple[Label, str]]:
    """Return the labelled posts in `own/posts_XX.txt`, each said once."""
    return list(_lines(f"posts_{lang}.txt"))


def _lines(name: str) -> Iterator[tuple[Label, str]]:
    text = (files("mentions.sentiment.training") / "own" / name).read_text(encoding="utf-8")
    return ((_SIGNS[line[0]], line[2:]) for line in text.splitlines() if line and line[0] in _SIGNS)


def sentences(lang: str, count: int, dice: random.Random) -> list[tuple[Label, str]]:
    """Return `count` labelled texts, a third of each class; one in three also holds a neutral sentence."""
    choices = patterns(lang)
    return [(label, _text(choices, label, dice)) for at in range(count) for label in [LABELS[at % 3]]]


def _text(choices: dict[Label, list[str]], label: Label, dice: random.Random) -> str:
    said = [_expand(dice.choice(choices[label]), dice) for _ in range(dice.choice((1, 1, 2)))]
    if dice.random() < 1 / 3:
        said.insert(dice.randint(0, len(said)), _expand(dice.choice(choices["neutral"]), dice))
    body = dice.choice((". ", ", ", " ")).join(said)
    if dice.random() < 0.4:
        body = body[:1].upper() + body[1:]
    return dice.choice(_OPENERS) + body + dice.choice(_DECORATION[label]) + dice.choice(_CLOSERS)


def _expand(pattern: str, dice: random.Random) -> str:
    filled = _CHOICE.sub(lambda match: dice.choice(match[1].split("|")), pattern)
    return re.sub(r"\s+", " ", filled).replace(" ,", ",").strip()
