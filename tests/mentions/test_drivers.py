"""Why the numbers moved, in words that an executive reads between two meetings."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from datetime import timedelta
from itertools import product
from threading import Event
from time import process_time

import pytest
from msgspec.structs import replace

from kit.core import Core
from kit.errors import NotFound
from mentions.drafts.draft import MAX_TEXT
from mentions.drivers import Stretch, drivers
from mentions.texts.stopwords import STOPWORDS
from mentions.texts.terms import count_terms, distinctive, over_represented, words_of
from mentions.texts.text import fold
from tests.mentions.makers import draft, make_all, minutes, put
from tocsin.demo import generator

DAY = timedelta(days=1)
PLACES = ("Sants", "Girona", "Figueres", "Reus", "Mataró")


def told(now: list[str], before: list[str]) -> list[str]:
    return [term.term for term in distinctive(count_terms(now), count_terms(before))]


def test_what_is_new_stands_out_and_what_is_usual_does_not() -> None:
    usual = ["el tren llega puntual"] * 60 + ["el café del tren está frío"] * 30
    terms = told([*usual[:20], *["humo en el tren, hay heridos"] * 15], usual)
    assert {"humo", "heridos"} <= set(terms)
    assert not {"café", "puntual"} & set(terms)


def test_a_pair_takes_the_place_of_its_words() -> None:
    now = ["engine failure on the ship", "total engine failure", "we heard of an engine failure"] * 5
    assert told(now, ["calm sea today"] * 50)[0] == "engine failure"
    assert not {"engine", "failure"} & set(told(now, ["calm sea today"] * 50))


def test_terms_are_written_as_people_write_them() -> None:
    now = ["La AVERÍA sigue", "otra avería", "una averia más", "avería"]
    assert told(now, ["todo bien"] * 20)[0] == "avería"


@pytest.mark.parametrize(
    "noise",
    [
        "@almadiaferries @user",
        "https://t.co/abc www.example.org/x",
        "12 34 2026",
        "que no però avec vous the and isn't d'un l'",
        "rt via",
        "ab x",
    ],
)
def test_noise_is_no_driver(noise: str) -> None:
    assert told([noise] * 30, ["calm sea today"] * 30) == []


def test_one_author_who_repeats_a_word_counts_once_a_text() -> None:
    assert count_terms(["fire fire fire fire"]).counts["fire"] == 1


def test_mail_addresses_and_handles_of_other_servers_are_no_words() -> None:
    text = "ask ana@ferries.example, (bo@a.b.example) or @cy@social.example now"
    assert set(count_terms([text]).counts) == {"ask"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Óxido en la Cabina, óxido en la #cabina!", {"oxido": "óxido", "cabina": "cabina"}),
        ("#Retraso RETRASO Retrasó", {"retraso": "retraso"}),
        ("retrasó, barco #retraso", {"retraso": "retraso", "barco": "barco"}),
        ("Almadía again: 12 ferries late @almadia https://a.example/b", {"late": "late"}),
        ("", {}),
    ],
)
def test_the_words_of_a_text_are_those_that_are_counted_without_their_pairs(
    text: str, words: dict[str, str]
) -> None:
    names = frozenset(["almadia", "ferries"])
    assert words_of(text, names) == words
    counted = count_terms([text], without=names).counts
    assert words.keys() == {term.lstrip("#") for term in counted if " " not in term}


@pytest.mark.parametrize("sign", ["@", "a", "a@", "@a", "@.", "a.", "$", "漢", "\u0301", "www."])
def test_a_text_made_to_be_slow_is_read_as_fast_as_any(sign: str) -> None:
    began = process_time()
    count_terms([(sign * MAX_TEXT)[:MAX_TEXT]])
    assert process_time() - began < 10.0


def test_without_a_day_before_the_most_frequent_words_are_told() -> None:
    terms = distinctive(count_terms(["humo a bordo"] * 9 + ["mareo"] * 3), count_terms([]))
    assert {(term.term, term.count, term.expected) for term in terms} == {("humo", 9, 0.0), ("bordo", 9, 0.0)}


def test_nothing_was_said() -> None:
    assert told([], []) == []


async def test_a_crisis_of_the_demo_is_told_in_terms_authors_and_examples(core: Core) -> None:
    _, monitor, source = await make_all(core, "almadia OR almadiaferries")
    now, rng = core.clock.now(), random.Random(5)
    drafts = generator.calm(rng, now - DAY, 24 * 60, 1.0, "almadia")
    drafts += generator.crisis(rng, now, 12, "service_outage", "almadia")
    await put(core, source, *(replace(one, arrived_at=one.published_at) for one in drafts))
    async with core.database.read() as session:
        found = await drivers(session, monitor.id, now, now + minutes(12))
    assert json.loads(json.dumps(found)) == found
    terms = [fold(term["term"]) for term in found["terms"]]
    assert len(terms) >= 5
    assert any(word in " ".join(terms) for word in ("motor", "moteur", "engine", "panne", "averi", "avari"))
    assert not any("almadia" in term or term in STOPWORDS for term in terms)
    assert all(term["count"] > term["expected"] for term in found["terms"])
    assert len(found["examples"]) == 3
    for example in found["examples"]:
        assert sum(term in fold(example["text"]) for term in terms) >= 2  # ten terms for four languages
    assert len(found["authors"]) == 5
    assert {share["term"] for share in found["languages"]} >= {"en", "es", "ca", "fr"}
    for share in ("places", "languages", "domains"):
        assert (counts := [row["count"] for row in found[share]]) == sorted(counts, reverse=True)
    assert sum(share["count"] for share in found["languages"]) <= found["sampled"] == found["mentions"]


async def test_authors_by_the_audience_of_all_their_mentions(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    for author, followers in (("a", 5), ("b", 9), ("a", None), (None, 99), ("c", 7)):
        await put(core, source, draft(f"renfe {author}", at=now, author=author, followers=followers))
    async with core.database.read() as session:
        found = await drivers(session, monitor.id, now, now + minutes(1))
    told = [{name: one[name] for name in ("author", "count", "followers")} for one in found["authors"]]
    assert told == [
        {"author": "a", "count": 2, "followers": 5},
        {"author": "b", "count": 1, "followers": 9},
        {"author": "c", "count": 1, "followers": 7},
    ]


async def test_of_too_many_an_even_part_is_read_and_the_rest_reckoned(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    for minute in range(10):
        texts, at = [f"renfe number {minute} {n}" for n in range(20)], now + minutes(minute)
        await put(core, source, *(draft(text, at=at) for text in texts), arrived_at=at)
    monkeypatch.setattr("mentions.drivers.READ", 50)
    monkeypatch.setattr("mentions.drivers.SAMPLE", 25)
    asked: list[dict[str, object]] = []
    for _ in range(2):
        async with core.database.read() as session:
            asked.append(await drivers(session, monitor.id, now, now + minutes(10)))
    found = asked[0]
    assert asked[0] == asked[1], "the same for the same mentions"
    assert found["mentions"] == 200
    assert 25 <= int(str(found["read"])) <= 100
    assert found["sampled"] == 25
    async with core.database.read() as session:
        part = await drivers(session, monitor.id, now, now + minutes(5))
    assert part["mentions"] == 100


async def test_what_it_is_compared_with_is_said(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    for back, text in ((0, "fuego en el tren"), (1, "fuego en el tren"), (7, "calma")):
        await put(core, source, *[draft(f"renfe {text}", at=now)] * 9, arrived_at=now - back * DAY)
    asked: dict[int, dict[str, object]] = {}
    for back in (1, 7):
        baseline = Stretch(now - back * DAY, now - back * DAY + minutes(5))
        async with core.database.read() as session:
            asked[back] = await drivers(session, monitor.id, now, now + minutes(5), baseline=baseline)
    assert [one["before"] for one in asked.values()] == [1, 1], "the same text nine times is one mention"
    assert asked[1]["terms"] == []
    assert asked[7]["baseline_since"] == (now - 7 * DAY).isoformat()


async def test_the_same_text_is_one_example(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    copies = [draft("RT @user: Renfe, vergüenza de servicio y humo en el tren", at=now) for _ in range(9)]
    await put(core, source, *copies, draft("Renfe: horas parados en Sants, fatal", at=now))
    async with core.database.read() as session:
        found = await drivers(session, monitor.id, now, now + minutes(1), sentiment="negative")
    assert len({example["text"] for example in found["examples"]}) == len(found["examples"]) == 2


async def test_a_text_and_its_copies_say_a_word_once(core: Core) -> None:
    _, monitor, source = await make_all(core)
    now = core.clock.now()
    repeated = [draft("RT @user: Renfe, vergüenza de servicio y humo en el tren", at=now) for _ in range(9)]
    own = [draft(f"Renfe: {n} horas parados en {place}", at=now) for n, place in enumerate(PLACES, start=2)]
    await put(core, source, *repeated, *own)
    async with core.database.read() as session:
        found = await drivers(session, monitor.id, now, now + minutes(1))
    counted = {term["term"]: term["count"] for term in found["terms"]}
    assert max(counted.values()) == len(PLACES)
    assert not any("humo" in term or "vergüenza" in term for term in counted), "one text says so"


async def test_the_loop_that_pages_goes_on_while_drivers_are_counted(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arithmetic waits here for the loop's next turn, which never comes where it holds up the loop."""
    _, monitor, _ = await make_all(core)
    loop, turned, went_on = asyncio.get_running_loop(), Event(), []

    def slow(*_: object, **__: object) -> list[object]:
        loop.call_soon_threadsafe(turned.set)
        went_on.append(turned.wait(timeout=60))
        return []

    monkeypatch.setattr("mentions.drivers.distinctive", slow)
    async with core.database.read() as session:
        await drivers(session, monitor.id, core.clock.now() - DAY, core.clock.now())
    assert went_on == [True]


async def test_an_empty_stretch_and_an_unknown_monitor(core: Core) -> None:
    _, monitor, _ = await make_all(core)
    now = core.clock.now()
    async with core.database.read() as session:
        empty = await drivers(session, monitor.id, now, now + minutes(5))
        assert (empty["mentions"], empty["copies"], empty["sampled"]) == (0, 0, 0)
        lists = "terms stories authors examples places languages domains coordination"
        assert all(empty[name] == [] for name in lists.split())
        with pytest.raises(NotFound):
            await drivers(session, 999, now, now + minutes(5))


def test_the_only_name_there_is_stands_out_of_nothing() -> None:
    """Of whom one site alone speaks, say: whatever the counts are, and however their shares are rounded."""
    for now, before in product(range(1, 60), repeat=2):
        assert over_represented(Counter(site=now), Counter(site=before)) == {"site": 0.0}
