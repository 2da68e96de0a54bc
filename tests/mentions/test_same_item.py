"""One item from two sources counts once, and no source can hide or change what another one brings."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from kit.core import Core
from mentions.drafts.draft import MentionDraft
from mentions.mention import Mention
from mentions.source import Source
from mentions.sources.rss import own_site
from tests.mentions.makers import counted, draft, make_all, make_source, minutes, put
from tests.waiting import somebody_waits

TRUE = "Renfe: el tren de las ocho lleva dos horas parado en el túnel"
OTHER = "Renfe celebra su aniversario con un vídeo precioso"
ADDRESS = "https://diari.example/1"


async def source(core: Core, name: str, kind: str = "webhook", **settings: str) -> Source:
    async with core.database.unit_of_work() as session:
        return await make_source(session, name, kind=kind, settings=settings)


async def texts(core: Core) -> list[str]:
    async with core.database.read() as session:
        return list(await session.scalars(select(Mention.text).order_by(Mention.id)))


async def volume(core: Core) -> int:
    return sum(volume for volume, _, _ in (await counted(core)).values())


def said(core: Core, words: str = TRUE, uri: str | None = ADDRESS, **values: object) -> MentionDraft:
    return replace(draft(words, at=core.clock.now()), uri=uri, url=uri, **values)


@pytest.mark.parametrize("kind", ["webhook", "gdelt"])
async def test_who_claims_an_address_with_other_words_hides_nothing(core: Core, kind: str) -> None:
    _, _, hostile = await make_all(core)
    honest = await source(core, "honest", kind)
    await put(core, hostile, said(core, OTHER))
    stored = await put(core, honest, said(core), arrived_at=core.clock.now())
    assert (stored.new, stored.duplicates) == (1, 0)
    assert await texts(core) == [OTHER, TRUE]
    assert await volume(core) == 2


async def test_nor_does_it_within_one_transaction(core: Core) -> None:
    _, _, hostile = await make_all(core)
    honest = await source(core, "honest")
    await put(core, hostile, said(core, OTHER), said(core, OTHER))
    await put(core, honest, said(core), said(core))
    assert await texts(core) == [OTHER, TRUE]


async def test_the_same_words_at_one_address_count_once(core: Core) -> None:
    _, _, one = await make_all(core)
    other = await source(core, "other")
    first = said(core)
    await put(core, one, first)
    shouted = said(core, f"  {TRUE.upper()}\n")
    assert (await put(core, other, shouted)).duplicates == 1
    assert (await put(core, other, shouted)).duplicates == 1
    assert (await put(core, other, said(core, uri="https://diari.example/2"))).new == 1


@pytest.mark.parametrize("kind", ["brandwatch", "gdelt", "mastodon"])
async def test_a_source_that_vouches_is_believed_whatever_its_words(core: Core, kind: str) -> None:
    """A suite brings an article's beginning, the hook the whole: it is one article."""
    await make_all(core)
    suite, hook = await source(core, "a suite", kind), await source(core, "a hook")
    await put(core, suite, said(core, TRUE[:40]))
    assert (await put(core, hook, said(core))).duplicates == 1
    assert await texts(core) == [TRUE[:40]]


