"""What is written in English here and read in other languages, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from babel.numbers import get_decimal_symbol, get_group_symbol

OTHERS = ("es", "ca", "fr")
"""The languages of the house beside English, in the order of the tables."""
LANGUAGES = ("en", *OTHERS)

Table = Mapping[str, tuple[str, str, str]]


FRENCH_SPACES = re.compile(r"(?<=«) | (?=[»:;!?]|%%)")


def unbroken(french: str) -> str:
    """French with spaces that break no line where its typography has a space before a mark."""
    return FRENCH_SPACES.sub("\N{NO-BREAK SPACE}", french)


def colon(language: str) -> str:
    """What stands between a label and its value, for what is put together in code."""
    return unbroken(" :") if language == "fr" else ":"


def translated(table: Table, text: str, language: str) -> str:
    """The text in this language; as it is for English, and where the table has no words for it."""
    if text not in table or language not in OTHERS:
        return text
    words = table[text][OTHERS.index(language)]
    return unbroken(words) if language == "fr" else words


def listed(value: object) -> str:
    """A fact as it stands in a sentence: of several, one after the other; of none, nothing."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


QUOTES = {
    "en": ("“", "”"),
    "es": ("«", "»"),
    "ca": ("«", "»"),
    "fr": ("«\N{NARROW NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}»"),
}


def quoted(text: str, language: str) -> str:
    """What somebody said, in the quotes of this language."""
    begins, ends = QUOTES.get(language, QUOTES["en"])
    return f"{begins}{text}{ends}"


def unquoted(line: str) -> str | None:
    """What stands in a line's outermost quotes, whatever language they are of; None where there are none."""
    found = [(line.find(marks[0]), -len(marks[0]), marks) for marks in QUOTES.values() if marks[0] in line]
    if not found:
        return None
    at, _, (begins, ends) = min(found)
    inside, closing = at + len(begins), line.rfind(ends)
    return line[inside:closing] if closing >= inside else None


class Agreeing(str):
    """A fact with which the words of its sentence agree: `{count} {count:case|cases}`."""

    def __format__(self, spec: str) -> str:
        one, bar, more = spec.partition("|")
        if not bar:
            return super().__format__(spec)
        return one if self == "1" else more


BEFORE_A_VOWEL = {
    language: re.compile(rf"\b({words})e ((?:\{{|%\()(\w+)(?:\}}|\)s))")
    for language, words in (("ca", "[Dd]"), ("fr", "[Dd]|[Qq]u"))
}
"""Words that grow together with the value after them, whether its place is `{name}` or `%(name)s`."""
VOWELS = "aeiouàâéèêëíïîóòôúùû"


def elided(sentence: str, facts: Mapping[str, object], language: str) -> str:
    """A template in which Catalan and French say `d’ambre`, where `de {before}` would give `de ambre`."""
    if not facts or language not in BEFORE_A_VOWEL:
        return sentence

    def shortened(found: re.Match[str]) -> str:
        begins = str(facts.get(found[3], ""))[:1].lower()
        return f"{found[1]}’{found[2]}" if begins and begins in VOWELS else found[0]

    return BEFORE_A_VOWEL[language].sub(shortened, sentence)


Words = Callable[[str], str]
"""A text in English to the same in one language."""


class Sentence(str):
    """A text in English that knows what it was made of, and can so be said in another language."""

    template: str
    values: tuple[object, ...]

    def __new__(cls, template: str, *values: object) -> Self:
        made = super().__new__(cls, template.format(*values) if values else template)
        made.template, made.values = template, values
        return made

    def into(self, language: str, words: Words) -> str:
        """The same in this language, whose `words` has the template's; what it quotes of ours, too."""
        told = [_into(one, language, words) for one in self.values]
        return words(self.template).format(*told) if told else words(self.template)


class Figure:
    """A number that is written with the signs of a language, however a sentence wants it."""

    def __init__(self, value: float, language: str) -> None:
        self.value = value
        signs = {",": get_group_symbol(language), ".": get_decimal_symbol(language)}
        self.signs = str.maketrans(signs)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec).translate(self.signs)


def _into(value: object, language: str, words: Words) -> object:
    if isinstance(value, Sentence):
        return value.into(language, words)
    return Figure(value, language) if isinstance(value, int | float) else value


def joined(said: Sequence[str]) -> Sentence:
    """Several sentences as one text."""
    places = " ".join("{}" for _ in said)
    return Sentence(places, *said)
