"""A digest in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from incident.digest.compose import Stretch, read
from incident.digest.figures import BrandFigures, Figures, Told

MORNING = datetime(2026, 3, 10, 7, tzinfo=UTC)


def test_the_title_of_an_incident_has_no_figure_that_goes_stale_and_an_alerts_is_of_its_time() -> None:
    told = [Told(1, "Almadía: ×55.3 negative mentions", "red", "open")]
    brand = BrandFigures(1, "Almadía", 400, 40, 0, 0, [], [], 0, 0, 0, told, told)
    stretch = Stretch("daily", MORNING - timedelta(days=1), MORNING)
    found = read(Figures([brand], []), stretch, texts={}, language="ca", zone=ZoneInfo("UTC"))
    incident, alert = (line.text for line in found.parts[0].lines)
    assert incident.endswith(": Almadía: mencions negatives")
    assert alert.endswith(": Almadía: ×55,3 mencions negatives")
