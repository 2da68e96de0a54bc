"""What is quiet, and what is kept of it."""

from __future__ import annotations

import pytest

from incident.digest.figures import BrandFigures, Figures, Outage, from_json


def brand(volume: int, usual: float | None) -> BrandFigures:
    return BrandFigures(1, "Almadía", volume, usual, 0, 0, [], [], 0, 0, 0, [], [])


@pytest.mark.parametrize(
    ("volume", "usual", "quiet"),
    [
        (400, 400, True),
        (700, 400, False),
        (3, 400, False),
        (199, 400, False),
        (200, 400, True),
        (0, 10, True),
        (4, 15, False),
        (10, 2, True),
        (11, 2, False),
        (90, None, True),
    ],
)
def test_far_less_than_usual_is_no_more_quiet_than_far_more(
    volume: int, usual: float | None, quiet: bool
) -> None:
    assert Figures([brand(volume, usual)], []).quiet == quiet


def test_a_day_with_an_outage_is_not_quiet_and_older_figures_know_of_none() -> None:
    figures = Figures(
        [brand(1, 1)], [], [Outage("feed", 2, "2026-05-04T14:00:00+00:00", "2026-05-04T15:00:00+00:00")]
    )
    assert not figures.quiet
    kept = figures.as_json()
    assert from_json(kept) == figures
    del kept["outages"]
    assert from_json(kept).quiet
