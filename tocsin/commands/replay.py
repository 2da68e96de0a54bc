"""`tocsin replay FILE --speed N`: play a timestamped file through the live pipeline as if it happened now."""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

from msgspec.structs import replace

from kit.core import Core
from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import read
from mentions.importing.load import file_source
from mentions.sources.bodies import MAX_ITEMS
from mentions.sources.ingest import send
from mentions.waiting.batch import Batch
from mentions.waiting.valkey_queue import STREAM
from tocsin import join, mention_files
from tocsin.mention_files import Options

BEAT = 0.25  # seconds between two looks at what is due
GRACE = 2.0  # seconds for a worker to take the last batch out


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    mention_files.configure(parser, source="replay")
    parser.add_argument("--speed", type=float, default=1.0, help="file seconds per second (default: 1)")


def run(args: argparse.Namespace) -> int:
    """Replay the file; 2 when it or a line of it is unusable, with the good lines played all the same."""
    try:
        if not (math.isfinite(args.speed) and args.speed > 0):
            raise Invalid(f"--speed {args.speed}: must be a number above 0")
        chosen = mention_files.options(args, source="replay")
    except Invalid as error:
        return join.complain("replay", str(error), join.BAD_INPUT)
    return join.run("replay", lambda core: _replay(core, chosen, args.speed))


async def _replay(core: Core, chosen: Options, speed: float) -> int:
    lines = read(chosen.path, field_map=chosen.field_map, now=core.clock.now(), zone=chosen.zone)
    drafts, bad = mention_files.apart(lines)
    async with core.database.unit_of_work() as session:
        monitor_ids = await mention_files.brand_monitors(session, chosen.brand)
        source_id = await file_source(session, chosen.source)
    await play(core, source_id, drafts, speed=speed, monitor_ids=monitor_ids)
    print(f"{mention_files.counted(len(drafts), 'mention')} replayed")
    await _tell_if_unread(core)
    if bad:
        return join.complain("replay", mention_files.describe_bad(chosen.path, bad), join.BAD_INPUT)
    return join.FINE


async def play(
    core: Core,
    source_id: int,
    drafts: Sequence[MentionDraft],
    *,
    speed: float,
    monitor_ids: tuple[int, ...] = (),
) -> None:
    """Send the drafts into the stream in the rhythm of their times, `speed` times as fast, the first now.

    Each play is new to the database: the ids get the start's time behind them.
    """
    ordered = sorted(drafts, key=lambda draft: draft.published_at)
    started_at, started, sent = core.clock.now(), monotonic(), 0
    staged = [_staged(draft, ordered[0], started_at, speed) for draft in ordered]
    while sent < len(staged):
        reached = started_at + timedelta(seconds=monotonic() - started)
        due = [draft for draft in staged[sent : sent + MAX_ITEMS] if draft.published_at <= reached]
        if due:
            await send(core, Batch(source_id, core.clock.now(), tuple(due), monitor_ids=monitor_ids))
            sent += len(due)
        else:
            await asyncio.sleep(BEAT)


def _staged(draft: MentionDraft, first: MentionDraft, start: datetime, speed: float) -> MentionDraft:
    """The draft as of now: its distance from the first kept, `speed` times shorter."""
    return replace(
        draft,
        native_id=f"{draft.native_id}@{start.isoformat()}",
        published_at=start + (draft.published_at - first.published_at) / speed,
        arrived_at=None,
    )


async def _tell_if_unread(core: Core) -> None:
    await asyncio.sleep(GRACE)
    if waiting := await core.bell.redis.xlen(STREAM):
        print(f"batches left in the stream for a worker (`tocsin up` or `tocsin worker`): {waiting:,}")
