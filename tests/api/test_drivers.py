"""What drives a brand is asked of one brand or one monitor, for a month at most, by the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kit.core import Core
from tests.web.cast import Browser, Cast

HERE = {"Origin": "http://tocsin.test"}
ASK = """query (
  $brand: ID, $monitor: ID, $since: DateTime!, $until: DateTime!, $from: DateTime, $to: DateTime
) {
  drivers(
    brandId: $brand, monitorId: $monitor, since: $since, until: $until,
    baselineSince: $from, baselineUntil: $to
  ) {
    mentions copies sampled terms { term } stories { id } coordination { sign }
  } }"""


async def asked(browser: Browser, **variables: str) -> dict[str, Any]:
    """The whole answer."""
    sent = {"query": ASK, "variables": variables}
    return dict((await browser.http.post("/graphql", json=sent, headers=HERE)).json())


async def test_the_house_asks_of_a_brand_or_a_monitor(core: Core) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    times = {"since": (now - timedelta(days=31)).isoformat(), "until": now.isoformat()}
    nothing = {"mentions": 0, "copies": 0, "sampled": 0, "terms": [], "stories": [], "coordination": []}
    async with cast.browser("marta") as marta:
        for whose in ({"brand": "1"}, {"monitor": "1"}):
            assert await asked(marta, **whose, **times) == {"data": {"drivers": nothing}}


@pytest.mark.parametrize(
    ("name", "whose", "days"),
    [
        ("nuria", {"brand": "1"}, 1),
        ("marta", {}, 1),
        ("marta", {"brand": "1", "monitor": "1"}, 1),
        ("marta", {"brand": "1"}, 31.1),
        ("marta", {"brand": "1"}, 0),
        ("marta", {"brand": "999"}, 1),
        ("marta", {"monitor": "999"}, 1),
        ("marta", {"monitor": "1", "from": "2026-03-01T00:00Z"}, 1),
        ("marta", {"monitor": "1", "from": "2026-03-01T00:00Z", "to": "2026-03-01T00:00Z"}, 1),
        ("marta", {"monitor": "1", "from": "2026-03-01T00:00", "to": "2026-03-02T00:00Z"}, 1),
        ("marta", {"monitor": "1", "since": "0001-01-01T00:00Z", "until": "0001-01-02T00:00Z"}, 1),
    ],
)
async def test_nobody_else_and_nothing_else(
    core: Core, name: str, whose: dict[str, str], days: float
) -> None:
    cast, now = await Cast.assemble(core), core.clock.now()
    times = {"since": (now - timedelta(days=days)).isoformat(), "until": now.isoformat()}
    async with cast.browser(name) as browser:
        answer = await asked(browser, **{**times, **whose})
    assert answer["errors"]
    assert "went wrong" not in str(answer["errors"])
    assert not answer.get("data")
