"""Moments that are given to the API: none is read in a zone that nobody named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from api.moments import DATE_TIME
from kit.core import Core
from tests.web.cast import Cast

PROGRAM = {"X-Tocsin-CSRF": "1"}
QUERY = "query ($before: DateTime) { mentions(brandId: 1, before: $before) { id } }"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-01T08:00:00Z", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T08:00:00.5+01:00", datetime(2026, 3, 1, 7, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T08:00-0330", datetime(2026, 3, 1, 11, 30, tzinfo=UTC)),
        ("2026-03-01T08:00:00", None),
        ("2026-03-01", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("soon", None),
        ("2" * 10_000, None),
        (1_772_352_000, None),
        (None, None),
    ],
)
def test_a_moment_is_in_utc_or_refused(given: object, meant: datetime | None) -> None:
    parse = DATE_TIME.parse_value
    assert parse is not None
    if meant is None:
        with pytest.raises(GraphQLError, match="time"):
            parse(given)
    else:
        assert parse(given) == meant
        assert parse(given).tzinfo is UTC


async def test_a_list_that_goes_on_before_a_moment_without_an_offset_is_a_fault_of_the_question(
    core: Core,
) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as browser:
        for before, good in (("2026-03-01T08:00:00", False), ("2026-03-01T08:00:00Z", True)):
            body = {"query": QUERY, "variables": {"before": before}}
            answer = await browser.http.post("/graphql", json=body, headers=PROGRAM)
            errors = answer.json().get("errors")
            assert (not errors) if good else "UTC offset" in errors[0]["message"]
