"""Batches that could not be stored: tried again by a person, and without who asked to be forgotten."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from kit.core import Core
from mentions.intake.stream import work_off
from mentions.mention import Mention
from mentions.privacy.retention import expire
from mentions.waiting.batch import Batch, decode, encode
from mentions.waiting.queue import Entry
from mentions.waiting.set_aside import forget, put_back
from mentions.waiting.valkey_queue import DEAD, STREAM, Inbox, Outbox
from tests.mentions.makers import draft, make_all, scorer


async def _set_aside(core: Core, *bodies: bytes) -> None:
    inbox = Inbox(core.bell.redis, "test")
    await inbox.open()
    for number, body in enumerate(bodies, start=1):
        await inbox.set_aside(Entry(f"{number}-0".encode(), body), ValueError("no"))


async def _dead(core: Core) -> list[bytes]:
    return [fields[b"batch"] for _, fields in await core.bell.redis.xrange(DEAD)]


async def test_what_was_set_aside_is_stored_when_it_is_put_back(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    bodies = [encode(Batch(source.id, now, (draft(f"renfe {n}", at=now),))) for n in range(45)]
    await _set_aside(core, *bodies, b"no batch at all")
    assert await put_back(core.bell.redis) == 46
    assert await put_back(core.bell.redis) == 0
    inbox = Inbox(core.bell.redis, "test")
    while await core.bell.redis.xlen(STREAM):
        await work_off(core, inbox, await inbox.next(), scorer())
    async with core.database.read() as session:
        assert len((await session.scalars(select(Mention.id))).all()) == 45
    assert await _dead(core) == [b"no batch at all"], "it is still none"


async def test_who_is_forgotten_leaves_what_was_set_aside_too(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    ana, bea = (replace(draft(f"renfe, {name}", at=now), author=name) for name in ("Ana", "Bea"))
    mixed, only, other = (encode(Batch(source.id, now, drafts)) for drafts in ((ana, bea), (ana,), (bea,)))
    named = encode(Batch(source.id, now, (bea,), handles=(("ana", "ana.example"), ("bea", "bea.example"))))
    await _set_aside(core, mixed, only, other, named, b'broken: {"author": "ANA"', b"broken")
    assert await forget(core.bell.redis, ["x", "ana"]) == 4
    assert await forget(core.bell.redis, ["ana"]) == 0
    kept = await _dead(core)
    assert kept[:2] == [other, b"broken"]
    assert decode(kept[2]).drafts == (bea,)
    assert decode(kept[3]).handles == (("bea", "bea.example"),)
    assert await Outbox(core.bell.redis).dead() == 4


@pytest.mark.parametrize("forgetting", ["of an author", "every hour"])
async def test_what_was_read_and_deleted_is_in_no_file_of_valkeys_either(core: Core, forgetting: str) -> None:
    """Its append-only file keeps what was written until it is written anew."""
    redis, word = core.bell.redis, f"{forgetting} zorbitant".encode()
    folder = Path((await redis.config_get("dir"))["dir"]) / "appendonlydir"

    def in_its_files() -> bool:
        with suppress(FileNotFoundError):  # it went while we looked
            return any(word in file.read_bytes() for file in folder.iterdir())
        return True

    async with asyncio.timeout(30):
        while (await redis.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await redis.xdel(STREAM, await redis.xadd(STREAM, {b"batch": word}))
        assert in_its_files()
        await (forget(redis, ["ana"]) if forgetting == "of an author" else expire(core))
        while in_its_files():  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.01)
