"""What the store does with the model: brand names say nothing, and a plugged model's word is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.audit.look import Finding, findings
from kit.core import Core
from mentions.copies.fold import Stories
from mentions.intake.keep import judge_ahead, keep
from mentions.intake.store import enabled_monitors, store
from mentions.intake.stream import work_off
from mentions.mention import Mention
from mentions.sentiment import Scorer
from mentions.sentiment.plugged import open_model
from mentions.sentiment.plugged.served import ServedModel
from mentions.waiting.batch import Batch, encode
from mentions.waiting.valkey_queue import STREAM, Inbox
from tests.clock import MovableClock
from tests.mentions.makers import counted, draft, make_all, make_monitor
from tests.mentions.sentiment.test_plugged_models import Server, by_tokens, fine

PRAISED = "Excellent Love"
TEXT = f"The {PRAISED} opens at nine"


async def judged(core: Core, query: str) -> Mention:
    _, _, source = await make_all(core, query)
    one = draft(TEXT, at=core.clock.now(), lang="en")
    async with core.database.unit_of_work() as session:
        monitors = await enabled_monitors(session)
        batch = Batch(source.id, core.clock.now(), (one,))
        await store(session, [batch], scorer=Scorer.load(), monitors=monitors)
        found: Mention | None = await session.scalar(select(Mention))
    assert found is not None
    return found


async def test_a_brand_whose_name_is_praise_is_not_praised(core: Core) -> None:
    found = await judged(core, f'"{PRAISED}"')
    (masked,) = Scorer.load().score(["The @someone opens at nine"], ["en"])
    assert found.score == pytest.approx(masked.score)
    assert found.confidence == pytest.approx(masked.confidence)


async def test_words_of_a_query_keep_their_weight(core: Core) -> None:
    found = await judged(core, "excellent")
    assert found.score == pytest.approx(Scorer.load().score([TEXT], ["en"])[0].score)


async def test_the_plugged_models_word_is_stored(core: Core) -> None:
    _, _, source = await make_all(core)
    server, model = Server(), None
    try:
        model = ServedModel(server.url)
        inbox = Inbox(core.bell.redis, "test")
        await inbox.open()
        batch = Batch(source.id, core.clock.now(), (draft("Renfe, qué desastre", at=core.clock.now()),))
        await core.bell.redis.xadd(STREAM, {b"batch": encode(batch)})
        assert await work_off(core, inbox, await inbox.next(), model) == 1
    finally:
        server.close()
        if model is not None:
            model.close()
    async with core.database.read() as session:
        found = (await session.scalars(select(Mention))).one()
    assert (found.sentiment, found.score, found.confidence) == ("positive", 0.5, 0.75)


async def test_a_plugged_model_that_fails_is_told_until_it_answers_again(
    core: Core, clock: MovableClock
) -> None:
    _, _, source = await make_all(core)
    server = Server()
    core = replace(core, settings=replace(core.settings, sentiment_model=server.url))
    model = ServedModel(server.url)
    rested = ServedModel(server.url)  # another worker, or the same one started again

    async def arrives(by: ServedModel, *texts: str) -> list[Finding]:
        drafts = tuple(draft(text, at=core.clock.now()) for text in texts)
        await keep(core, [Batch(source.id, core.clock.now(), drafts)], by, Stories())
        return [one for one in await findings(core) if one.kind == "sentiment_fails"]

    try:
        server.answer = lambda _: (503, b"busy")
        since = clock.now()
        assert await arrives(model, "Renfe, one") == [], "one slow batch is no news"
        clock.forward(minutes=1)
        told = [Finding("sentiment_fails", 1, since, "127.0.0.1")]
        assert await arrives(model, "Renfe, two") == told
        assert await arrives(model) == told, "a batch without words asks nothing, and proves nothing"
        server.answer = fine
        assert await arrives(rested, "Renfe, three") == []
    finally:
        server.close()
        model.close()
        rested.close()


async def test_a_file_that_fails_at_a_run_costs_no_mention_and_is_told(
    core: Core, clock: MovableClock, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime")
    _, _, source = await make_all(core)
    path = by_tokens(tmp_path)
    core = replace(core, settings=replace(core.settings, sentiment_model=str(path)))
    model, inbox = open_model(str(path)), Inbox(core.bell.redis, "test")
    await inbox.open()

    async def arrives(text: str) -> list[Finding]:
        batch = Batch(source.id, clock.now(), (draft(f"renfe, {text}", at=clock.now(), lang="en"),))
        await core.bell.redis.xadd(STREAM, {b"batch": encode(batch)})
        assert await work_off(core, inbox, await inbox.next(), model) == 1, "stored, not set aside"
        clock.forward(seconds=61)
        return [one for one in await findings(core) if one.kind == "sentiment_fails"]

    since = clock.now()
    assert await arrives("this is a disgrace, wild") == [Finding("sentiment_fails", 1, since, path.name)]
    assert await arrives("a lovely day") == []
    async with core.database.read() as session:
        told = (await session.scalars(select(Mention.sentiment).order_by(Mention.id))).all()
    assert told == ["negative", "positive"]


async def test_a_plugged_model_never_reads_the_brands_name(core: Core) -> None:
    """Nor in its first batch: the names are known before the model is asked."""
    _, _, source = await make_all(core, f'"{PRAISED}"')
    server, model = Server(), None
    try:
        model = ServedModel(server.url)
        batch = Batch(source.id, core.clock.now(), (draft(TEXT, at=core.clock.now()),))
        assert (await keep(core, [batch], model, Stories())).new == 1
    finally:
        server.close()
        if model is not None:
            model.close()
    (asked,) = server.asked
    assert [PRAISED in one["text"] for one in asked["texts"]] == [False]


async def test_a_monitor_that_comes_between_judging_and_storing_is_asked_too(core: Core) -> None:
    brand, first, source = await make_all(core, "opens")
    batch = Batch(source.id, core.clock.now(), (draft(TEXT, at=core.clock.now()),))
    judged = await judge_ahead(core, [batch], Scorer.load())
    async with core.database.unit_of_work() as session:
        second = await make_monitor(session, brand, "nine", at=core.clock.now())
    await keep(core, [batch], Scorer.load(), Stories(), judged)
    assert {monitor for monitor, _ in await counted(core)} == {first.id, second.id}


async def test_what_was_stored_after_it_was_judged_is_stored_once(core: Core) -> None:
    _, _, source = await make_all(core, "opens")
    batch = Batch(source.id, core.clock.now(), (draft(TEXT, at=core.clock.now()),))
    ahead = [await judge_ahead(core, [batch], Scorer.load()) for _ in range(2)]
    stored = [await keep(core, [batch], Scorer.load(), Stories(), judged) for judged in ahead]
    assert [(one.new, one.duplicates) for one in stored] == [(1, 0), (0, 1)]
    assert [volume for volume, _, _ in (await counted(core)).values()] == [1]
