"""Copies fold while mentions are stored: whoever stores them, in whatever order, however often."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from kit.core import Core
from mentions.copies import fold
from mentions.copies.fold import Stories
from mentions.copies.sketch import Sketch, sketch
from mentions.copies.story import Story
from mentions.drafts.draft import MentionDraft
from mentions.intake.store import Stored, enabled_monitors, store
from mentions.mention import Mention
from mentions.monitor import MinuteCount
from mentions.source import Source
from mentions.waiting.batch import Batch
from tests.mentions.copies.makers import numbered
from tests.mentions.makers import draft, make_all, minutes, scorer

TEXT = "Renfe lleva tres horas con el tren parado en el túnel y nadie da explicaciones"
OTHER = "Otra vez Renfe: sin aire, sin luz y con cuarenta grados dentro del vagón"


async def put(core: Core, source: Source, *drafts: MentionDraft, stories: Stories | None = None) -> Stored:
    async with core.database.unit_of_work() as session:
        batch = Batch(source.id, core.clock.now(), drafts)
        monitors = await enabled_monitors(session)
        return await store(session, [batch], scorer=scorer(), monitors=monitors, stories=stories)


async def told(core: Core) -> dict[str, tuple[int | None, bool]]:
    """By native id: the story and whether it is a copy."""
    async with core.database.read() as session:
        rows = await session.scalars(select(Mention))
        return {row.native_id: (row.story_id, row.copy) for row in rows}


async def counted(core: Core) -> tuple[int, int]:
    """All mentions counted, and the copies among them."""
    async with core.database.read() as session:
        rows = (await session.scalars(select(MinuteCount))).all()
    return sum(row.volume for row in rows), sum(row.copies for row in rows)


async def test_originals_and_copies_are_counted_apart(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    reposts = [draft(f"RT @u{number}: {TEXT}", at=now + minutes(0.1)) for number in range(5)]
    await put(core, source, *reposts, draft(TEXT, at=now), draft(OTHER, at=now))
    assert await counted(core) == (7, 5)
    async with core.database.read() as session:
        (story,) = await session.scalars(select(Story))
        first = await session.get_one(Mention, (story.id, story.first_at))
    assert first.text == TEXT


async def test_a_storm_of_copies_does_not_widen_what_is_read_again(core: Core) -> None:
    _, _, source = await make_all(core)
    stories, now = Stories(), core.clock.now()
    for number in range(2):
        await put(core, source, draft(TEXT, at=now + minutes(number)), stories=stories)
    async with core.database.read() as session:
        assert stories._newest == await session.scalar(select(func.max(Mention.id)))


async def test_redelivery_and_restart_change_nothing(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    first, again = draft(TEXT, at=now, native_id="a"), draft(f"{TEXT} #fail", at=now, native_id="b")
    await put(core, source, first, stories=Stories())
    await put(core, source, again, stories=Stories())  # another process that knows only the table
    before = await told(core), await counted(core)
    assert before[0]["b"] == (before[0]["a"][0], True)
    for _ in range(5):
        assert (await put(core, source, first, again, stories=Stories())).new == 0
    assert (await told(core), await counted(core)) == before


async def test_a_worker_that_starts_reads_the_past_beside_its_other_work(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages go out meanwhile: the loop is the same."""
    _, _, source = await make_all(core)
    await put(core, source, draft(TEXT, at=core.clock.now()), stories=Stories())
    where: list[bool] = []

    def watched(texts: Sequence[str]) -> list[Sketch]:
        where.append(threading.current_thread() is threading.main_thread())
        return sketch(texts)

    monkeypatch.setattr(fold, "sketch", watched)
    await put(core, source, draft(OTHER, at=core.clock.now()), stories=Stories())
    assert where
    assert not any(where)


async def test_workers_that_take_turns_fold_into_the_same_stories(core: Core) -> None:
    _, _, source = await make_all(core)
    one, other, now = Stories(), Stories(), core.clock.now()
    await put(core, source, draft(OTHER, at=now), stories=other)
    await put(core, source, draft(TEXT, at=now, native_id="a"), stories=one)
    await put(core, source, draft(f"RT @x: {TEXT}", at=now, native_id="b"), stories=other)
    stories = await told(core)
    assert stories["b"] == (stories["a"][0], True)


