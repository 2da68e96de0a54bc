"""`tocsin requeue`: batches that could not be stored are tried again, once what stopped them is mended."""

from __future__ import annotations

import argparse

from kit.core import Core
from mentions.waiting.set_aside import put_back
from tocsin import join


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Those that fail again are set aside again. What is stored already is not stored twice; each counts"
        " in the minute in which it arrived."
    )


def run(_: argparse.Namespace) -> int:
    """Put all back and say how many."""
    return join.run("requeue", _put_back)


async def _put_back(core: Core) -> int:
    print(f"{await put_back(core.bell.redis)} batches are in the stream again.")
    return join.FINE
