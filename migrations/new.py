"""`python -m migrations.new MESSAGE`: draft the next migration from models and database."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from kit import embedded
from migrations import run

VERSIONS = Path(__file__).parent / "versions"


def next_number() -> str:
    """Four digits, one more than the newest file's."""
    newest = max((path.name[:4] for path in VERSIONS.glob("[0-9]*.py")), default="0000")
    return f"{int(newest) + 1:04}"


async def write(url: str, message: str) -> None:
    await run.upgrade(url)
    await run.draft(url, message, next_number())


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1]:
        print('migrations: say what it does: make migration MESSAGE="Add the column"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tocsin-migration-") as folder:
        Path(folder).chmod(0o755)  # the embedded server runs as a user of its own when we are root
        with embedded.postgres(Path(folder) / "pg") as url:
            asyncio.run(write(url, sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
