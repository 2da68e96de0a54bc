"""An alert is computed again from the stored minutes, or it is said plainly why that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.event import listen, remove

from alerts.alert import Alert
from alerts.campaigns.service import announce
from alerts.campaigns.wish import Wish as CampaignWish
from alerts.claims import claims_of
from alerts.detection.severity import Inputs, weigh
from alerts.explained.basis import AlertBasis, ClaimBasis, DetectorPast, Pasts
from alerts.explained.phrases import EXPLAINED
from alerts.explained.replay import Again, again
from alerts.explained.words import sentences
from alerts.judging.checkpoint import Watched, load
from alerts.ticker.tick import tick
from alerts.tuning.service import Wish, set_detector
from kit.core import Core
from mentions.counting.counts import minute_of
from mentions.sources.outage import SourceOutage
from tests.alerts.cast import Cast, alerts, an_alert, change, counted, make_calm_cast
from tests.clock import MovableClock
from tests.mentions.makers import draft, make_source, put

DAY = 1440


@pytest.fixture
async def cast(core: Core) -> Cast:
    return await make_calm_cast(core)


async def live(
    core: Core, clock: MovableClock, cast: Cast, minutes: int, said: Callable[[int], int], **more: int
) -> None:
    """Minutes as they happen: the tick looks before a minute is over, and more arrives after it."""
    for i in range(minutes):
        minute = minute_of(clock.now())
        await counted(core, cast.monitor_id, {minute: (said(i), 1)}, **more)
        clock.forward(seconds=50)
        await tick(core)
        await counted(core, cast.monitor_id, {minute: (said(i) + 1, 1)}, **more)
        clock.forward(seconds=10)


async def explained(core: Core, alert: Alert, claim: int = 0) -> Again:
    """What comes out for its newest claim, or for the one of this number."""
    async with core.database.read() as session:
        return await again(session, await session.get_one(Alert, alert.id), claim)


async def a_burst(core: Core, clock: MovableClock, cast: Cast, calm: int = 15) -> Alert:
    await live(core, clock, cast, calm, lambda _: 3)
    await live(core, clock, cast, 6, lambda _: 25)
    return (await alerts(core))[0]


async def test_the_same_digits_come_out_of_the_stored_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    found = await explained(core, alert)
    assert found.why == ()
    assert found.same
    assert found.computed is not None
    assert found.computed["score"] == alert.evidence["score"]
    assert found.computed["reason"] == alert.evidence["reason"]
    assert not found.from_memory


@pytest.mark.parametrize(
    ("signal", "burst"),
    [
        ("volume", {"volume": 25, "voices": 25}),
        ("negative", {"independent": 12, "independent_negative": 12}),
        ("harm", {"harm": 3}),
        ("positive", {"independent": 12, "independent_positive": 12}),
        ("reach", {"reach": 400}),
        ("notable", {"notable": 1}),
    ],
)
async def test_every_kind_of_count_is_computed_again(
    core: Core, clock: MovableClock, cast: Cast, signal: str, burst: dict[str, int]
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    await live(core, clock, cast, 8, lambda _: 3, **burst)
    (alert,) = [one for one in await alerts(core) if one.signal == signal]
    found = await explained(core, alert)
    assert (found.state, found.why, found.notes) == ("same", (), ())
    assert found.computed is not None
    assert found.computed["observed"] == alert.evidence["observed"] > 0
    assert any("the same to the digit" in line for line in sentences(found))


@pytest.mark.parametrize(
    ("kind", "cold", "needed"),
    [
        ("volume", False, "Needed: score 14, ratio 2.5, mentions 6."),
        ("volume", True, "Needed: score 21, ratio 6, mentions 6."),
        ("negative", True, "Needed: score 21, ratio 1.5, mentions 6."),
        ("harm", False, "Needed: score 12, ratio 2.5, mentions 2."),
        ("harm", True, "Needed: score 12, ratio 6, mentions 2."),
    ],
)
async def test_what_was_needed_is_told_as_the_detector_asked_for_it(
    core: Core, clock: MovableClock, cast: Cast, kind: str, cold: bool, needed: str
) -> None:
    found = await explained(core, await a_burst(core, clock, cast))
    found.claim.evidence.update(kind=kind, cold=cold)
    assert needed in sentences(found)


async def test_a_voice_that_weighs_is_counted_again_and_what_is_gone_is_said(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
    for name in ("one", "two"):
        said = draft(f"Almadía is a disgrace, {name}", at=clock.now(), author=name, followers=2_000_000)
        await put(core, source, said)
    await tick(core)
    clock.forward(minutes=1)
    await put(core, source, draft("Almadía: awful", at=clock.now(), author="three", followers=2_000_000))
    (alert,) = [one for one in await alerts(core) if one.signal == "notable"]
    assert (alert.evidence["observed"], len(alert.evidence["heard"])) == (2, 2)
    found = await explained(core, alert)
    assert (found.state, found.notes) == ("same", ())
    for statement, note in (
        ("UPDATE mention SET deleted_at = now() WHERE author = 'one'",
         "Of 2 mentions 1 were taken back or erased; they stay counted."),
        ("DELETE FROM mention", "The mentions have expired, 2 of 2; their counts have not."),
    ):  # fmt: skip
        async with core.database.unit_of_work() as session:
            await session.execute(text(statement))
        found = await explained(core, alert)
        assert (found.state, found.notes) == ("same", (note,))
        assert note in sentences(found)
    await change(core, Alert, alert.id, evidence={**alert.evidence, "observed": 3.0})
    found = await explained(core, alert)
    assert (found.state, found.differing) == ("differs", {"observed": (3.0, 2.0)})
    await change(core, Alert, alert.id, evidence={**alert.evidence, "in_open_minute": 0})
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert "taken back, corrected or dropped" in found.why[0]


async def test_the_same_digits_come_out_of_the_state_that_was_put_aside_a_day_before(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    for _ in range(2 * DAY // 360):  # the process was busy: a tick every six hours
        clock.forward(minutes=360)
        now = minute_of(clock.now())
        await counted(core, cast.monitor_id, dict.fromkeys(range(now - 360, now), (3, 1)))
        await tick(core)
    found = await explained(core, await a_burst(core, clock, cast))
    assert found.why == ()
    assert found.from_memory


async def test_a_past_of_more_than_a_fortnight_begins_where_it_did_when_the_detector_heard_it(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    now = minute_of(clock.now())
    older = range(now - 14 * DAY - 30, now - 36 * 60)  # imported: the monitor itself is young
    await counted(core, cast.monitor_id, dict.fromkeys(older, (3, 1)))
    found = await explained(core, await a_burst(core, clock, cast))
    assert found.why == ()
    assert found.same


async def test_each_claim_of_an_alert_that_got_worse_is_kept_and_explained(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    first = await a_burst(core, clock, cast)
    await live(core, clock, cast, 20, lambda _: 90)
    alert = (await alerts(core))[0]
    assert (first.level, alert.level) == ("amber", "red")
    async with core.database.read() as session:
        made = await claims_of(session, alert)
    assert [(one.number, one.level, one.title) for one in made] == [
        (1, "amber", first.title),
        (2, "red", alert.title),
    ]
    assert (made[0].at, made[1].evidence) == (first.opened_at, alert.evidence)
    assert first.opened_at < made[1].at < clock.now()
    but_drivers = [{**one, "drivers": None} for one in (made[0].evidence, first.evidence)]
    assert but_drivers[0] == but_drivers[1]
    for number in (1, 2):
        found = await explained(core, alert, number)
        assert (found.state, found.why) == ("same", ())
        assert found.computed is not None
        assert found.computed["score"] == made[number - 1].evidence["score"]
        assert found.claim.number == number


async def test_an_alert_of_an_older_version_is_explained_by_what_that_kept(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """Beside it, too, that version may have raised an alert: what it claimed before is lost, as it was."""
    alert = await a_burst(core, clock, cast)
    async with core.database.unit_of_work() as session:
        kept = (await session.scalars(select(ClaimBasis))).one()
        columns = {column.key: getattr(kept, column.key) for column in AlertBasis.__table__.columns}
        session.add(AlertBasis(**columns))
        await session.delete(kept)
    assert (await explained(core, alert)).state == "same"
    await live(core, clock, cast, 20, lambda _: 90)
    assert (await explained(core, alert, 1)).state == "same"
    assert (await explained(core, alert, 2)).state == "same"
    async with core.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM alert_claim"))
        newest = await session.get_one(ClaimBasis, (alert.id, 2))
        older = await session.get_one(AlertBasis, alert.id)
        for name in columns:
            setattr(older, name, getattr(newest, name))
        await session.delete(newest)
    found = await explained(core, alert)
    assert (found.claim.number, found.state) == (1, "same")


async def test_a_past_that_was_changed_is_named_by_its_minutes(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    minute = minute_of(alert.opened_at) - 3
    async with core.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE minute_count SET volume = volume + 40 WHERE minute = :minute"), {"minute": minute}
        )
    found = await explained(core, alert)
    assert not found.same
    assert found.changed == (minute,)
    assert "was changed since" in found.why[0]
    assert "observed" in found.differing


async def test_a_setting_that_was_changed_afterwards_changes_nothing(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    async with core.database.unit_of_work() as session:
        wish = Wish(numbers={"score": 60.0, "harm_score": 60.0})
        await set_detector(session, cast.ada, cast.monitor_id, wish, seen=0, now=core.clock.now())
    found = await explained(core, alert)
    assert found.same


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Wish(numbers={"lower": 0.9, "calm_minutes": 5}), Wish(preset="more")),
        (Wish(numbers={"lower": 0.9}), Wish(alarms_a_week=0.25)),
    ],
)
async def test_minutes_are_computed_with_what_was_set_when_they_were_closed(
    core: Core, clock: MovableClock, cast: Cast, before: Wish, after: Wish
) -> None:
    """It was set differently shortly before the alert, and once more after it."""

    async def put(wish: Wish, seen: int) -> None:
        async with core.database.unit_of_work() as session:
            await set_detector(session, cast.ada, cast.monitor_id, wish, seen=seen, now=core.clock.now())

    await put(before, 0)
    await live(core, clock, cast, 2, lambda _: 3)
    await live(core, clock, cast, 3, lambda _: 8)  # as it is set, this is too little to learn less of it
    await live(core, clock, cast, 11, lambda _: 3)
    clock.forward(seconds=2)
    await tick(core)
    await put(after, 1)
    clock.forward(seconds=58)
    alert = await a_burst(core, clock, cast, calm=2)
    await put(Wish(preset="fewer"), 2)
    found = await explained(core, alert)
    assert found.why == ()
    assert found.further == ()
    async with core.database.unit_of_work() as session:
        basis = await session.get_one(ClaimBasis, (alert.id, 1))
        assert basis.settings is not None
        basis.settings = [[basis.after + 1, basis.settings[-1][1]]]
    assert (await explained(core, alert)).further, "it would have made a difference"


async def test_after_an_hour_without_a_process_it_is_computed_from_what_was_known_at_the_claim(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """What was said meanwhile is stored after its minutes were closed, as nothing, in one go."""
    await live(core, clock, cast, 15, lambda _: 3)
    asleep = minute_of(clock.now())
    clock.forward(minutes=60)
    await tick(core)
    await counted(core, cast.monitor_id, dict.fromkeys(range(asleep, asleep + 60), (3, 1)))
    alert = await a_burst(core, clock, cast, calm=2)
    found = await explained(core, alert)
    assert found.state == "same"
    assert found.from_memory
    assert found.first > asleep + 45
    assert "before all of their mentions were stored" in found.further[0]
    assert found.computed is not None
    assert found.computed["expected"] == alert.evidence["expected"]
    (said,) = [line for line in sentences(found) if "the same to the digit" in line]
    assert "digit. It begins there, and no earlier: The detector judged some" in said, "one statement"
    assert not any("Not the same" in line for line in sentences(found))
    await counted(core, cast.monitor_id, {asleep + 61: (5, 1)})
    assert (await explained(core, alert)).state == "differs", "what was changed later is told as ever"


async def test_an_outage_that_was_noticed_when_a_process_came_back_makes_no_difference(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 15, lambda _: 3)
    asleep = clock.now()
    clock.forward(minutes=60)
    async with core.database.unit_of_work() as session:
        source = await make_source(session)
        session.add(
            SourceOutage(
                source_id=source.id, state="silent", reason="", began_at=asleep, noticed_at=clock.now(),
                ended_at=clock.now(), carries={str(cast.monitor_id): 1.0},
            )
        )  # fmt: skip
    await tick(core)
    assert (await explained(core, await a_burst(core, clock, cast, calm=2))).state == "same"


async def test_who_was_not_heard_is_told_in_every_language(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    out = {"source": "The forum", "state": "silent", "since": "2026-03-10T02:00:00+00:00", "share": 0.25}
    await change(core, Alert, alert.id, evidence={**alert.evidence, "silent_sources": [out]})
    line = "Without The forum, silent since 2026-03-10T02:00Z: usually 25% of what is said."
    assert line in sentences(await explained(core, alert))
    assert EXPLAINED.told(line, "es") == (
        "Sin The forum, en silencio desde 2026-03-10T02:00Z: suele traer el 25% de lo que se dice."
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("firing", {"firing": False}), ("level", {"level": "green"}), ("points", {"severity": {"points": 9}})],
)
async def test_what_was_decided_is_compared_too(
    core: Core, clock: MovableClock, cast: Cast, name: str, values: dict[str, Any]
) -> None:
    alert = await a_burst(core, clock, cast)
    nested = {"severity": {**alert.evidence["severity"], **values.get("severity", {})}}
    await change(core, Alert, alert.id, evidence={**alert.evidence, **values, **nested})
    found = await explained(core, alert)
    assert found.state == "differs"
    assert set(found.differing) == {name}
    assert any(name in line for line in sentences(found))


async def test_inputs_of_the_severity_that_the_minutes_do_not_bear_out_are_found(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    """It says that harm was spoken of and audiences were large: the level would follow from that."""
    alert = await a_burst(core, clock, cast)
    inputs = {**alert.evidence["severity"]["inputs"], "harm": True, "harmed": 40}
    false = weigh(Inputs(**inputs))
    claimed = {**alert.evidence, "level": false.level, "severity": false.explained()}
    await change(core, Alert, alert.id, evidence=claimed)
    assert set((await explained(core, alert)).differing) >= {"points"}


async def test_a_campaign_announced_afterwards_is_named(core: Core, clock: MovableClock, cast: Cast) -> None:
    alert = await a_burst(core, clock, cast)
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        wish = CampaignWish("Spring sale", now - timedelta(hours=1), now + timedelta(hours=1), 4.0)
        await announce(session, cast.ada, alert.brand_id, wish, now=now)
        for days in (-30, 30):
            begins = now + timedelta(days=days)
            wish = CampaignWish("Another time", begins, begins + timedelta(hours=1), 4.0)
            await announce(session, cast.ada, alert.brand_id, wish, now=now)
    found = await explained(core, alert)
    assert found.state == "differs"
    (why,) = found.why
    assert "Spring sale” was announced at" in why


async def test_a_voice_that_weighs_and_an_older_severity_cannot_be_computed_again_which_is_no_difference(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    older = {**alert.evidence["severity"], "formula": "severity-1"}
    await change(core, Alert, alert.id, evidence={**alert.evidence, "severity": older})
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert "severity-1" in found.why[0]
    await change(core, Alert, alert.id, signal="notable", evidence={"formula": "notable-1"})
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert sentences(found)[-1].startswith("Cannot be recomputed: ")


async def test_what_was_kept_for_an_earlier_claim_is_not_taken_for_this_one(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    alert = await a_burst(core, clock, cast)
    later = {**alert.evidence, "minute": alert.evidence["minute"] + 3}
    await change(core, Alert, alert.id, evidence=later)
    found = await explained(core, alert)
    assert found.state == "impossible"
    assert "earlier claim" in found.why[0]


async def test_what_was_put_aside_is_read_once_for_all_alerts_of_a_tick(
    core: Core, clock: MovableClock, cast: Cast
) -> None:
    await live(core, clock, cast, 3, lambda _: 3)
    async with core.database.unit_of_work() as session:
        past = (await session.scalars(select(DetectorPast))).one()
        watched = Watched(cast.monitor_id, past.minute, 0, past.minute)  # it was watched already then
        past.series = [watched.entry]
        await session.flush()
        checkpoint = await load(session)
        assert checkpoint is not None
        pasts = Pasts(session, checkpoint)
        sent: list[str] = []
        connection = await session.connection()

        def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
            sent.append(statement)

        listen(connection.sync_connection, "before_cursor_execute", heard)
        bases = [await pasts.base(watched, past.minute + DAY) for _ in range(3)]
        remove(connection.sync_connection, "before_cursor_execute", heard)
    assert [after for after, _ in bases] == [past.minute] * 3
    assert len(sent) == 2
    assert "arrays" not in sent[0]


async def test_another_formula_is_not_pretended_to(core: Core, clock: MovableClock, cast: Cast) -> None:
    alert = await a_burst(core, clock, cast)
    await change(core, Alert, alert.id, evidence={**alert.evidence, "formula": "live-0"})
    found = await explained(core, alert)
    assert found.computed is None
    assert "formula live-0" in found.why[0]


async def test_what_has_no_basis_says_so(core: Core, cast: Cast) -> None:
    plain, tool = await an_alert(core, cast), await an_alert(core, cast, signal="tool", monitor_id=None)
    await change(core, Alert, tool, evidence={"tool": {"source": "Other"}})
    async with core.database.read() as session:
        for key, words in ((plain, "formula unknown"), (tool, "Another tool")):
            found = await again(session, await session.get_one(Alert, key))
            assert not found.same
            assert words in found.why[0]
