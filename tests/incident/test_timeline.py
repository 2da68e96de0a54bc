"""The timeline: complete, in order, in plain English."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from incident import lifecycle, timeline
from incident.intake import take_in_alerts
from incident.sentences import SENTENCES
from kit import events
from kit.core import Core
from kit.events import Event
from tests.clock import MovableClock
from tests.incident.cast import enter, raise_alert, the_incident

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("people", "mentions", "alerts", "incident", "runbooks", "graphql", "web", "tocsin")
RECORDERS = {"record", "tell", "_tell", "tell_step"}
"""Functions that put an event into the log; its kind is one of their arguments."""


def recorded_kinds() -> Iterator[tuple[str, str]]:
    """(kind, file) of every literal `noun.verb` given to a function that records."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node) in RECORDERS:
                    yield from ((kind, path.name) for kind in _literal_kinds(node))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _literal_kinds(call: ast.Call) -> Iterator[str]:
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
            yield argument.value


def test_every_kind_that_the_sources_record_has_its_sentence() -> None:
    found = set(recorded_kinds())
    assert len(found) > 30, "the scan finds the calls"
    assert {(kind, file) for kind, file in found if kind not in SENTENCES} == set()


def test_no_sentence_is_left_over() -> None:
    """Kinds that are chosen by an expression are named in the sources as well."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "sentences.py"
    )
    assert [kind for kind in SENTENCES if f'"{kind}"' not in sources] == []


def test_every_sentence_is_in_every_language() -> None:
    def places(sentence: str) -> list[str]:
        return sorted({name for _, name, _, _ in Formatter().parse(sentence) if name})

    for sentences in timeline.LANGUAGES.values():
        assert sentences.keys() == SENTENCES.keys()
        for kind, sentence in sentences.items():
            assert places(sentence) == places(SENTENCES[kind]), kind


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (
            "alert.nobody_paged",
            {"title": "Almadía: ×7.3 negative mentions", "reason": "Ada has no mail address. Bo is away."},
            "No s’ha pogut avisar ningú de l’alerta «Almadía: ×7,3 mencions negatives»: "
            "Ada no té adreça de correu. Bo és absent.",
        ),
        (
            "incident.opened",
            {"title": "Brisa: new words: glass", "severity": "red", "type": "Wave of complaints"},
            "Ha obert l’incident «Brisa: paraules noves: glass»: vermell, Onada de queixes.",
        ),
        ("incident.noted", {"text": "red"}, "Ha anotat: red"),
        ("step.skipped", {"title": "Ring", "reason": "Bo is away."}, "Ha omès el pas «Ring»: Bo is away."),
        ("incident.source_out", {"source": "rss", "state": "silent"},
         "La font rss està en silenci. La calma des d’ara pot ser sordesa."),
    ],
)  # fmt: skip
def test_it_is_told_in_the_readers_language_with_what_it_quotes(
    kind: str, data: dict[str, object], expected: str
) -> None:
    assert timeline.told(kind, data, "ca") == expected


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "1 case of Press is late.", "2 cases of Press are late."),
        ("es", "1 caso de Press lleva retraso.", "2 casos de Press llevan retraso."),
        ("ca", "1 cas de Press va tard.", "2 casos de Press van tard."),
        ("fr", "1 dossier de Press est en retard.", "2 dossiers de Press sont en retard."),
    ],
)
def test_its_words_agree_with_how_many(language: str, one: str, several: str) -> None:
    for count, expected in ((1, one), (2, several)):
        assert timeline.told("cases.late", {"count": count, "department": "Press"}, language) == expected


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_each_sentence_reads_well_full_and_empty(kind: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(SENTENCES[kind]) if name}
    full = timeline.describe(event(kind, {name: f"<{name}>" for name in names}))
    assert all(f"<{name}>" in full for name in names)
    empty = timeline.describe(event(kind, {}))
    assert "{" not in empty
    assert empty


def event(kind: str, data: dict[str, object]) -> Event:
    return Event(seq=1, kind=kind, actor="Rosa", data=data)


def test_unknown_kinds_tell_what_they_hold() -> None:
    assert timeline.describe(event("mention.flagged", {"by": "Ana", "mention_id": 3})) == (
        "Mention flagged (by: Ana; mention id: 3)."
    )
    assert timeline.describe(event("nothing", {})) == "Nothing."


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    told = timeline.describe(event("incident.noted", {"text": "{title} {0.__class__} {"}))
    assert told == "Noted: {title} {0.__class__} {"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The step “Call” is overdue; nobody has it."),
        ("es", "El paso «Call» lleva retraso; responsable: nadie."),
        ("ca", "El pas «Call» va tard; responsable: ningú."),
        ("fr", "L’étape «\u00a0Call\u00a0» est en retard\u00a0; responsable\u00a0: personne."),
    ],
)
def test_a_late_step_that_nobody_has(language: str, told: str) -> None:
    assert timeline.told("step.overdue", {"title": "Call", "owner": "nobody"}, language) == told


def test_lists_and_nothing_read_well() -> None:
    assert timeline.describe(event("alert.escalated", {"names": ["Ana", "Bo"], "title": "Late"})) == (
        "Paged Ana, Bo about the alert “Late”."
    )
    assert timeline.describe(event("response.published", {"title": "Holding", "url": None})) == (
        "Marked the statement “Holding” as published."
    )


async def test_reading_on_from_any_number_misses_nothing(core: Core, clock: MovableClock) -> None:
    cast = await enter(core)
    await raise_alert(core, cast.brand_id)
    await raise_alert(core, cast.other_brand_id)
    await take_in_alerts(core)
    number = 1
    for text in ("one", "two", "three"):
        clock.forward(minutes=1)
        for incident_id in (number, 2):
            async with core.database.unit_of_work() as session:
                await lifecycle.add_note(session, cast.rosa, incident_id, text=text, now=clock.now())
    async with core.database.read() as session:
        whole = await timeline.entries(session, number)
        assert [entry.kind for entry in whole] == ["incident.opened"] + ["incident.noted"] * 3
        assert [entry.text for entry in whole][1:] == ["Noted: one", "Noted: two", "Noted: three"]
        for position, entry in enumerate(whole):
            assert await timeline.entries(session, number, entry.seq) == whole[position + 1 :]
        pages = [await timeline.entries(session, number, 0, 2)]
        pages.append(await timeline.entries(session, number, pages[0][-1].seq, 2))
        assert pages[0] + pages[1] == whole
        assert await timeline.newest(session, number, 3) == whole[1:]
        assert await timeline.newest(session, number, 99) == whole


async def test_what_happens_to_its_alerts_is_in_it_from_when_they_joined(core: Core) -> None:
    cast = await enter(core)
    mine = await raise_alert(core, cast.brand_id)
    other = await raise_alert(core, cast.other_brand_id)
    await tell(core, "alert.opened", mine)
    await take_in_alerts(core)
    await tell(core, "page.sent", mine)
    await tell(core, "page.sent", other)
    async with core.database.read() as session:
        seen = await timeline.entries(session, 1)
    assert [entry.kind for entry in seen] == ["incident.opened", "page.sent"]


async def test_after_the_resolution_the_alerts_are_silent(core: Core) -> None:
    cast = await enter(core)
    mine = await raise_alert(core, cast.brand_id)
    await take_in_alerts(core)
    incident = await the_incident(core)
    async with core.database.unit_of_work() as session:
        await lifecycle.resolve(session, cast.rosa, incident.id, summary="Over.", now=core.clock.now())
    await tell(core, "alert.ended", mine)
    async with core.database.read() as session:
        seen = await timeline.entries(session, incident.id)
    assert [entry.kind for entry in seen] == ["incident.opened", "incident.resolved", "review.opened"]


async def tell(core: Core, kind: str, alert_id: int) -> None:
    async with core.database.unit_of_work() as session:
        events.record(session, kind, at=core.clock.now(), alert_id=alert_id, title="t")
