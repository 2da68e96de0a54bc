"""Web, worker, Valkey and PostgreSQL are killed again and again: every accepted alert is paged.

The short version of `python -m bench.fault_storm`, which says what it measures.
"""

from __future__ import annotations

from bench.fault_storm import storm


def test_every_alert_is_paged_in_a_storm_of_kills() -> None:
    outcome = storm(seed=7, alerts=40, seconds=16, every=4, tell=False)
    assert outcome.accepted == 40
    assert outcome.unpaged == 0, outcome
    assert outcome.doubled <= 1, outcome