async def test_a_feed_vouches_for_its_own_site(core: Core) -> None:
    _, _, hook = await make_all(core)
    feed = await source(core, "feed", "rss", url="https://diari.example/feed.xml")
    elsewhere = "https://premsa.example/1"
    await put(core, feed, said(core, OTHER), said(core, OTHER, elsewhere))
    stored = await put(core, hook, said(core), said(core, uri=elsewhere))
    assert (stored.new, stored.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://www.diari.example/a", True),
        ("https://blog.diari.example/a", True),
        ("https://diari.example.evil.example/", False),
        ("https://notdiari.example/", False),
        ("at://did:plc:a/b/c", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_a_site_is_its_host_and_what_is_below_it(address: str | None, own: bool) -> None:
    assert own_site({"url": "https://www.diari.example/feed"}, address) is own
    assert not own_site({}, address)


async def test_two_that_vouch_bring_one_item(core: Core) -> None:
    await make_all(core)
    one, other = await source(core, "one", "brandwatch"), await source(core, "other", "meltwater")
    await put(core, one, said(core, TRUE[:40]))
    assert (await put(core, other, said(core))).duplicates == 1
    assert (await put(core, one, said(core, OTHER))).duplicates == 1


async def test_a_source_takes_back_only_its_own_part_of_what_two_brought(core: Core) -> None:
    """Who says the true words first and then deletes or rewrites them would hide them as well."""
    _, _, hostile = await make_all(core)
    honest = await source(core, "honest")
    first, true = said(core), said(core)
    await put(core, hostile, first)
    await put(core, honest, true)
    rewritten = replace(first, text=OTHER, revised_at=core.clock.now() + minutes(1))
    assert (await put(core, hostile, rewritten)).revised == 0
    assert (await put(core, hostile, replace(first, text="", deleted=True))).revised == 0
    assert (await put(core, hostile, replace(first, text="", deleted=True))).revised == 0, "nor by insisting"
    assert await texts(core) == [TRUE]
    assert (await put(core, honest, replace(true, text="", deleted=True))).revised == 1, "all took it back"
    assert await texts(core) == [""]


async def test_many_ids_for_one_address_take_no_more_back(core: Core) -> None:
    _, _, honest = await make_all(core)
    hostile = await source(core, "hostile")
    await put(core, honest, said(core))
    many = [said(core) for _ in range(3)]
    await put(core, hostile, *many)
    gone = [replace(one, text="", deleted=True) for one in many]
    assert (await put(core, hostile, *gone, *gone)).revised == 0
    assert await texts(core) == [TRUE]


async def test_two_that_come_at_once_are_told_as_two_that_brought_it(core: Core) -> None:
    _, _, hostile = await make_all(core)
    one, other = said(core), said(core)
    await put(core, hostile, one, other)
    assert (await put(core, hostile, replace(one, text="", deleted=True))).revised == 0
    assert (await put(core, hostile, replace(other, text="", deleted=True))).revised == 1


async def test_who_vouches_for_an_item_says_when_it_is_gone(core: Core) -> None:
    _, _, hook = await make_all(core)
    network = await source(core, "network", "mastodon")
    await put(core, hook, said(core))
    post = said(core)
    await put(core, network, post)
    edited = replace(post, text=OTHER, revised_at=core.clock.now() + minutes(1))
    assert (await put(core, network, edited)).revised == 1
    assert (await put(core, network, replace(post, text="", url=None, uri=None, deleted=True))).revised == 1
    assert await texts(core) == [""]


async def test_a_repost_finds_its_original_by_the_address_its_own_source_gave(core: Core) -> None:
    _, _, one = await make_all(core)
    hostile = await source(core, "hostile")
    await put(core, hostile, said(core, OTHER))
    await put(core, one, said(core))
    await put(core, one, said(core, "Renfe!", uri=None, repost_of=ADDRESS))
    async with core.database.read() as session:
        rows = (await session.scalars(select(Mention).order_by(Mention.id))).all()
    assert [(row.text, row.copy) for row in rows] == [(OTHER, False), (TRUE, False), ("Renfe!", True)]
    assert rows[2].story_id == rows[1].id


async def test_a_batch_takes_its_mentions_in_one_order_and_so_two_batches_never_deadlock(core: Core) -> None:
    """It edits the earlier mention and joins the later one: it must not hold the later while it waits."""
    _, _, one = await make_all(core)
    async with core.database.unit_of_work() as session:
        two = await make_source(session, "another")
    now = core.clock.now()
    await put(core, two, draft("Renfe ha llegado", at=now, native_id="mine"))
    await put(core, one, said(core))
    edit = draft("Renfe, fatal", at=now, native_id="mine", revised_at=now + minutes(1))
    async with core.database.unit_of_work() as session:
        earlier, later = await session.scalars(select(Mention.id).order_by(Mention.id))
        await session.execute(select(Mention).where(Mention.id == earlier).with_for_update())
        batch = asyncio.create_task(put(core, two, said(core), edit))
        await somebody_waits(session)
        await session.execute(select(Mention).where(Mention.id == later).with_for_update(nowait=True))
    assert (await batch).revised == 1
    async with core.database.read() as session:
        assert await session.scalar(select(Mention.brought).where(Mention.id == later)) == 2
