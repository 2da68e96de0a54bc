"""Web, worker and Valkey are killed while mentions pour in: none accepted is lost or counts twice."""

from __future__ import annotations

import pytest

from bench.listening_storm import storm


@pytest.mark.parametrize("seed", [3])
def test_a_storm_of_kills_loses_no_mention(seed: int) -> None:
    outcome = storm(seed, kills=3, seconds=9, tell=False)
    assert outcome.accepted > 0
    assert outcome.clean, outcome
