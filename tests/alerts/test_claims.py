"""What an alert claimed before it rose is kept as it was, whoever made the claim."""

from __future__ import annotations

from sqlalchemy import select

from alerts.alert import Alert
from alerts.claims import claims_of
from alerts.incoming.take import SIGNAL
from alerts.open import raise_level
from kit.core import Core
from tests.alerts.cast import an_alert, make_cast
from tests.clock import MovableClock


async def test_a_claim_is_kept_with_its_signal_each_time_that_the_alert_rises(
    core: Core, clock: MovableClock
) -> None:
    cast = await make_cast(core)
    opened, key = clock.now(), await an_alert(core, cast, level="green", signal="reach", title="1")
    for level, signal in (("amber", "volume"), ("red", None)):
        clock.forward(minutes=5)
        async with core.database.unit_of_work() as session:
            alert = await session.get_one(Alert, key)
            await raise_level(
                session, alert, level=level, title=level, evidence={"drivers": level}, now=clock.now(),
                signal=signal,
            )  # fmt: skip
    async with core.database.read() as session:
        made = await claims_of(session, await session.get_one(Alert, key))
    assert [(one.number, one.level, one.signal, one.title) for one in made] == [
        (1, "green", "reach", "1"),
        (2, "amber", "volume", "amber"),
        (3, "red", "volume", "red"),
    ]
    assert [(one.at - opened).total_seconds() / 60 for one in made] == [0, 5, 10]
    assert [one.evidence["drivers"] for one in made[1:]] == ["amber", "red"]
    assert made[0].evidence["observed"] == 44.0


async def test_an_alert_that_did_not_rise_has_one_claim(core: Core) -> None:
    cast = await make_cast(core)
    await an_alert(core, cast, signal=SIGNAL, monitor_id=None)
    async with core.database.read() as session:
        alert = (await session.scalars(select(Alert))).one()
        assert [one.evidence for one in await claims_of(session, alert)] == [alert.evidence]
