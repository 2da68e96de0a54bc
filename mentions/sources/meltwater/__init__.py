"""Meltwater: what its data streams and alerts push. Its CSV exports are read by `tocsin import` (`csv`)."""

from __future__ import annotations

from mentions.sources.base import Kind, for_all
from mentions.sources.meltwater.push import receive

KIND = Kind(
    name="meltwater",
    title="Meltwater (data stream or alert)",
    fields=(),
    receive=receive,
    taken=200,  # what Meltwater expects on success; it halts hooks that fail
    vouches=for_all,
)
