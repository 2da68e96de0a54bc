"""The cues of a language: which words and phrases speak for which label. Read once from `words/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kit.languages import LANGUAGES
from mentions.texts.text import tokenise

CUES = ("threat", "spam", "media", "lead", "asks", "complaint", "praise", "person")
"""Sections of a word file; `asks` opens a sincere question, `person` is somebody's own experience."""


@dataclass(frozen=True)
class Lexicon:
    """Single words by their cues, and phrases by the word of theirs that is looked for first."""

    words: Mapping[str, frozenset[str]]
    phrases: Mapping[str, Sequence[tuple[str, str]]]
    """Longest word of a phrase to (the phrase between blanks, its cue)."""
    known: frozenset[str]
    """All words that are worth a second look."""

    def cues(self, tokens: Sequence[str]) -> list[str]:
        """The cues of a text in folded words without signs, each as often as it was found."""
        found = self.known.intersection(tokens)
        if not found:
            return []
        line = f" {' '.join(tokens)} "
        single = [cue for word in found for cue in self.words.get(word, ())]
        return single + [
            cue for word in found for phrase, cue in self.phrases.get(word, ()) if phrase in line
        ]


@cache
def lexicon(lang: str) -> Lexicon:
    """The cues of a language; those of all four together for a language that has no file."""
    languages = (lang,) if lang in LANGUAGES else LANGUAGES
    words: dict[str, set[str]] = {}
    phrases: dict[str, list[tuple[str, str]]] = {}
    for cue, written in (pair for one in languages for pair in _read(one)):
        parts = tokenise(written)
        if len(parts) == 1:
            words.setdefault(parts[0], set()).add(cue)
        else:
            phrases.setdefault(max(parts, key=len), []).append((f" {' '.join(parts)} ", cue))
    return Lexicon(
        {word: frozenset(found) for word, found in words.items()}, phrases, frozenset(words) | set(phrases)
    )


def _read(lang: str) -> list[tuple[str, str]]:
    """(cue, word or phrase) of a file; KeyError for a section that a file lacks."""
    data = tomllib.loads((files("mentions.triage") / "words" / f"{lang}.toml").read_text("utf-8"))
    return [(cue, written) for cue in CUES for written in data[cue]]
