"""`tocsin import FILE`: load stored mentions, as if they had arrived when they were published."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from kit.core import Core
from kit.errors import Invalid
from mentions.batch import Batch
from mentions.copies.fold import Stories
from mentions.draft import MentionDraft
from mentions.files import BadLine, read
from mentions.keep import keep
from mentions.sentiment.plugged import open_model
from tocsin import join, mention_files
from tocsin.mention_files import Options

BATCH = 5_000  # mentions per transaction


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    mention_files.configure(parser, source="the file's name without its ending")


def run(args: argparse.Namespace) -> int:
    """Import the file; 2 when it or a line of it is unusable, with the good lines stored all the same."""
    try:
        chosen = mention_files.options(args, source=args.file.stem)
    except Invalid as error:
        return join.complain("import", str(error), join.BAD_INPUT)
    return join.run("import", lambda core: _import(core, chosen))


async def _import(core: Core, chosen: Options) -> int:
    bad: list[BadLine] = []
    async with core.database.unit_of_work() as session:
        also = await mention_files.brand_monitors(session, chosen.brand)
        source_id = await mention_files.file_source(session, chosen.source)
        lines = read(chosen.path, field_map=chosen.field_map, now=core.clock.now(), zone=chosen.zone)
    scorer, stories = await asyncio.to_thread(open_model, core.settings.sentiment_model), Stories()
    new = duplicates = 0
    for drafts in mention_files.in_batches(_good(lines, bad), BATCH):
        batch = Batch(source_id, core.clock.now(), tuple(drafts), monitor_ids=also)
        stored = await keep(core, [batch], scorer, stories)
        new, duplicates = new + stored.new, duplicates + stored.duplicates
    print(f"{new:,} mentions imported, {duplicates:,} were there before")
    if bad:
        return join.complain("import", mention_files.describe_bad(chosen.path, bad), join.BAD_INPUT)
    return join.FINE


def _good(lines: Iterable[MentionDraft | BadLine], bad: list[BadLine]) -> Iterator[MentionDraft]:
    """The drafts, each arrived when it was published unless the file says; bad lines go to `bad`."""
    for line in lines:
        if isinstance(line, BadLine):
            bad.append(line)
        else:
            yield replace(line, arrived_at=line.arrived_at or line.published_at)
