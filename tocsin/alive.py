"""A worker's sign of life: a file touched in each round. `python -m tocsin.alive [KIND]` checks it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kit import settings

STALE_AFTER = 15.0  # seconds


def sign(home: Path, kind: str) -> None:
    """Say that the worker of this home and kind has just swept."""
    home.mkdir(parents=True, exist_ok=True)
    _file(home, kind).touch()


def is_alive(home: Path, kind: str = "alarm") -> bool:
    """Whether a worker of this home and kind swept within the last STALE_AFTER seconds."""
    try:
        return time.time() - _file(home, kind).stat().st_mtime < STALE_AFTER
    except FileNotFoundError:
        return False


def _file(home: Path, kind: str) -> Path:
    return home / f"{kind}.alive"


if __name__ == "__main__":
    sys.exit(0 if is_alive(settings.load().home, *sys.argv[1:2]) else 1)