async def test_workers_that_find_one_text_at_once_end_with_one_story(core: Core) -> None:
    _, _, source = await make_all(core)
    one, other, now = Stories(), Stories(), core.clock.now()
    for stories, name in ((one, "a"), (other, "b")):  # neither sees what the other has not yet committed
        await put(core, source, draft(OTHER, at=now, native_id=f"before {name}"), stories=stories)
    await asyncio.gather(
        put(core, source, draft(TEXT, at=now, native_id="a"), stories=one),
        put(core, source, draft(TEXT, at=now, native_id="b"), stories=other),
    )
    for number, stories in enumerate((one, other, one, other)):
        await put(core, source, draft(TEXT, at=now, native_id=f"c{number}"), stories=stories)
    found = await told(core)
    assert len({found[f"c{number}"][0] for number in range(4)}) == 1
    async with core.database.read() as session:
        rows = (await session.scalars(select(Story))).all()
    assert len({row.fingerprint for row in rows}) == len(rows)


async def test_what_was_rolled_back_founds_no_story(core: Core) -> None:
    _, _, source = await make_all(core)
    stories, now = Stories(), core.clock.now()
    with pytest.raises(ZeroDivisionError):
        async with core.database.unit_of_work() as session:
            batch = Batch(source.id, now, (draft(TEXT, at=now, native_id="a"),))
            await store(session, [batch], scorer=scorer(), monitors=(), stories=stories)
            raise ZeroDivisionError
    await put(core, source, draft(TEXT, at=now, native_id="b"), stories=stories)
    await put(core, source, draft(TEXT, at=now, native_id="c"), stories=stories)
    found = await told(core)
    assert found["b"][1] is False
    assert found["c"] == (found["b"][0], True)


async def test_a_repost_belongs_to_what_it_names_however_short(core: Core) -> None:
    _, _, source = await make_all(core, "renfe")
    now = core.clock.now()
    await put(core, source, draft("renfe fatal", at=now, native_id="root"))
    await put(
        core,
        source,
        draft("renfe fatal", at=now, native_id="repost", repost_of="root"),
        draft("renfe fatal", at=now, native_id="own words"),
        draft("renfe mal", at=now, native_id="of none we know", repost_of="elsewhere"),
        draft("renfe mal", at=now, native_id="of none we know either", repost_of="elsewhere too"),
    )
    found = await told(core)
    assert found["own words"] == (None, False)
    async with core.database.read() as session:
        root = await session.scalar(select(Mention.id).where(Mention.native_id == "root"))
    assert found["repost"] == (root, True)
    assert found["of none we know"][1] is True
    assert found["of none we know either"] == (found["of none we know"][0], True)
    assert await counted(core) == (5, 3)


async def test_a_worker_that_forgot_an_old_story_finds_it_again_with_the_next_copy(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, source = await make_all(core)
    monkeypatch.setattr(fold, "LOOKED_BACK", 0)
    stories, now = Stories(), core.clock.now()
    stories.index.stories = 1
    names = iter("abcdefg")

    async def say(text: str) -> None:
        await put(core, source, draft(text, at=now, native_id=next(names)), stories=stories)

    for text in (TEXT, TEXT, OTHER, TEXT, TEXT):
        await say(text)
    found = await told(core)
    assert found["b"] == found["e"] == (found["a"][0], True)
    assert found["d"][1] is False  # known again only by its fingerprint, which is looked up for copies


WORDS = [
    TEXT,
    OTHER,
    f"RT @x: {TEXT}",
    f"{OTHER} #fail",
    "renfe fatal",
    f"{TEXT[:60]}…",
    "RT @y: renfe fatal",
]


@given(st.data())
def test_the_order_within_a_batch_does_not_matter(data: st.DataObject) -> None:
    """Of the pure part: the same mentions with the same ids, in any order."""
    said = data.draw(st.lists(st.sampled_from(WORDS), max_size=12))
    new = numbered(said)
    shuffled = data.draw(st.permutations(new))

    def copies(given: list[fold.Numbered]) -> Counter[tuple[str, bool]]:
        stories = Stories()
        rows = zip(given, stories._tell(given, {}), strict=True)
        return Counter((found.item.draft.text, one.copy) for (_, found), one in rows)

    assert copies(new) == copies(shuffled)
