"""A person's word on a mention's sentiment: counted at once, kept, and good for the same text later."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from mentions import monitors, recount
from mentions.counting import rollups
from mentions.figures import Change
from mentions.mention import Mention
from mentions.monitor import MinuteCount, Monitor
from mentions.monitors import Wish
from mentions.privacy.erase import forget_taught
from mentions.sentiment import Sentiment, corrections, rescore
from mentions.sentiment.corrections import Correction, by_hand, text_key, wilson
from mentions.source import Source
from mentions.taught import export
from people.members import Member
from tests.mentions.makers import counted, draft, make_all, put, viewer
from tests.waiting import somebody_waits
from tocsin.commands import corrections as command

SAID = st.lists(
    st.sampled_from(["bad", "qué", "#ok", "!", "?", "😀", "😡", "❤", ":)", ":(", ";-)", "<3", "-1", "+1"]),
    min_size=1, max_size=6,
)  # fmt: skip
PRAISE = "Renfe, muchas gracias, un servicio excelente"


class Desk:
    """One brand that is talked about, and one responder."""

    def __init__(self, core: Core, monitor: Monitor, source: Source, member: Member) -> None:
        self.core, self.monitor, self.source = core, monitor, source
        self.viewer = replace(viewer(), member_id=member.id)

    async def hear(self, text: str, **values: object) -> Mention:
        await put(self.core, self.source, draft(text, at=self.core.clock.now(), **values))
        async with self.core.database.read() as session:
            found = await session.scalar(select(Mention).order_by(Mention.id.desc()).limit(1))
        assert found is not None
        return found

    async def correct(self, mention: Mention, label: str) -> Mention:
        async with self.core.database.unit_of_work() as session:
            return await corrections.correct(
                session, self.viewer, mention.id, label, now=self.core.clock.now()
            )

    async def counts(self) -> list[tuple[int, int, int]]:
        return list((await counted(self.core)).values())

    async def kept(self) -> list[Correction]:
        async with self.core.database.read() as session:
            return [row async for row in export(session, Correction)]


@pytest.fixture
async def desk(core: Core) -> Desk:
    brand, monitor, source = await make_all(core)
    async with core.database.unit_of_work() as session:
        member = Member(
            organisation_id=brand.organisation_id, name="Marta", email="m@x.test", role="responder"
        )
        session.add(member)
    return Desk(core, monitor, source, member)


async def test_a_correction_moves_the_count_of_its_minute(desk: Desk) -> None:
    mention = await desk.hear(PRAISE)
    assert await desk.counts() == [(1, 0, 1)]
    corrected = await desk.correct(mention, "negative")
    assert (corrected.sentiment, corrected.score, corrected.confidence) == ("negative", -1.0, 1.0)
    assert corrected.judged_by == desk.viewer.member_id
    assert await desk.counts() == [(1, 1, 0)]
    await desk.correct(mention, "neutral")
    assert await desk.counts() == [(1, 0, 0)]


@pytest.mark.parametrize("minute_is_stored", [True, False])
async def test_nothing_is_taken_of_which_nothing_was_counted(desk: Desk, minute_is_stored: bool) -> None:
    """A process of the version before counted the mention, and knew nothing of the new figures."""
    mention = await desk.hear("Renfe es una vergüenza, qué asco de servicio")
    figures = "independent = 0, independent_negative = 0, harm = 0, negative = 0"
    change = f"UPDATE minute_count SET {figures}" if minute_is_stored else "DELETE FROM minute_count"
    async with desk.core.database.unit_of_work() as session:
        await session.execute(text(change))
    await desk.correct(mention, "neutral")
    async with desk.core.database.read() as session:
        rows = (await session.execute(select(MinuteCount))).scalars().all()
    assert [(row.volume, row.negative, row.independent_negative) for row in rows] == [
        (1, 0, 0)
    ] * minute_is_stored


async def test_the_same_word_twice_counts_once(desk: Desk) -> None:
    mention = await desk.hear(PRAISE)
    await desk.correct(mention, "negative")
    await desk.correct(mention, "negative")
    assert await desk.counts() == [(1, 1, 0)]
    assert len(await desk.kept()) == 1


async def test_a_click_and_a_batch_that_meet_both_succeed(desk: Desk) -> None:
    """Each changes the mention and its minute: whoever locks them the other way round deadlocks."""
    mention, now = await desk.hear(PRAISE, native_id="m"), desk.core.clock.now()
    edit = draft(native_id="m", text="Renfe, fatal", at=now, revised_at=now + timedelta(minutes=1))
    async with desk.core.database.unit_of_work() as session:
        await session.scalar(select(Mention).where(Mention.id == mention.id).with_for_update())
        batch = asyncio.create_task(put(desk.core, desk.source, draft(PRAISE, at=now), edit))
        await somebody_waits(session)  # it has stored what is new, and waits for the mention
        await corrections.correct(session, desk.viewer, mention.id, "negative", now=now)
    stored = await batch
    assert (stored.new, stored.revised) == (1, 1)
    assert await desk.counts() == [(2, 1, 1)]


async def test_a_better_model_and_a_batch_that_meet_both_succeed(desk: Desk) -> None:
    """Two mentions of two minutes, the later one judged first: the cells have an order of their own."""
    then = desk.core.clock.now() - timedelta(minutes=1)
    later, earlier = await desk.hear(PRAISE), await desk.hear(PRAISE, arrived_at=then)
    judged = {row.id: (row.text, by_hand("negative")) for row in (later, earlier)}
    async with desk.core.database.unit_of_work() as session:
        await rollups.add(session, [((desk.monitor.id, int(then.timestamp()) // 60), Change(volume=1), 0)])
        rescored = asyncio.create_task(_rescore(desk.core, judged))
        await somebody_waits(session)
        own = (desk.monitor.id, int(desk.core.clock.now().timestamp()) // 60)
        await session.execute(
            text("SELECT 1 FROM minute_count WHERE minute = :m FOR UPDATE NOWAIT"), {"m": own[1]}
        )
    assert await rescored == 2


async def _rescore(core: Core, judged: dict[int, tuple[str, Sentiment]]) -> int:
    async with core.database.unit_of_work() as session:
        return await rescore.record(session, judged)


async def test_a_correction_is_kept_with_who_when_and_what_the_model_said(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE, author="ana"), "negative")
    (kept,) = await desk.kept()
    assert (kept.text, kept.label, kept.said, kept.author) == (PRAISE, "negative", "positive", "ana")
    assert (kept.member_id, kept.made_at) == (desk.viewer.member_id, desk.core.clock.now())


async def test_a_second_thought_replaces_the_first_and_not_what_the_model_said(desk: Desk) -> None:
    mention = await desk.hear(PRAISE)
    await desk.correct(mention, "negative")
    await desk.correct(mention, "neutral")
    assert [(kept.label, kept.said) for kept in await desk.kept()] == [("neutral", "positive")]


async def test_the_same_text_later_gets_the_corrected_label(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE), "negative")
    copy = await desk.hear(f"RT @ana: {PRAISE.upper()}! https://example.org/1".replace("!", ""))
    assert (copy.sentiment, copy.score) == ("negative", -1.0)
    other = await desk.hear("Renfe, muchas gracias, un servicio excelente de verdad")
    assert other.sentiment == "positive"
    assert sorted(await desk.counts()) == [(3, 2, 1)]


async def test_who_may_not_act_may_not_correct(desk: Desk) -> None:
    mention = await desk.hear(PRAISE)
    desk.viewer = replace(desk.viewer, role="executive")
    with pytest.raises(Forbidden):
        await desk.correct(mention, "negative")


async def test_nonsense_is_refused(desk: Desk) -> None:
    mention = await desk.hear(PRAISE)
    with pytest.raises(Invalid, match="negative, neutral, positive"):
        await desk.correct(mention, "angry")
    with pytest.raises(NotFound):
        await desk.correct(Mention(id=mention.id + 1000), "negative")
    assert await desk.kept() == []


async def test_what_its_author_took_back_is_not_judged(desk: Desk) -> None:
    mention = await desk.hear(PRAISE, native_id="gone")
    at = desk.core.clock.now() + timedelta(minutes=1)
    await put(desk.core, desk.source, draft("", at=at, native_id="gone", deleted=True))
    with pytest.raises(Conflict):
        await desk.correct(mention, "negative")
    assert await desk.kept() == []


async def test_an_erased_author_leaves_the_corrections(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE, author="ana"), "negative")
    last = await desk.hear("Renfe otra vez tarde", author="pau")
    await desk.correct(last, "neutral")
    async with desk.core.database.unit_of_work() as session:
        assert await forget_taught(session, [], "an") == 0
        assert await forget_taught(session, [], "ANA") == 1
        assert await forget_taught(session, [last.id]) == 1
    assert await desk.kept() == []


async def test_what_its_author_took_back_leaves_the_corrections(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE, native_id="gone"), "negative")
    at = desk.core.clock.now() + timedelta(minutes=1)
    await put(desk.core, desk.source, draft("", at=at, native_id="gone", deleted=True))
    assert await desk.kept() == []


async def test_agreement_is_told_by_language(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE, lang="es"), "positive")
    await desk.correct(await desk.hear("Renfe: un desastre, qué vergüenza de servicio", lang="es"), "neutral")
    async with desk.core.database.read() as session:
        (found,) = await corrections.agreement(session)
    assert (found.lang, found.judged, found.agreed) == ("es", 2, 1)
    assert found.low < 0.5 < found.high


async def test_a_correction_amid_a_recount_is_what_the_recount_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention = await desk.hear(PRAISE)
    async with desk.core.database.unit_of_work() as session:
        brand_id = (await session.get_one(Monitor, desk.monitor.id)).brand_id
        wish = Wish("Thanks", "gracias")
        monitor = await monitors.create(session, viewer(), brand_id, wish, now=desk.core.clock.now())
    desk.core.clock.set(desk.core.clock.now() + recount.SETTLE)  # type: ignore[attr-defined]
    there = recount._there

    async def corrected_meanwhile(*of: Any) -> set[int]:
        await desk.correct(mention, "negative")
        return await there(*of)

    monkeypatch.setattr(recount, "_there", corrected_meanwhile)
    assert await recount.recount_due(desk.core)
    mine = [figure for (key, _), figure in (await counted(desk.core)).items() if key == monitor.id]
    assert mine == [(1, 1, 0)]


async def test_corrections_leave_as_json_lines(desk: Desk) -> None:
    await desk.correct(await desk.hear(PRAISE, lang="es"), "negative")
    async with desk.core.database.read() as session:
        (line,) = [line async for line in command.lines(session, Correction)]
    told = json.loads(line)
    assert told["text"] == PRAISE
    assert (told["lang"], told["label"], told["said"]) == ("es", "negative", "positive")
    assert told["by"] == desk.viewer.member_id


async def test_no_correction_leaves_nothing_behind(desk: Desk) -> None:
    await desk.hear(PRAISE)
    async with desk.core.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Correction)) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Late again, @renfe", "late AGAIN @somebody https://t.co/x"),
        ("RT @a: quina vergonya", "Quina vergonya"),
        ("bad  service.", "bad service"),
        ("Bé 👍🏽❤️", "bé 👍❤"),
        ("at 12:30", "AT 12.30"),
    ],
)
def test_copies_share_a_key(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("good", "not good"),
        ("good!", "good?"),
        ("https://a.b/1", "https://a.b/2"),
        ("", " "),
        ("#ok", "ok"),
        ("great :)", "great :("),
        ("great :)", "great"),
        ("great 😀", "great 😡"),
        ("renfe +1", "renfe -1"),
    ],
)
def test_other_texts_have_other_keys(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


@given(st.text(max_size=200))
def test_any_text_has_a_key_which_a_link_and_a_handle_do_not_change(text: str) -> None:
    kept = f"renfe {text}"
    assert text_key(kept) == text_key(f"@somebody {kept} https://t.co/x")


@given(SAID, SAID, st.sampled_from(["  ", " , ", " @renfe ", "\n", " https://t.co/x "]))
def test_a_key_stands_for_the_words_and_the_feelings(one: list[str], other: list[str], between: str) -> None:
    assert text_key(" ".join(one)) == text_key(between.join(one).upper())
    assert (text_key(" ".join(one)) == text_key(" ".join(other))) == (one == other)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share(hits: int, more: int) -> None:
    low, high = wilson(hits, hits + more)
    share = hits / (hits + more) if hits + more else 0.5
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_the_interval_by_hand() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=0.0005)  # Newcombe (1998), table I
