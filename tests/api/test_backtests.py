"""What is asked of a back-test: the present with numbers that differ, and stretches that make no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.backtest import DAYS
from alerts.tuning.chosen import DetectorSetting, followed
from api.backtests import BacktestSettingInput, choice, stretch
from api.detector import DetectorNumberInput
from kit.core import Core
from kit.errors import Invalid
from tests.web.cast import Cast

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROW = DetectorSetting(
    monitor_id=1, preset="more", edited={"floor": 9.0}, persist_minutes=7, alarms_a_week=2.0, version=3
)


def test_the_present_with_a_number_that_differs_is_the_present_in_all_else() -> None:
    numbers = [DetectorNumberInput(name="ratio", value=3.0)]
    tried = choice(BacktestSettingInput(numbers=numbers), ROW).settings.at(0)
    assert tried == {**followed(ROW).at(0), "ratio": 3.0}
    assert (tried["persist_minutes"], tried["alarms_a_week"], tried["floor"]) == (7, 2.0, 9.0)
    assert choice(BacktestSettingInput(), ROW).settings == followed(ROW)
    other = choice(BacktestSettingInput(persist_minutes=0, alarms_a_week=1.0), ROW).settings.at(0)
    assert (other["persist_minutes"], other["alarms_a_week"]) == (0, 1.0)


def test_a_preset_is_the_preset_whatever_is_set() -> None:
    plain = choice(BacktestSettingInput(preset="more"), ROW).settings.at(0)
    assert (plain["persist_minutes"], plain["alarms_a_week"]) == (0, 0)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, datetime(1, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 2, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), None),
    ],
)
def test_times_that_make_no_sense_are_refused(since: datetime | None, until: datetime | None) -> None:
    with pytest.raises(Invalid):
        stretch(since, until, NOW)


def test_the_stretch_ends_now_at_the_latest() -> None:
    assert stretch(None, None, NOW) == (NOW - timedelta(days=DAYS), NOW)
    assert stretch(None, NOW + timedelta(days=5), NOW)[1] == NOW


async def test_a_time_without_a_zone_is_an_answer_and_no_breakdown(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as browser:
        query = '{ backtest(monitorId: "1", until: "2026-03-01T00:00:00") { since } }'
        answer = await browser.http.post("/graphql", json={"query": query}, headers={"X-Tocsin-CSRF": "1"})
    assert "UTC offset" in answer.json()["errors"][0]["message"]
