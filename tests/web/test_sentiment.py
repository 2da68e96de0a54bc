"""A sentiment corrected on its page, and the page that says how far sentiments can be trusted."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.intake.store import enabled_monitors, store
from mentions.mention import Mention
from mentions.sentiment import Scorer
from mentions.sentiment.accuracy import measured
from mentions.source import Source
from mentions.triage.learning import learn_due
from mentions.waiting.batch import Batch
from tests.mentions.makers import draft
from tests.web.cast import Cast

TEXT = "Almadía: muchas gracias, un servicio excelente"


async def heard(core: Core) -> Mention:
    async with core.database.unit_of_work() as session:
        source = (await session.scalars(select(Source).where(Source.name == "demo"))).one()
        batch = Batch(source.id, core.clock.now(), (draft(TEXT, at=core.clock.now(), lang="es"),))
        monitors = await enabled_monitors(session)
        await store(session, [batch], scorer=Scorer.load(), monitors=monitors)
        return (await session.scalars(select(Mention))).one()


async def now(core: Core) -> Mention:
    async with core.database.read() as session:
        return (await session.scalars(select(Mention))).one()


async def test_a_responder_corrects_a_sentiment(core: Core) -> None:
    cast = await Cast.assemble(core)
    mention = await heard(core)
    assert mention.sentiment == "positive"
    async with cast.browser("marta") as browser:
        await browser.see("/mentions")
        await browser.done(f"/mentions/{mention.id}/sentiment", sentiment="negative")
        shown = await browser.see("/sentiment")
    assert (await now(core)).sentiment == "negative"
    assert "79,3 %" in shown, "of one judgement that disagrees, the interval goes up to 79 %"


@pytest.mark.parametrize(
    ("language", "reviews"),
    [
        ("en", "it had not seen: sentences from hotel reviews"),
        ("es", "no había visto: frases de reseñas de hoteles"),
        ("ca", "no havia vist: frases de ressenyes d’hotels"),
        ("fr", "n’avait pas vus\xa0: phrases d’avis sur des hôtels"),
    ],
)
async def test_what_was_measured_is_told_in_the_readers_words(
    core: Core, language: str, reviews: str
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as browser:
        await browser.done("/me/reading", language=language, timeZone="Europe/Madrid")
        shown = unescape(await browser.see("/sentiment"))
    assert reviews in shown
    names = {one.source for sets in measured().values() for one in sets}
    assert [name for name in names if name in shown] == []


async def test_nonsense_comes_back_with_the_reason(core: Core) -> None:
    cast = await Cast.assemble(core)
    mention = await heard(core)
    async with cast.browser("marta") as browser:
        refused = await browser.send(f"/mentions/{mention.id}/sentiment", page="/mentions", sentiment="angry")
    assert refused.status_code == 422
    assert "negative, neutral, positive" in refused.text
    assert (await now(core)).sentiment == "positive"


async def test_a_learned_label_says_why_until_a_person_decides(core: Core) -> None:
    cast = await Cast.assemble(core)
    mention = await heard(core)
    async with core.database.unit_of_work() as session:
        row = await session.scalar(select(Mention).where(Mention.id == mention.id))
        assert row is not None
        row.triage, row.learned = "question", "34 excelente <b>"
    async with cast.browser("marta") as browser:
        assert "après de 34 decisions: «excelente», «&lt;b&gt;»" in await browser.see("/mentions")
        assert "encara ningú ha decidit sobre una etiqueta" in await browser.see("/sentiment")
        await browser.done(f"/mentions/{mention.id}/label", page="/mentions", label="praise")
        assert await learn_due(core)
        assert "après de" not in await browser.see("/mentions")
        shown = await browser.see("/sentiment")
    assert "no es fa servir" in shown
    assert re.search(r"només amb les regles</dt><dd>1</dd>", shown), "its rules said praise, too"


async def test_the_accuracy_is_not_for_partners(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser() as browser:
        await browser.see("/sentiment", 303)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (None, None),
        ("https://me:secret@judge.example:8000/v1?key=secret", "judge.example"),
        ("/srv/secret/model.onnx", "model.onnx"),
    ],
)
async def test_figures_of_the_tables_are_not_shown_as_those_of_another_model(
    core: Core, setting: str | None, told: str | None
) -> None:
    cast = await Cast.assemble(replace(core, settings=replace(core.settings, sentiment_model=setting)))
    async with cast.browser("helen") as browser:
        page = await browser.see("/sentiment")
    assert ("not its own" in page) is (told is not None)
    assert f"judged by {told} here" in page or told is None
    assert "secret" not in page
