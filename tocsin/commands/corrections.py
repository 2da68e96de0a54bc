"""`tocsin corrections`: what people said of mentions' sentiment, or of their labels, as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator

from kit import embedded, log, settings
from kit.core import open_core
from kit.db import ReadSession
from mentions.sentiment.corrections import Correction
from mentions.taught import Taught, export
from mentions.triage.decisions import Decision


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        'One line a text: {"text", "lang", "label", "said" (by us), "by" (a member\'s number), "at"}. '
        "These are people's words: keep the file as carefully as the database."
    )
    parser.add_argument(
        "--labels", action="store_true", help="what people said of labels (complaint, question …) instead"
    )


def run(args: argparse.Namespace) -> int:
    """Write all of them to stdout, the oldest first."""
    table = Decision if args.labels else Correction
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    running = embedded.running(chosen)
    if running is not None:
        asyncio.run(_write(running, table))
    else:
        with embedded.servers(chosen) as started:
            asyncio.run(_write(started, table))
    return 0


async def lines(session: ReadSession, table: type[Taught]) -> AsyncIterator[str]:
    """Yield each row as one line of JSON, without its line break."""
    async for row in export(session, table):
        told = {"text": row.text, "lang": row.lang, "label": row.label, "said": row.said}
        told_by = {"by": row.member_id, "at": row.made_at.isoformat()}
        yield json.dumps(told | told_by, ensure_ascii=False)


async def _write(running: settings.Settings, table: type[Taught]) -> None:
    async with open_core(running) as core, core.database.read() as session:
        async for line in lines(session, table):
            sys.stdout.write(line + "\n")
