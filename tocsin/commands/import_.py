"""`tocsin import FILE`: load stored mentions, as if they had arrived when they were published."""

from __future__ import annotations

import argparse

from kit.core import Core
from kit.errors import Invalid
from mentions.importing.files import BadLine, read
from mentions.importing.load import file_source, load
from tocsin import join, mention_files
from tocsin.mention_files import Options


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
        source_id = await file_source(session, chosen.source)
        lines = read(chosen.path, field_map=chosen.field_map, now=core.clock.now(), zone=chosen.zone)
    new = known = outlived = 0
    async for loaded in load(core, lines, source_id=source_id, monitor_ids=also):
        new, known, outlived = new + loaded.new, known + loaded.known, outlived + loaded.outlived
        bad += loaded.bad
    were = "was" if known == 1 else "were"
    print(f"{mention_files.counted(new, 'mention')} imported, {known:,} {were} there before")
    if outlived:
        days = core.settings.retention_days
        gone = f"{mention_files.counted(outlived, 'line')} older than {days:,} days: counted, and not kept"
        join.complain("import", f"{chosen.path.name}: {gone} (TOCSIN_RETENTION_DAYS)", join.FINE)
    if bad:
        return join.complain("import", mention_files.describe_bad(chosen.path, bad), join.BAD_INPUT)
    return join.FINE
