"""The back-test of a monitor over what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from alerts.backtest.past import past_of
from alerts.backtest.run import LONGEST_DAYS, MOST_CHOICES, backtest
from alerts.backtest.trial import Choice, tried
from alerts.backtest.verdict import Known, Stretch
from alerts.detection.live import BALANCED, FEWER, MORE
from alerts.judging.notable import HELD_MINUTES
from alerts.judging.roster import EACH
from kit.core import Core
from kit.errors import Invalid
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor
from tests.alerts.cast import Cast, counted, make_cast

DAY = 1440
CHOICES = (Choice("fewer", FEWER), Choice("balanced", BALANCED), Choice("more", MORE))


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def lived(core: Core, cast: Cast, days: int, *bursts: tuple[int, int], rate: float = 0.5) -> Monitor:
    """Store so many days of calm until now, with bursts of 40 minutes: (minutes ago, mentions a minute).

    The monitor was made now: all of it was imported.
    """
    rng = np.random.default_rng(7)
    now = minute_of(core.clock.now())
    volume = rng.poisson(rate, days * DAY)
    negative = rng.binomial(volume, 0.25)
    for ago, size in bursts:
        volume[-ago:][:40] += size
        negative[-ago:][:40] += size
    first = now - days * DAY
    said = {first + int(i): (int(volume[i]), int(negative[i])) for i in np.flatnonzero(volume)}
    await counted(core, cast.monitor_id, said)
    async with core.database.read() as session:
        return await session.get_one(Monitor, cast.monitor_id)


async def test_presets_side_by_side_over_a_past_with_one_crisis(core: Core, cast: Cast) -> None:
    monitor = await lived(core, cast, 4, (2000, 6))
    now = core.clock.now()
    onset = minute_of(now) - 2000
    known = Known(crises=(Stretch(onset, onset + 300, "#1 The burst"),))
    async with core.database.read() as session:
        found = await backtest(session, monitor, CHOICES, known, since=now - timedelta(days=2), until=now)
    assert [trial.choice.name for trial in found.trials] == ["fewer", "balanced", "more"]
    for trial in found.trials:
        (alarm,) = trial.record.alarms
        assert alarm.verdict == "confirmed"
        assert trial.record.recall == trial.record.precision == 1.0
        assert trial.record.delay is not None
        assert trial.record.delay <= 10
        first = min(trial.alerts, key=lambda one: one.opened)
        assert onset - 30 <= first.since <= first.opened <= onset + 10
        assert first.evidence["score"] >= trial.choice.settings.score
    opened = [min(one.opened for one in trial.alerts) for trial in found.trials]
    assert opened == sorted(opened, reverse=True), "what needs less is never later"


async def test_voices_that_weigh_are_told_as_live(core: Core, cast: Cast) -> None:
    monitor = await lived(core, cast, 3)
    now = core.clock.now()
    first = minute_of(now) - 1000
    for minute in (first, first + 30, first + 600):
        await counted(core, cast.monitor_id, {minute: (3, 1)}, notable=1)
    for minute in (first + 601, first + 602):
        await counted(core, cast.monitor_id, {minute: (40, 40)}, notable=1)
    async with core.database.read() as session:
        found = await backtest(
            session, monitor, CHOICES[1:2], Known(), since=now - timedelta(days=1), until=now
        )
    voices = [one for one in found.trials[0].alerts if one.family == "notable"]
    assert [(one.opened - first, one.ended, one.level, one.pages) for one in voices] == [
        (0, first + 30 + HELD_MINUTES, "amber", True),
        (600, first + 602 + HELD_MINUTES, "red", True),
    ]
    assert voices[0].evidence["reason"].startswith("1 negative or harmful mention by authors who weigh")
    assert {one.level for one in found.trials[0].alerts if one.family == "negative"} == {"red"}, (
        "three voices are points of severity of the other alerts, too"
    )


async def test_voices_that_weigh_are_as_grave_as_each_setting_says(core: Core, cast: Cast) -> None:
    monitor, now = await lived(core, cast, 2), core.clock.now()
    await counted(core, cast.monitor_id, {minute_of(now) - 1000: (3, 0)}, notable=3)
    choices = (CHOICES[1], Choice("few are red", replace(BALANCED, floor=3, red_floor=3)))
    async with core.database.read() as session:
        found = await backtest(session, monitor, choices, Known(), since=now - timedelta(days=1), until=now)
    levels = [[one.level for one in trial.alerts if one.family == "notable"] for trial in found.trials]
    assert levels == [["amber"], ["red"]]


async def test_all_of_a_past_that_was_imported_is_judged_and_nothing_else_is_counted(
    core: Core, cast: Cast
) -> None:
    monitor = await lived(core, cast, 40, (30 * DAY, 6))
    now = core.clock.now()
    onset = minute_of(now) - 30 * DAY
    early = Stretch(onset - 20 * DAY, onset - 19 * DAY, "before anything was stored")
    known = Known(crises=(early, Stretch(onset, onset + 300, "#1 The burst")))
    async with core.database.read() as session:
        found = await backtest(
            session, monitor, CHOICES[1:2], known, since=now - timedelta(days=60), until=now
        )
    (trial,) = found.trials
    assert onset - 30 <= trial.alerts[0].since <= onset + 10
    assert (trial.record.found, trial.record.missed) == (1, 0)
    assert trial.record.weeks == pytest.approx(40 / 7, abs=0.01)


async def test_the_curve_has_a_band_in_which_calm_lies(core: Core, cast: Cast) -> None:
    monitor = await lived(core, cast, 3)
    now = core.clock.now()
    async with core.database.read() as session:
        found = await backtest(
            session, monitor, CHOICES[:1], Known(), since=now - timedelta(days=1), until=now
        )
    volume = found.curves[0]
    assert (volume.signal, volume.step) == ("volume", 5)
    inside = [
        one.low <= one.observed <= one.high
        for one in volume.points
        if one.low is not None and one.high is not None
    ]
    assert len(inside) == len(volume.points) == 288
    assert sum(inside) >= 0.9 * len(inside)


@pytest.mark.parametrize(
    ("since", "until", "choices", "words"),
    [
        (1, 1, 1, "after the beginning"),
        (1, 2, 1, "after the beginning"),
        (LONGEST_DAYS + 2, 1, 1, "At most"),
        (2, 1, 0, "side by side"),
        (2, 1, MOST_CHOICES + 1, "side by side"),
    ],
)
async def test_what_cannot_be_run_is_refused(
    core: Core, cast: Cast, since: int, until: int, choices: int, words: str
) -> None:
    now = core.clock.now()
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, cast.monitor_id)
        with pytest.raises(Invalid, match=words):
            await backtest(
                session, monitor, CHOICES[:1] * choices, Known(),
                since=now - timedelta(days=since), until=now - timedelta(days=until),
            )  # fmt: skip


async def test_a_monitor_without_a_past_raises_nothing(core: Core, cast: Cast) -> None:
    now = core.clock.now()
    async with core.database.read() as session:
        monitor = await session.get_one(Monitor, cast.monitor_id)
        found = await backtest(
            session,
            monitor,
            CHOICES,
            Known(),
            since=now - timedelta(days=300),
            until=now - timedelta(days=200),
        )
    assert all(not trial.alerts and not trial.record.alarms for trial in found.trials)


async def test_clocks_that_change_in_the_stretch_change_nothing_that_was_counted(
    core: Core, cast: Cast
) -> None:
    monitor = await lived(core, cast, 4, (2000, 6))
    now = minute_of(core.clock.now())
    async with core.database.read() as session:
        past = await past_of(session, monitor, now - 4 * DAY, now, now - 4 * DAY)
    turned = replace(past, around=replace(past.around, turns={now - 2 * DAY - 59: np.ones(EACH, np.int64)}))
    courses = [tried(one, CHOICES[0]) for one in (past, turned)]
    before = 2 * DAY - 60
    assert np.array_equal(courses[0].usual[:, :before], courses[1].usual[:, :before], equal_nan=True)
    assert courses[0].usual.shape == courses[1].usual.shape == past.counts.shape
    assert not np.array_equal(courses[0].usual, courses[1].usual, equal_nan=True)
    assert courses[1].first == past.first
