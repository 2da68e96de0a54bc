"""Mentions that speak of harm to people: few of them matter more than many complaints.

A signal for the detector, not a finding about any one mention; what is said often about a brand (an insurer,
a hospital) is learned as usual for it. The words stand in `harm_words/`, a file for each language, by the
kinds of disaster that EM-DAT tells apart, then violence, abuse and what makes ill:

alone     hardly ever said of anything else: "derailed", "food poisoning"
events    what happens, in words with other meanings: "fire", "crash", "shooting"
hurts     what it does to people, in words that are also exaggerated: "dead", "trapped"
signs     who helps, and what is said of disasters: beside an event or a hurt
scenes    where it happens, and how news begin: beside an event alone, for a phone may die on a train
numbers   before a hurt ("12 dead"), also with one of
people    in between: "12 people dead"

All languages are looked at together: people mix them, and posts are too short to tell.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

from mentions.texts.stopwords import STOPWORDS
from mentions.texts.text import fold

LANGUAGES = ("en", "es", "ca", "fr", "pt", "it", "de")
TELLING = ("alone", "events", "hurts")
SECTIONS = (*TELLING, "signs", "scenes")
"""A word that stands in several is taken for the first."""
BEGINS, ENDS = 5, 4
"""Letters, at least, of a word that a hashtag begins or ends with: #terremotolima, #NorthHillFire."""

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"#(\w+)")
_FORMS = re.compile(r"\{([^}]*)\}")


class Lexicon(NamedTuple):
    """The words of harm of all languages. A term is a word, or a phrase between blanks."""

    section: dict[str, str]
    """In which section a term stands."""
    terms: dict[str, list[str]]
    """Terms by the word that must be there; of a phrase the one that is probably the rarest."""
    known: frozenset[str]
    """These words."""
    telling: frozenset[str]
    """Those without one of which a text tells of no harm."""
    numbers: frozenset[str]
    people: frozenset[str]
    tagged: frozenset[str]
    """What is looked for at the ends of hashtags."""
    longest: int
    """Letters of the longest of these: a hashtag may have a thousand times as many."""


def of_harm_in(title: str | None, text: str) -> bool:
    """Whether a mention tells of harm, in its title or its text."""
    return of_harm(f"{title or ''}\n{text}")


def of_harm(text: str) -> bool:
    """Whether a text tells of harm to people, by the words in it; accents and case do not matter."""
    folded = fold(text)
    return told_of_harm(folded, _WORD.findall(folded))


def told_of_harm(folded: str, words: Sequence[str]) -> bool:
    """The same of a folded text and its words in their order."""
    lexicon = _lexicon()
    if "#" in folded:
        words = [*words, *_ends(_TAG.findall(folded), lexicon)]
    return not lexicon.telling.isdisjoint(words) and _tells(words, lexicon)


def _tells(words: Sequence[str], lexicon: Lexicon) -> bool:
    """The same of folded words in their order."""
    line, found = f" {' '.join(words)} ", defaultdict[str, set[str]](set)
    for word in lexicon.known.intersection(words):
        for term in lexicon.terms[word]:
            if term == word or term in line:
                found[lexicon.section[term]].add(term)
    events, hurts = found["events"], found["hurts"]
    if found["alone"] or len(events) > 1 or (events and (hurts or found["signs"] or found["scenes"])):
        return True
    return bool(hurts) and (bool(found["signs"]) or _counted(words, hurts, lexicon))


def _counted(words: Sequence[str], hurts: set[str], lexicon: Lexicon) -> bool:
    """Whether a number stands before one of these hurts."""
    for at, word in enumerate(words):
        if word in hurts:
            before = next(
                (one for one in reversed(words[max(0, at - 4) : at]) if one not in lexicon.people), ""
            )
            if before.isdigit() or before in lexicon.numbers:
                return True
    return False


def _ends(tags: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The longest known word that each hashtag begins with, and the longest that it ends with."""
    found, known = list[str](), lexicon.tagged
    for tag in tags:
        if tag not in known:
            most = min(len(tag) - 1, lexicon.longest)
            found += [tag[:n] for n in range(most, BEGINS - 1, -1) if tag[:n] in known][:1]
            found += [tag[-n:] for n in range(most, ENDS - 1, -1) if tag[-n:] in known][:1]
    return found


@cache
def _lexicon() -> Lexicon:
    section: dict[str, str] = {}
    for name in SECTIONS:
        for term in _terms(name):
            section.setdefault(term, name)
    terms: defaultdict[str, list[str]] = defaultdict(list)
    for term in section:
        rarest = max(term.split(), key=lambda word: (word not in STOPWORDS, word in section, len(word)))
        terms[rarest].append(term)
    tagged = frozenset(term for term in section if len(term) >= ENDS and " " not in term)
    return Lexicon(
        section,
        dict(terms),
        known=frozenset(terms),
        telling=frozenset(
            word for word, ones in terms.items() if any(section[one] in TELLING for one in ones)
        ),
        numbers=frozenset(_terms("numbers")),
        people=frozenset(_terms("people")),
        tagged=tagged,
        longest=max(map(len, tagged)),
    )


def _terms(name: str) -> Iterator[str]:
    """All of a section, of the languages one after the other."""
    for lang in LANGUAGES:
        data = tomllib.loads((files("mentions.texts") / "harm_words" / f"{lang}.toml").read_text("utf-8"))
        for written in (form for one in data[name] for form in _each(one)):
            words = _WORD.findall(fold(written))
            yield words[0] if len(words) == 1 else f" {' '.join(words)} "


def _each(written: str) -> Iterator[str]:
    """All that is written as one: `herid{o,a}` is herido and herida."""
    parts = [part.split(",") if at % 2 else [part] for at, part in enumerate(_FORMS.split(written))]
    return map("".join, product(*parts))
