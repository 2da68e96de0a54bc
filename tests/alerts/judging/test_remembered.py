"""What pages say of a detector is what it goes by: read out of the checkpoint, to the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from alerts.detection.live import BALANCED, State
from alerts.detection.state import NO_MINUTE
from alerts.judging.checkpoint import Checkpoint, Watched, save
from alerts.judging.remembered import remembered
from alerts.judging.roster import EACH, SIGNALS, empty
from kit.core import Core
from mentions.counting.counts import minute_of, moment_of


async def stored(core: Core, state: State) -> None:
    watched = tuple(Watched(number, 3, 2, 1) for number in (7, 3, 5))  # other numbers are no ids
    async with core.database.unit_of_work() as session:
        await save(session, Checkpoint(state, watched))


def a_state(core: Core) -> State:
    """Of three monitors; the second one's negative mentions opened or ended an alert an hour ago."""
    state, at = empty(3), EACH + SIGNALS.index("negative")
    history, turned = np.repeat(np.array([5000, 1439, 1440], np.int32), EACH), state.turned.copy()
    turned[at] = minute_of(core.clock.now()) - 60
    return replace(state, minute=minute_of(core.clock.now()) - 11, history=history, turned=turned)


async def test_each_monitor_has_its_own_and_is_cold_until_a_day_was_heard(core: Core) -> None:
    await stored(core, a_state(core))
    async with core.database.read() as session:
        found = await remembered(session, [3, 5, 8])
        alone = await remembered(session, [5])
    assert {number: one.cold for number, one in found.items()} == {3: True, 5: False}
    assert found[3].until == moment_of(minute_of(core.clock.now()) - 10), "ten minutes are open still"
    assert list(alone[5].history) == [1440] * EACH
    assert [one for one in found[3].turned if one != NO_MINUTE] == [minute_of(core.clock.now()) - 60]


async def test_a_signal_rests_after_its_alert_for_as_long_as_is_set_and_where_more_is_needed(
    core: Core,
) -> None:
    now, state = core.clock.now(), a_state(core)
    await stored(core, state)
    async with core.database.read() as session:
        ended = (await remembered(session, [3]))[3]
    (rest,) = ended.resting(BALANCED, now)
    assert (rest.signal, minute_of(rest.until)) == ("negative", minute_of(now) - 60 + 10_080)
    assert ended.resting(replace(BALANCED, rest_minutes=61), now)
    assert not ended.resting(replace(BALANCED, rest_minutes=60), now)
    assert not ended.resting(replace(BALANCED, rest_factor=1.0), now), "nothing more is needed"
    firing = state.firing.copy()
    firing[EACH + SIGNALS.index("negative")] = True
    await stored(core, replace(state, firing=firing))
    async with core.database.read() as session:
        going_on = (await remembered(session, [3]))[3]
    assert not going_on.resting(BALANCED, now + timedelta(hours=1)), "its alert goes on: no new one opens"
