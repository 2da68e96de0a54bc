"""`tocsin replay`: a past crisis happens again, now, through the stream."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from kit.core import Core
from mentions.intake.stream import consume
from mentions.mention import Mention
from mentions.waiting.batch import Batch, decode
from mentions.waiting.valkey_queue import STREAM
from tests.commands.test_import_command import Tocsin, file, tocsin  # noqa: F401 - fixtures
from tests.mentions.makers import counted, draft, make_all, minutes
from tocsin.commands import replay
from tocsin.commands.replay import play


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "GRACE", 0)  # no worker runs beside these tests


async def batches(core: Core) -> list[Batch]:
    return [decode(fields[b"batch"]) for _, fields in await core.bell.redis.xrange(STREAM)]


async def test_what_happened_then_arrives_now(core: Core, tocsin: Tocsin, file: Path) -> None:  # noqa: F811
    _, monitor, _ = await make_all(core)
    ran = await tocsin("replay", file, "--speed", "100", "--brand", "renfe")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("3 mentions replayed\n")
    assert "left in the stream for a worker" in ran.out
    sent = await batches(core)
    assert [len(one.drafts) for one in sent] == [1, 2]
    assert {one.monitor_ids for one in sent} == {(monitor.id,)}
    assert abs(time.time() - sent[0].arrived_at.timestamp()) < 60


async def test_each_replay_is_stored_anew(core: Core, tocsin: Tocsin, file: Path) -> None:  # noqa: F811
    await make_all(core)
    for _ in range(2):
        assert (await tocsin("replay", file, "--speed", "1000")).code == 0
    stop = asyncio.Event()
    task = asyncio.create_task(consume(core, consumer="one", stop=stop))
    async with asyncio.timeout(60):
        while await core.bell.redis.xlen(STREAM):  # noqa: ASYNC110 - another task empties it
            await asyncio.sleep(0.05)
    stop.set()
    await task
    async with core.database.read() as session:
        assert len((await session.scalars(select(Mention))).all()) == 6
    assert sum(volume for volume, _, _ in (await counted(core)).values()) == 4


async def test_the_rhythm_is_kept_and_the_order_is_mended(core: Core) -> None:
    _, _, source = await make_all(core)
    now = core.clock.now()
    drafts = [draft(at=now + minutes(at)) for at in (12, 0, 6)]
    begun = time.monotonic()
    await play(core, source.id, drafts, speed=600)
    assert 1.2 <= time.monotonic() - begun < 30
    sent = [one for batch in await batches(core) for one in batch.drafts]
    assert [one.published_at - sent[0].published_at for one in sent] == [
        minutes(at) / 600 for at in (0, 6, 12)
    ]
    assert [one.native_id.split("@")[0] for one in sent] == [drafts[at].native_id for at in (1, 2, 0)]


async def test_nothing_to_play(core: Core) -> None:
    _, _, source = await make_all(core)
    await play(core, source.id, [], speed=1)
    assert await batches(core) == []


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf"])
async def test_a_speed_that_is_none_is_bad_usage(
    core: Core,
    tocsin: Tocsin,  # noqa: F811
    file: Path,  # noqa: F811
    speed: str,
) -> None:
    ran = await tocsin("replay", file, "--speed", speed)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--speed" in ran.err


async def test_bad_lines_are_named_and_the_rest_is_played(
    core: Core,
    tocsin: Tocsin,  # noqa: F811
    tmp_path: Path,
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "hola", "date": "2026-03-01T00:00:00Z"}\n{"text": \n')
    ran = await tocsin("replay", path, "--speed", "100")
    assert ran.code == 2
    assert ran.err.startswith("tocsin replay: bad.jsonl: 1 line left out: line 2: is not JSON")
    assert len(await batches(core)) == 1


async def test_a_broker_that_is_away_is_a_failure(
    core: Core,
    tocsin: Tocsin,  # noqa: F811
    file: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOCSIN_REDIS_URL", "redis://127.0.0.1:1")
    ran = await tocsin("replay", file)
    assert ran.code == 1
    assert "could not be stored" in ran.err
