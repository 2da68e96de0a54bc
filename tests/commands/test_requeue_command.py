"""`tocsin requeue`, as somebody at a terminal sees it."""

from __future__ import annotations

from kit.core import Core
from mentions.waiting.valkey_queue import DEAD, STREAM
from tests.commands.test_import_command import Tocsin, tocsin

__all__ = ["tocsin"]


async def test_it_puts_back_what_was_set_aside_and_says_how_much(core: Core, tocsin: Tocsin) -> None:
    for body in (b"one", b"two"):
        await core.bell.redis.xadd(DEAD, {b"batch": body})
    ran = await tocsin("requeue")
    assert (ran.code, ran.out, ran.err) == (0, "2 batches are in the stream again.\n", "")
    waiting = await core.bell.redis.xrange(STREAM)
    assert [fields[b"batch"] for _, fields in waiting] == [b"one", b"two"]
    assert await core.bell.redis.xlen(DEAD) == 0
