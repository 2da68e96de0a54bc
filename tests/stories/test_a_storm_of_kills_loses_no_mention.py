"""Web, worker, Valkey and PostgreSQL are killed while mentions pour in: none accepted is lost or doubled."""

from __future__ import annotations

import pytest

from bench.listening_storm import storm

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", [3])
def test_a_storm_of_kills_loses_no_mention(seed: int) -> None:
    outcome = storm(seed, kills=4, seconds=4, tell=False)
    assert outcome.accepted > 0
    assert outcome.clean, outcome
