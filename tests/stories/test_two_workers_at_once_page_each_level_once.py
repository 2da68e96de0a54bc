"""Two workers look at the same moment: each level is paged once, and each page leaves once."""

from __future__ import annotations

import asyncio

from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import deliver_due
from kit.core import Core, open_core
from kit.settings import Settings
from tests.alerts.cast import an_alert, kinds, make_cast, pages, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox
from tocsin import worker


async def test_two_workers_at_once_page_each_level_once(
    core: Core, settings: Settings, clock: MovableClock
) -> None:
    async with Mailbox() as mailbox, open_core(settings, clock=clock) as other:
        mailbox.delay = 0.1
        alert_id = await an_alert(core, await make_cast(core))
        for name in ("ada", "bo"):
            await asyncio.gather(
                *(
                    worker.sweep(with_mail(one, mailbox), (escalate_due, deliver_due))
                    for one in (core, other)
                    for _ in range(2)  # by the bell, and by the second
                )
            )
            await mailbox.expect(to=f"{name}@almadia.test")
            clock.forward(minutes=5)
        assert mailbox.attempts == 2
    assert [page.attempts for page in await pages(core, alert_id)] == [1, 1]
    assert (await kinds(core)).count("alert.escalated") == 2
