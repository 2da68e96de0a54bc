"""`tocsin explain` and `tocsin backtest --monitor`, as somebody at a terminal sees them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.sources.watch import watch_sources
from tests.alerts.cast import Cast
from tests.alerts.explained.test_explained import a_burst, cast, live
from tests.clock import MovableClock
from tests.commands.test_import_command import Tocsin, tocsin
from tests.mentions.makers import make_source

__all__ = ["cast", "tocsin"]


async def test_an_alert_is_explained_and_a_changed_past_is_named(
    core: Core,
    clock: MovableClock,
    cast: Cast,
    tocsin: Tocsin,
) -> None:
    alert = await a_burst(core, clock, cast)
    ran = await tocsin("explain", alert.id)
    assert (ran.code, ran.err) == (0, "")
    assert "the same to the digit" in ran.out
    assert repr(alert.evidence["score"]) in ran.out
    assert "[live-" in ran.out
    told = json.loads((await tocsin("explain", alert.id, "--json")).out)
    assert told["same"]
    assert told["computed"]["score"] == told["claimed"]["score"] == alert.evidence["score"]
    assert told["claimed"]["thresholds"]["score"] == 14.0
    minute = minute_of(alert.opened_at) - 2
    async with core.database.unit_of_work() as session:
        await session.execute(text(f"UPDATE minute_count SET volume = 0 WHERE minute = {minute}"))
    ran = await tocsin("explain", alert.id)
    assert ran.code == 1
    assert "was changed since" in ran.out
    assert "score: claimed" in ran.out


async def test_each_claim_of_an_alert_that_rose_by_its_number(
    core: Core, clock: MovableClock, cast: Cast, tocsin: Tocsin
) -> None:
    first = await a_burst(core, clock, cast)
    await live(core, clock, cast, 20, lambda _: 90)
    ran = await tocsin("explain", first.id)
    assert ran.code == 0
    assert "  claim 1, amber, " in ran.out
    assert "> claim 2, red, " in ran.out
    ran = await tocsin("explain", first.id, "--claim", 1)
    assert ran.code == 0
    assert "> claim 1, amber, " in ran.out
    assert repr(first.evidence["score"]) in ran.out
    told = json.loads((await tocsin("explain", first.id, "--claim", 1, "--json")).out)
    assert (told["claim"], told["computed"]["score"]) == (1, first.evidence["score"])
    ran = await tocsin("explain", first.id, "--claim", 3)
    assert (ran.code, "made 2 claims" in ran.err) == (2, True)


async def test_why_a_source_was_called_silent(
    core: Core, clock: MovableClock, cast: Cast, tocsin: Tocsin
) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
        source.expected_minutes, source.enabled_at = 60, clock.now()
    clock.forward(minutes=61)
    assert await watch_sources(core) == 1
    ran = await tocsin("explain", "--outage", 1)
    assert (ran.code, ran.err) == (0, "")
    assert "It was switched on at" in ran.out
    assert "nothing may come for 3600.0 s" in ran.out
    told = json.loads((await tocsin("explain", "--outage", 1, "--json")).out)
    assert (told["state"], told["judged"][0]["allowed"]) == ("same", 3600.0)
    for wrong in (("--outage", 9), (), (1, "--outage", 1)):
        assert (await tocsin("explain", *wrong)).code == 2


@pytest.mark.parametrize("number", ["0", "999999", "-1", "one", "٣", "9" * 40])
async def test_what_is_no_alert(core: Core, tocsin: Tocsin, number: str) -> None:
    try:
        code: object = (await tocsin("explain", number)).code
    except SystemExit as error:
        code = error.code
    assert code == 2


async def test_a_monitors_past_with_presets_side_by_side(
    core: Core,
    clock: MovableClock,
    cast: Cast,
    tocsin: Tocsin,
) -> None:
    await a_burst(core, clock, cast)
    now = core.clock.now()
    stretch = ("--since", (now - timedelta(days=1)).isoformat(), "--until", now.isoformat())
    ran = await tocsin(
        "backtest", "--monitor", cast.monitor_id, *stretch, "--preset", "fewer", "--preset", "more,score=9"
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("alarms in less than a week") == 2
    assert "\nmore,score=9: " in ran.out
    assert "where 3" in ran.out or "are usual" in ran.out
    told = json.loads((await tocsin("backtest", "--monitor", cast.monitor_id, *stretch, "--json")).out)
    assert [one["name"] for one in told["settings"]] == ["current"]
    assert told["settings"][0]["alerts"][0]["evidence"]["score"] >= 14


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--monitor", "nobody"), "there is no monitor"),
        (("--monitor", "1", "--since", "2026-01-02", "--until", "2026-01-01"), "after the beginning"),
        (("--monitor", "1", "--since", "1970-01-01"), "At most"),
        (("--monitor", "\u0000"), "there is no monitor"),
        (("--monitor", "1", "--preset", "louder"), "Choose one of fewer"),
        (("--monitor", "1", "--preset", "more,score"), "'score' is not NAME=VALUE"),
        (("--monitor", "1", "--preset", "more,score=many"), "is not NAME=VALUE"),
        (("--monitor", "1", "--preset", "more,score=1e9"), "score: This must lie between"),
        (("--monitor", "1", "--preset", "current,persist_minutes=nan"), "is not NAME=VALUE"),
        (("--monitor", "1", "--preset", "current,persist_minutes=-1"), "Between 0 and"),
        (("--monitor", "1", "--preset", "current,alarms_a_week=nan"), "a week"),
    ],
)
async def test_what_cannot_be_run(
    core: Core,
    cast: Cast,
    tocsin: Tocsin,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    given = [str(cast.monitor_id) if one == "1" else one for one in arguments]
    ran = await tocsin("backtest", *given)
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
