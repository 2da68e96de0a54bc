"""`tocsin corrections`: what people said of mentions' sentiment, as JSON lines to train with."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator

from kit import embedded, log, settings
from kit.core import open_core
from kit.db import ReadSession
from mentions.sentiment import corrections


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        'One line a text: {"text", "lang", "label", "said" (by the model), "by" (a member\'s number), "at"}. '
        "These are people's words: keep the file as carefully as the database."
    )


def run(_: argparse.Namespace) -> int:
    """Write all corrections to stdout, the oldest first."""
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    running = embedded.running(chosen)
    if running is not None:
        asyncio.run(_write(running))
    else:
        with embedded.servers(chosen) as started:
            asyncio.run(_write(started))
    return 0


async def lines(session: ReadSession) -> AsyncIterator[str]:
    """Yield each correction as one line of JSON, without its line break."""
    async for row in corrections.export(session):
        told = {"text": row.text, "lang": row.lang, "label": row.label, "said": row.said}
        told_by = {"by": row.member_id, "at": row.made_at.isoformat()}
        yield json.dumps(told | told_by, ensure_ascii=False)


async def _write(running: settings.Settings) -> None:
    async with open_core(running) as core, core.database.read() as session:
        async for line in lines(session):
            sys.stdout.write(line + "\n")
