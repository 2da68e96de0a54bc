"""Public holidays by country and region."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.campaigns.observed import Observed
from alerts.campaigns.public import MOST_REGIONS, checked_regions, days_between
from kit.errors import Invalid

MADRID = ZoneInfo("Europe/Madrid")


def test_regions_are_known_by_their_codes_each_once() -> None:
    assert checked_regions([" es-ct", "FR", "", "ES-CT"]) == ["ES-CT", "FR"]
    assert checked_regions([]) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["Spain"], "no country 'SPAIN'"),
        (["ES-XX"], "ES has no region 'XX'"),
        (["<script>"], "no country"),
        (["ES-"], "no region"),
        (["\x00"], "no country"),
        (["x" * 9000], "no country"),
        ([f"ES-{n}" for n in range(MOST_REGIONS + 1)], "At most"),
    ],
)
def test_what_is_no_region_is_refused(given: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked_regions(given)


def test_a_region_has_its_country_s_holidays_and_its_own() -> None:
    summer = date(2026, 6, 20), date(2026, 10, 12)
    spain, catalonia = (days_between([region], *summer) for region in ("ES", "ES-CT"))
    assert spain.keys() < catalonia.keys()
    assert date(2026, 9, 11) in catalonia
    assert catalonia[date(2026, 10, 12)] == "Fiesta Nacional de España"


def test_a_day_in_two_calendars_is_one_and_what_is_no_longer_known_none() -> None:
    christmas = date(2026, 12, 25)
    assert list(days_between(["ES", "FR", "XX", "ES-XX"], christmas, christmas)) == [christmas]
    assert list(days_between(["ES"], date(2026, 12, 24), date(2027, 1, 1))) == [christmas, date(2027, 1, 1)]


def test_a_holiday_begins_and_ends_by_the_clocks_of_the_audience() -> None:
    noon = datetime(2026, 12, 25, 12, tzinfo=UTC)
    observed = Observed(("ES",), MADRID)
    (day,) = observed.days(noon, noon + timedelta(hours=1))
    assert (day.starts_at, day.ends_at) == (
        datetime(2026, 12, 24, 23, tzinfo=UTC),
        datetime(2026, 12, 25, 23, tzinfo=UTC),
    )
    assert observed.days(day.ends_at, day.ends_at + timedelta(hours=1)) == []
    assert observed.days(day.starts_at - timedelta(minutes=1), day.starts_at) == []
