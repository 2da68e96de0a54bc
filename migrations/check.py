"""`python -m migrations.check`: fail when a migrated database and the models differ."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from kit import embedded
from migrations import run


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="tocsin-check-") as folder:
        Path(folder).chmod(0o755)  # the embedded server runs as a user of its own when we are root
        with embedded.postgres(Path(folder) / "pg") as url:
            asyncio.run(run.upgrade(url))
            found = asyncio.run(run.differences(url))
    for difference in found:
        print(f"migrations: models and migrations differ: {difference}", file=sys.stderr)
    print("migrations: in step with the models" if not found else "run: make migration MESSAGE=…")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
