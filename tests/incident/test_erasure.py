"""Who asks to be forgotten is forgotten: in mentions, evidence, digests and corrections, by admins only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import delete, select
from sqlalchemy import text as sql

from alerts.alert import Alert
from alerts.claims import claims_of
from alerts.open import open_alert, raise_level
from api.evidence import Evidence
from incident.digest import compose
from incident.digest.compose import Stretch, paper, read
from incident.digest.figures import BrandFigures, Figures, StoryCount
from incident.erasure import erase_author
from kit.core import Core
from kit.errors import Forbidden, Invalid
from kit.events import Event
from kit.languages import quoted
from mentions.mention import Mention
from mentions.privacy.erase import without
from mentions.sentiment import corrections
from mentions.sentiment.corrections import Correction
from people.letters import Letter, Paper, Section, write
from people.members import Member
from tests.mentions.makers import draft, make_all, put, viewer

DRIVERS = {
    "terms": [{"term": "late", "count": 3}],
    "authors": [
        {"author": "Ana", "count": 3, "followers": 10},
        {"author": "Anabel", "count": 1, "followers": 2},
    ],
    "examples": [
        {"id": 1, "text": "Renfe, tarde", "author": "ana", "url": "https://x.example/1"},
        {"id": 2, "text": "Renfe, de otro", "author": "Anabel", "url": None},
    ],
}


async def alert_of(core: Core, brand_id: int) -> int:
    async with core.database.unit_of_work() as session:
        alert = await open_alert(
            session,
            brand_id=brand_id,
            monitor_id=None,
            signal="volume",
            level="amber",
            title="Renfe: more than usual",
            evidence={"observed": 3.0, "drivers": DRIVERS},
            since=core.clock.now(),
            now=core.clock.now(),
        )
        return alert.id


async def test_an_author_leaves_mentions_and_evidence_and_the_figures_stay(core: Core) -> None:
    brand, _, source = await make_all(core)
    alert_id = await alert_of(core, brand.id)
    await put(core, source, structs.replace(draft("Renfe, tarde", at=core.clock.now()), author="Ana"))
    async with core.database.unit_of_work() as session:
        erased = await erase_author(session, viewer("admin"), " ana ", now=core.clock.now())
    assert (erased.mentions, erased.alerts) == (1, 1)
    async with core.database.read() as session:
        evidence = (await session.get_one(Alert, alert_id)).evidence
        assert (await session.scalars(select(Mention.text))).all() == [""]
        (told,) = (await session.scalars(select(Event).where(Event.kind == "author.erased"))).all()
    assert evidence["drivers"] == {
        **DRIVERS,
        "authors": [{"author": None, "count": 3, "followers": 10}, DRIVERS["authors"][1]],
        "examples": [{"id": 1, "text": None, "author": None, "url": None}, DRIVERS["examples"][1]],
    }
    assert evidence["observed"] == 3.0
    assert "ana" not in str(told.data).lower()


async def test_nothing_of_the_author_is_left_in_any_column_of_a_mention(core: Core) -> None:
    _, _, source = await make_all(core)
    at = core.clock.now()
    said = draft(
        "Renfe, zorbitant",
        at=at,
        native_id="zorbitant 1",
        author="Ana Zorbitant",
        title="Zorbitant",
        url="https://zorbitant.example/1",
        domain="zorbitant.example",
        thread="at://zorbitant/1",
        reply_to="at://zorbitant/2",
        place="Zorbitant",
    )
    await put(core, source, said)
    every = sql("SELECT row_to_json(mention)::text FROM mention")
    async with core.database.unit_of_work() as session:
        assert (await session.execute(every)).scalar_one().lower().count("zorbitant") == 9
        await erase_author(session, viewer("admin"), "ana zorbitant", now=at)
    async with core.database.read() as session:
        assert "zorbitant" not in (await session.execute(every)).scalar_one().lower()


async def test_an_author_leaves_what_an_alert_claimed_before_it_rose(core: Core) -> None:
    brand, _, _ = await make_all(core)
    now, alert_id = core.clock.now(), await alert_of(core, brand.id)
    async with core.database.unit_of_work() as session:
        alert = await session.get_one(Alert, alert_id)
        await raise_level(session, alert, level="red", title="Worse", evidence={"drivers": DRIVERS}, now=now)
        assert (await erase_author(session, viewer("admin"), "ana", now=now)).alerts == 1
    async with core.database.unit_of_work() as session:
        made = await claims_of(session, await session.get_one(Alert, alert_id))
        assert [one.evidence["observed"] for one in made[:1]] == [3.0]
        assert not any("'ana'" in str(one.evidence).lower() for one in made)
        await raise_level(session, alert, level="red", title="Worse", evidence={}, now=now)
        assert (await erase_author(session, viewer("admin"), "Anabel", now=now)).alerts == 1


async def test_an_author_leaves_the_corrections_though_the_mention_is_long_gone(core: Core) -> None:
    brand, _, source = await make_all(core)
    await put(core, source, structs.replace(draft("Renfe, tarde", at=core.clock.now()), author="Ana"))
    async with core.database.unit_of_work() as session:
        member = Member(
            organisation_id=brand.organisation_id, name="Marta", email="m@x.test", role="responder"
        )
        session.add(member)
        await session.flush()
        mention = (await session.scalars(select(Mention.id))).one()
        judge = replace(viewer(), member_id=member.id)
        await corrections.correct(session, judge, mention, "negative", now=core.clock.now())
        await session.execute(delete(Mention))  # as a version that let only the mentions expire left it
    async with core.database.unit_of_work() as session:
        erased = await erase_author(session, viewer("admin"), "ANA", now=core.clock.now())
        assert (erased.mentions, erased.corrections) == (0, 1)
        assert (await session.scalars(select(Correction))).all() == []


@pytest.mark.parametrize(
    ("language", "state", "old"),
    [
        ("es", "due", False), ("es", "sent", False), ("ca", "due", False), ("fr", "due", False),
        ("en", "due", False), ("es", "due", True), ("fr", "sent", True),
    ],
)  # fmt: skip
async def test_letters_quote_an_erased_author_no_more(
    core: Core, monkeypatch: pytest.MonkeyPatch, language: str, state: str, old: bool
) -> None:
    """`old`: written when every language had English quotes."""
    if old:
        monkeypatch.setattr(compose, "quoted", lambda text, _language: f"“{text}”")
    _, _, source = await make_all(core)
    now = core.clock.now()
    said = "«Renfe», otra vez tarde,\ny nadie “dice” nada" + " de nada" * 40
    for author, text in (("Ana", said), ("Bea", "Renfe, gracias")):
        await put(core, source, structs.replace(draft(text, at=now), author=author))
    async with core.database.unit_of_work() as session:
        member = Member(organisation_id=1, name="Marta", email="m@x.test", role="responder")
        session.add(member)
        await session.flush()
        texts = dict((await session.execute(select(Mention.id, Mention.text))).all())
        stories = [StoryCount(number, 9) for number in sorted(texts)]
        brand = BrandFigures(1, "Renfe", 20, 9.0, 3, 1, ["tarde"], stories, 0, 0, 0, [], [])
        stretch = Stretch("weekly", now - timedelta(days=7), now)
        reading = read(Figures([brand], []), stretch, texts=texts, language=language, zone=ZoneInfo("UTC"))
        await write(session, paper(reading, "/digests/1"), key="digest:1", now=now, member_id=member.id)
        (await session.scalars(select(Letter))).one().state = state

    async def lines() -> list[str]:
        async with core.database.read() as session:
            letter = (await session.scalars(select(Letter))).one()
            return [line for part in letter.paper["sections"] for line in part["lines"]]

    before = await lines()
    async with core.database.unit_of_work() as session:
        await erase_author(session, viewer("admin"), "ana", now=now)
    assert await lines() == [line for line in before if "otra vez" not in line]
    assert len(await lines()) == len(before) - 1
    async with core.database.unit_of_work() as session:
        (await session.scalars(select(Letter))).one().paper = {}  # as of each one that went out
        assert (await erase_author(session, viewer("admin"), "bea", now=now)).mentions == 1


@pytest.mark.parametrize("copies", [False, True])
async def test_what_others_repeat_word_for_word_goes_where_that_is_wanted(core: Core, copies: bool) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    own = "Renfe me ha dejado tirada en Sants con dos hijos y nadie da la cara, qué vergüenza de empresa"
    taken = "Renfe cancela hoy todos los trenes entre Barcelona y Tarragona por una avería en la catenaria"
    said = [
        ("Ana", own), ("Bea", f"RT @Ana: {own}"), (None, own), ("Cris", f"{own}, y además sin aviso previo"),
        ("Diario", taken), ("Ana", taken), ("Edu", taken), ("Fina", "Renfe, gracias"),
    ]  # fmt: skip
    for author, text in said:
        await put(core, source, structs.replace(draft(text, at=now), author=author))
    async with core.database.unit_of_work() as session:
        member = Member(organisation_id=1, name="Marta", email="m@x.test", role="responder")
        session.add(member)
        await session.flush()
        lines = [quoted(compose.excerpt(text), "es") for _, text in said]
        letter = Paper("es", "Digest", [Section("Renfe", lines)], "Read", "/digests/1")
        await write(session, letter, key="digest:1", now=now, member_id=member.id)
    async with core.database.unit_of_work() as session:
        erased = await erase_author(session, viewer("admin"), "ana", now=now, copies=copies)
    assert (erased.mentions, erased.copies) == (2, 2 if copies else 0)
    async with core.database.read() as session:
        (left_over,) = (await session.scalars(select(Letter))).one().paper["sections"]
        assert any("RT @Ana" in line for line in left_over["lines"]) is not copies
        assert any("sin aviso previo" in line or "gracias" in line for line in left_over["lines"])
        rows = await session.execute(select(Mention.author, Mention.text).where(Mention.text != ""))
    left = {(author, text) for author, text in rows}
    kept = {one for one in said if one[0] != "Ana" and not (copies and one[1].endswith(own))}
    assert left == kept


async def test_only_admins_erase_and_only_somebody(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        for role in ("responder", "executive", "observer", "partner"):
            with pytest.raises(Forbidden):
                await erase_author(session, viewer(role), "ana", now=core.clock.now())
        for nobody in ("", "   ", "x" * 501):
            with pytest.raises(Invalid):
                await erase_author(session, viewer("admin"), nobody, now=core.clock.now())


@pytest.mark.parametrize("name", ['O"Brien', "50%_off", "ñandú\\", "a'b"])
async def test_a_name_with_odd_signs_is_found_in_evidence(core: Core, name: str) -> None:
    brand, _, _ = await make_all(core)
    alert_id = await alert_of(core, brand.id)
    async with core.database.unit_of_work() as session:
        (await session.get_one(Alert, alert_id)).evidence = {
            "drivers": {"authors": [{"author": name, "count": 1}]}
        }
    async with core.database.unit_of_work() as session:
        assert (await erase_author(session, viewer("admin"), name.upper(), now=core.clock.now())).alerts == 1


def test_an_alert_is_read_without_what_an_erased_author_wrote() -> None:
    story = {"id": 1, "text": "tarde", "author": "Ana", "url": None, "at": "2026-03-10T02:00:00+00:00",
             "count": 2, "copies": 1, "accounts": 2, "reach": 1.0, "expected": 0.1, "score": 2.0}  # fmt: skip
    example = {"text": "tarde", "author": "Ana", "url": None, "sentiment": "negative",
               "published_at": "2026-03-10T02:00:00+00:00"}  # fmt: skip
    authors = [{"author": name, "count": 1} for name in ("Ana", "Bea")]
    evidence = {"drivers": {"stories": [story], "examples": [example], "authors": authors}}
    found = Evidence.of(without(evidence, "Ana")).drivers
    assert [(one.text, one.author, one.at, one.count) for one in found.stories] == [("", None, None, 2)]
    assert [one.author for one in found.authors] == ["Bea"]
    assert found.examples == []


@pytest.mark.parametrize("name", ["late", "RED", "negative", "Renfe", "harm"])
def test_an_author_who_is_called_like_something_else_takes_nothing_else_along(name: str) -> None:
    evidence = {
        "level": "red",
        "kind": "negative",
        "drivers": {"terms": [{"term": "late", "count": 3}]},
        "severity": {"contributions": [{"name": "harm", "points": 1}]},
        "brands": [{"name": "Renfe", "terms": ["late"]}],
    }
    assert without(evidence, name) == evidence


def test_labels_of_another_tool_may_name_the_author_under_any_word() -> None:
    tool = {"key": "k", "labels": {"user": "ana", "post": "https://x.example/1", "likes": 7}}
    emptied = {"key": "k", "labels": {"user": None, "post": None, "likes": 7}}
    assert without({"tool": tool}, "Ana") == {"tool": emptied}


TREES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["ana", "ANA", "bea", "said ana"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["author", "text", "n", "labels"]), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(TREES)
def test_no_object_names_the_author_afterwards_and_numbers_stay(tree: object) -> None:
    def objects(value: object) -> list[dict[str, object]]:
        if isinstance(value, list):
            return [found for item in value for found in objects(item)]
        if isinstance(value, dict):
            return [value, *(found for item in value.values() for found in objects(item))]
        return []

    after = without(tree, "Ana")
    assert not any(str(found.get("author")).casefold() == "ana" for found in objects(after))
    assert without(after, "Ana") == after
    assert without(tree, "nobody at all") == tree
