"""Whatever is stored in English of alerts and pages has its phrase in the other languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import alerts
import incident
from alerts import duty
from alerts.explained.phrases import EXPLAINED
from alerts.wording.phrases import CONTACTS, PHRASES, WORDS
from incident import facts
from kit.languages import OTHERS
from kit.phrasebook import PLACE, Phrasebook
from mentions import sources
from mentions.sources.faults import FAULTS
from mentions.sources.troubles import TROUBLES

ALERTED = {"Missed": 2, "DeliveryError": 0, "Target": 1}
"""Which argument of a call is stored, and shown."""
TROUBLED = {"Trouble": 0, "Gap": 0, "Closed": 0}
BOOKS = (
    PHRASES,
    WORDS,
    CONTACTS,
    EXPLAINED,
    FAULTS,
    TROUBLES,
    facts.STATES,
    facts.DEEDS,
    facts.OWNERS,
    facts.LESSONS,
)


def sample(said: ast.expr) -> str:
    """What a text or an f-string of the sources may come to; nothing for any other expression."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return said.value
    if isinstance(said, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "7" for part in said.values)
        return "".join(parts).replace(")7", "): 7")  # what a server explains comes with its colon
    return ""


def stored(calls: Mapping[str, int], *packages: ModuleType) -> Iterator[tuple[str, str]]:
    """(text, where) of each text that these store with an alert, an escalation, a page or a source."""
    for file in sorted(Path(package.__path__[0]) for package in packages):
        for path in sorted(file.rglob("*.py")):
            for call in (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)):
                name, at = getattr(call.func, "id", ""), f"{path}:{call.lineno}"
                place = calls.get(name, len(call.args))
                said = [
                    *call.args[place : place + 1],
                    *(key.value for key in call.keywords if key.arg == "reason"),
                ]
                yield from ((text, at) for one in said if " " in (text := sample(one)))


def test_every_stored_sentence_has_its_phrase() -> None:
    for book, calls, packages in (
        (PHRASES, ALERTED, (alerts, incident)),
        (TROUBLES, TROUBLED, (sources, duty)),
    ):
        found = list(stored(calls, *packages))
        assert len(found) > 30, "the scan finds them"
        assert [(text, at) for text, at in found if book.told(text, "ca") == text] == []


def test_every_phrase_has_the_same_places_in_every_language() -> None:
    for book in BOOKS:
        for template, words in book.table.items():
            assert len(words) == len(OTHERS)
            for said in words:
                assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(template)), template


def test_a_phrase_is_told_by_itself_and_not_by_a_shorter_one() -> None:
    for book in BOOKS:
        for template, words in book.table.items():
            assert Phrasebook.told(book, template, "fr") == words[OTHERS.index("fr")], template
