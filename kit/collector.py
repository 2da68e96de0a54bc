"""Python's collector of cycles, set for processes that hold millions of small objects and make few cycles."""

from __future__ import annotations

import gc

THRESHOLDS = (10_000, 20, 50)
"""New containers until the youngest are looked through, and how many such looks until the next older are.

With Python's own (700, 10, 10) a worker spent a quarter of its time looking through what it remembers."""


def collect_seldom() -> None:
    """Look for cycles seldom, and never again among what is there already. For the start of a process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
