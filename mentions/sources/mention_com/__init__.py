"""Mention.com: the mentions of one alert, by its API."""

from __future__ import annotations

from mentions.sources.base import Field, Kind, for_all
from mentions.sources.mention_com.poll import ADDRESS, look

KIND = Kind(
    name="mention_com",
    title="Mention.com (API)",
    fields=(
        Field("account", "Account id", required=True),
        Field("alert", "Alert id", required=True),
        Field("token", "Access token", required=True, secret=True),
        Field("address", "Address of the API", default=ADDRESS, moves=True, rare=True),
    ),
    every=120,
    poll=look,
    vouches=for_all,
)
