"""Public holidays by country and region, from the library `holidays` (docs/decisions/0067).

A region is written as ISO 3166 does: `ES`, or `ES-CT` with the holidays that Catalonia has, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache

import holidays

from kit.errors import Invalid

MOST_REGIONS = 10
LIFT = 2.0
"""How many times the usual is expected on a public holiday."""


def checked_regions(given: Sequence[str]) -> list[str]:
    """The regions as they are stored, each once; Invalid names the first that there is not."""
    regions = list(dict.fromkeys(region.strip().upper() for region in given if region.strip()))
    if len(regions) > MOST_REGIONS:
        raise Invalid("At most {} countries or regions.", MOST_REGIONS, field="holidays")
    return [_known(region) for region in regions]


def _known(region: str) -> str:
    country, dash, part = region.partition("-")
    parts = _countries().get(country)
    if parts is None:
        raise Invalid(
            "There is no country {!r}. Write codes such as ES, ES-CT or FR.", country[:20], field="holidays"
        )
    if dash and part not in parts:
        raise Invalid("{} has no region {!r}.", country, part[:20], field="holidays")
    return region


@cache
def _countries() -> dict[str, frozenset[str]]:
    """Each country's code with those of its regions."""
    every = holidays.list_supported_countries(include_aliases=False)
    return {
        country: frozenset(part for part in parts if part == part.upper()) for country, parts in every.items()
    }


def days_between(regions: Sequence[str], first: date, last: date) -> dict[date, str]:
    """The holidays of any of the regions from one day to another, both in, and what each is called."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        for region in regions:
            for day, name in _of_year(region, year).items():
                if first <= day <= last:
                    found.setdefault(day, name)
    return dict(sorted(found.items()))


@lru_cache(maxsize=2000)
def _of_year(region: str, year: int) -> dict[date, str]:
    """In the country's own language; nothing of a region that the library no longer knows."""
    country, _, part = region.partition("-")
    parts = _countries().get(country)
    if parts is None or (part and part not in parts):
        return {}
    kind = getattr(holidays, country)
    return dict(kind(subdiv=part or None, years=year, language=kind.default_language))
