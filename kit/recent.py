"""What was looked up a moment ago, for what is asked far more often than it changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

BELIEVED = 2.0
"""Seconds: so long a change takes to be seen by a process."""

V = TypeVar("V")


@dataclass(frozen=True)
class Recent(Generic[V]):
    """One process's memory of what it found, each under its name; what a look-up raises is not kept."""

    _kept: dict[str, tuple[float, V]] = field(default_factory=dict)

    async def get(self, name: str, look_up: Callable[[], Awaitable[V]]) -> V:
        """What is known under the name, else what `look_up` finds now."""
        known = self._kept.get(name)
        if known is None or monotonic() - known[0] > BELIEVED:
            self._kept.pop(name, None)
            known = self._kept[name] = (monotonic(), await look_up())
        return known[1]
