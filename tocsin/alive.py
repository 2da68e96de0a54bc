"""A worker's sign of life: a file touched in each round of decisions. `python -m tocsin.alive` checks it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kit import settings

STALE_AFTER = 15.0  # seconds


def sign(home: Path) -> None:
    """Say that the worker of this home has just swept."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "worker.alive").touch()


def is_alive(home: Path) -> bool:
    """Whether a worker of this home swept within the last STALE_AFTER seconds."""
    try:
        return time.time() - (home / "worker.alive").stat().st_mtime < STALE_AFTER
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_alive(settings.load().home) else 1)
