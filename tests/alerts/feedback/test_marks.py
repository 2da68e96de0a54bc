"""What people said of the detector: noted once, by who may, taken back; and what follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.alert import Alert
from alerts.answering.answers import dismiss
from alerts.backtest.run import Trial
from alerts.backtest.trial import Choice
from alerts.backtest.verdict import Known, Stretch, judged
from alerts.detection.settings import BALANCED
from alerts.feedback.marks import Mark
from alerts.feedback.proposals import better, candidates, stored
from alerts.feedback.service import mark_missed, mark_no_crisis, marks_of, take_back
from alerts.tuning.chosen import unset
from alerts.tuning.service import Wish
from kit.core import Core
from kit.errors import Conflict, Forbidden, Invalid, NotFound
from kit.events import Event
from mentions.counting.counts import minute_of
from tests.alerts.cast import Cast, an_alert, change, counted, make_cast


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_cast(core)


async def test_an_alert_that_is_closed_as_no_crisis_is_a_mark(core: Core, cast: Cast) -> None:
    alert, now = await an_alert(core, cast), core.clock.now()
    async with core.database.unit_of_work() as session:
        await dismiss(session, cast.ada, alert, "A football match", now=now)
    async with core.database.read() as session:
        (mark,) = await marks_of(session, cast.cleo, cast.monitor_id)
        assert (mark.kind, mark.alert_id, mark.note) == ("no_crisis", alert, "A football match")
    async with core.database.unit_of_work() as session:
        with pytest.raises(Conflict):
            await mark_no_crisis(session, cast.ada, alert, "Again", now=now)
    async with core.database.unit_of_work() as session:
        await take_back(session, cast.bo, mark.id, now=now)
        await take_back(session, cast.bo, mark.id, now=now)
    async with core.database.unit_of_work() as session:
        assert not await marks_of(session, cast.ada, cast.monitor_id)
        await mark_no_crisis(session, cast.ada, alert, "After all it was none", now=now)


async def test_the_note_is_told_as_it_was_stored(core: Core, cast: Cast) -> None:
    alert, now = await an_alert(core, cast), core.clock.now()
    async with core.database.unit_of_work() as session:
        mark = await mark_no_crisis(session, cast.ada, alert, "A foot\x00ball\n match\u202e", now=now)
    async with core.database.read() as session:
        (event,) = await session.scalars(select(Event).where(Event.kind == "detector.marked"))
    assert event.data["note"] == mark.note == "A football match"


async def test_who_may_not_speak_and_what_cannot_be_said(core: Core, cast: Cast) -> None:
    alert, now = await an_alert(core, cast), core.clock.now()
    tool = await an_alert(core, cast, monitor_id=None, signal="tool")
    async with core.database.read() as session:
        with pytest.raises(Forbidden):
            await marks_of(session, cast.pia, cast.monitor_id)
    for who, note, target, error in (
        (cast.cleo, "No", alert, Forbidden),
        (cast.pia, "No", alert, Forbidden),
        (cast.ada, " \n ", alert, Invalid),
        (cast.ada, "No", tool, Invalid),
        (cast.ada, "No", 999_999, NotFound),
    ):
        async with core.database.unit_of_work() as session:
            with pytest.raises(error):
                await mark_no_crisis(session, who, target, note, now=now)


@pytest.mark.parametrize(
    ("minutes", "note", "error"),
    [
        (10, "later", Invalid),
        (-5, "", Invalid),
        (-5, "x" * 9000, None),
        (-500, "of what was imported", None),
        (-5000, "before anything was heard", Invalid),
        (-500_000_000, "in the Middle Ages", Invalid),
    ],
)
async def test_what_was_missed(
    core: Core, cast: Cast, minutes: int, note: str, error: type[Exception] | None
) -> None:
    now = core.clock.now()
    await counted(core, cast.monitor_id, {minute_of(now) - 1440: (1, 0)})
    async with core.database.unit_of_work() as session:
        if error is not None:
            with pytest.raises(error):
                await mark_missed(
                    session, cast.ada, cast.monitor_id, now + timedelta(minutes=minutes), note, now=now
                )
            return
        mark = await mark_missed(
            session, cast.ada, cast.monitor_id, now + timedelta(minutes=minutes), note, now=now
        )
        assert len(mark.note) <= 500
    async with core.database.unit_of_work() as session:
        near = now + timedelta(minutes=minutes + 30)
        with pytest.raises((Conflict, Invalid)):
            await mark_missed(session, cast.bo, cast.monitor_id, near, "the same", now=now)


async def test_a_mark_outlives_the_end_of_its_alert(core: Core, cast: Cast) -> None:
    alert, now = await an_alert(core, cast), core.clock.now()
    await change(core, Alert, alert, ended_at=now, state="closed")
    async with core.database.unit_of_work() as session:
        await mark_no_crisis(session, cast.ada, alert, "An own campaign", now=now)
    async with core.database.read() as session:
        assert (await session.scalars(select(Mark.alert_id))).all() == [alert]


def trial(name: str, *alerts: tuple[int, int]) -> Trial:
    known = Known((Stretch(1000, 1100),), (Stretch(2000, 2100), Stretch(3000, 3100)))
    return Trial(Choice(name, BALANCED), (), judged([Stretch(*one) for one in alerts], known, 10_080))


def test_what_is_proposed_is_clearly_better_and_misses_no_more() -> None:
    now = trial("current", (1010, 1020), (2010, 2020), (3010, 3020))
    none = trial("fewer")
    one = trial("surer", (1010, 1020), (2010, 2020))
    best = trial("more", (1010, 1020))
    assert better([now, none, one, best]) is best
    assert better([now, none]) is None, "it would miss the crisis"
    noisy = trial("current", (1010, 1020), *((at, at + 4) for at in range(2000, 2100, 10)))
    assert better([noisy, none]) is None, "nor where that would spare more than a missed crisis costs"
    assert better([noisy, best]) is best
    assert better([best, now, one]) is None, "nothing is better than what is set"
    assert better([now]) is None


@pytest.mark.parametrize("alarms", [None, 0.25, 2.0, 10.0])
def test_candidates_can_be_set_as_they_are(alarms: float | None) -> None:
    row = unset(1)
    row.edited, row.alarms_a_week = {"score": 95.0}, alarms
    for choice, wish in candidates(row):
        assert Wish(**stored(wish)).settings() == choice.settings == wish.settings()


def test_who_asks_for_alarms_a_week_is_offered_others_a_week() -> None:
    row = unset(1)
    row.edited, row.alarms_a_week, row.persist_minutes = {"floor": 9.0}, 3.0, 5
    asked = [wish.alarms_a_week for _, wish in candidates(row)]
    assert asked == [3.0, 2.0, 4.5]
    assert {(wish.preset, wish.persist_minutes) for _, wish in candidates(row)} == {("balanced", 5)}
    assert all(wish.numbers == {"floor": 9.0} for _, wish in candidates(row))
