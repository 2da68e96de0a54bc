"""Meltwater: what its data streams and alerts push. Its CSV exports are read by `tocsin import` (`csv`)."""

from __future__ import annotations

from mentions.sources.base import Kind, for_all
from mentions.sources.meltwater.push import receive

KIND = Kind(
    name="meltwater",
    title="Meltwater (data stream or alert)",
    fields=(),
    prepare=(
        "Once connected it has an address that needs no signature. Give that to Meltwater: to a "
        "Smart Alert of the type “Every Mention” as its Generic Webhook, or to the API of the package "
        "“Data Streams” as the target_url of a hook for a saved search."
    ),
    receive=receive,
    taken=200,  # what Meltwater expects on success; it halts hooks that fail
    vouches=for_all,
)
