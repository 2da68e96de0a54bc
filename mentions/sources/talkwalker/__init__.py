"""Talkwalker: the results of one collector, streamed."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.talkwalker.listen import PACE, glance, listen

KIND = Kind(
    name="talkwalker",
    title="Talkwalker (stream)",
    fields=(
        Field(
            "collector",
            "Collector",
            required=True,
            help="Its id: small letters, digits, - and _; it keeps what it found for seven days",
        ),
        Field("token", "Access token", required=True, secret=True, help="The API application's read token"),
        Field(
            "server",
            "Server",
            default="https://api.talkwalker.com",
            web="https://api.talkwalker.com",
            moves=True,
            aims=True,
            rare=True,
        ),
    ),
    prepare=(
        "Set up a collector with Talkwalker's API, as developer.talkwalker.com says under “Collectors”. What "
        "it finds costs a credit each, whether or not anybody reads it."
    ),
    stream=listen,
    glance=glance,
    pace=PACE,
    vouches=for_all,
)
