"""While two versions work on one database, each row is worked off by one that understands it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from alerts.audit import versions
from alerts.audit.look import findings
from alerts.escalating.escalate import escalate_due
from alerts.page import Escalation
from alerts.paging.deliver import deliver_due
from kit.core import Core
from tests.alerts.cast import an_alert, change, escalation, make_cast, pages, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox
from tests.waiting import somebody_waits


async def test_the_old_one_stands_aside_and_the_new_one_pages(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await versions.step_up(core, {"escalate": 2})
    assert await escalate_due(core) == 0
    assert "older_version" in [one.kind for one in await findings(core)]
    monkeypatch.setitem(versions.VERSIONS, "escalate", 2)
    assert await escalate_due(core) == 1
    assert len(await pages(core, alert_id)) == 1


async def test_the_new_one_waits_for_what_the_old_one_has_in_hand(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        assert await versions.may_run(session, "escalate")
        stepping = asyncio.create_task(versions.step_up(core, {"escalate": 2}))
        await somebody_waits(session)
        assert not stepping.done()
        await session.execute(text("SELECT 1"))
    await stepping
    async with core.database.unit_of_work() as session:
        assert not await versions.may_run(session, "escalate")


async def test_an_older_one_does_not_step_a_newer_one_down(core: Core) -> None:
    await versions.step_up(core, {"escalate": 2})
    await versions.step_up(core, {"escalate": 1})
    async with core.database.unit_of_work() as session:
        assert not await versions.may_run(session, "escalate", 1)


async def test_a_policy_copied_by_the_version_before_is_paged_to_its_end(
    core: Core, clock: MovableClock
) -> None:
    """It knows neither severities nor a last level: it ends where it always ended."""
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        cast = await make_cast(core)
        alert_id = await an_alert(core, cast)
        row = await escalation(core, alert_id)
        old = {"name": "All", "levels": row.policy["levels"], "repeats": 0}
        await change(core, Escalation, row.id, policy=old)
        for name in ("ada", "bo"):
            await escalate_due(core)
            await deliver_due(core)
            await mail.expect(to=f"{name}@almadia.test")
            clock.forward(minutes=5)
        await escalate_due(core)
        row = await escalation(core, alert_id)
        assert (row.state, row.due_at <= clock.now() + timedelta(0)) == ("exhausted", True)
