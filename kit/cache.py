"""A folder for what can be made anew: compiled code."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


@cache
def cache_folder() -> Path | None:
    """TOCSIN_CACHE, or `cache` in TOCSIN_HOME, for us alone; None where it cannot be written or is not ours.

    Code is run from it, so nobody else may be able to write there.
    """
    home = os.environ.get("TOCSIN_HOME") or "~/.local/share/tocsin"
    try:
        folder = Path(os.environ.get("TOCSIN_CACHE") or Path(home) / "cache").expanduser().resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    ours = status.st_uid == os.geteuid() and not status.st_mode & 0o022
    return folder if ours and os.access(folder, os.W_OK) else None
