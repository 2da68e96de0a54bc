"""What a process that died had in hand is taken over within seconds; what a living one has, is not."""

from __future__ import annotations

from alerts.escalating.escalate import escalate_due
from alerts.page import Page
from alerts.paging.claimants import GRACE, NUMBER, sign_in, take_over
from alerts.paging.deliver import deliver_due
from kit.core import Core
from tests.alerts.cast import an_alert, change, make_cast, pages, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox

DEAD = (NUMBER + 1) % 2**31


async def claimed(core: Core, by: int) -> Page:
    """A page that this process is sending just now."""
    cast = await make_cast(core)
    alert_id = await an_alert(core, cast)
    await escalate_due(core)
    [page] = await pages(core, alert_id)
    now = core.clock.now()
    await change(
        core, Page, page.id, state="sending", attempts=1, claimed_at=now, claimed_by=by,
        due_at=now + 15 * GRACE,
    )  # fmt: skip
    return page


async def test_what_a_dead_process_had_in_hand_leaves_within_seconds(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mail:
        core = with_mail(core, mail)
        page = await claimed(core, DEAD)
        assert await take_over(core) == 0, "it may only be without its connection for a moment"
        clock.forward(seconds=GRACE.total_seconds())
        assert await take_over(core) == 1
        assert await deliver_due(core) == 1
        await mail.expect(to="ada@almadia.test")
    [page] = await pages(core, page.alert_id)
    assert (page.state, page.attempts, page.claimed_by) == ("sent", 2, NUMBER)


async def test_what_a_living_one_has_in_hand_is_left_to_it(core: Core, clock: MovableClock) -> None:
    await claimed(core, NUMBER)
    clock.forward(seconds=GRACE.total_seconds())
    async with core.database.engine.connect() as connection:
        await sign_in(connection)
        assert await take_over(core) == 0
        await connection.invalidate()
    assert await take_over(core) == 1


async def test_an_older_worker_that_signs_nothing_keeps_its_minute(core: Core, clock: MovableClock) -> None:
    page = await claimed(core, DEAD)
    await change(core, Page, page.id, claimed_by=None)
    clock.forward(seconds=GRACE.total_seconds())
    assert await take_over(core) == 0
