"""The broker is a bell, nothing more: with none at all, or one that forgot everything, pages still leave."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from alerts.escalating.escalate import escalate_due
from alerts.paging.deliver import deliver_due
from kit.core import Core, open_core
from kit.settings import Settings
from tests.alerts.cast import an_alert, make_cast, with_mail
from tests.clock import MovableClock
from tests.mailbox import Mailbox


async def test_a_broker_that_is_down_changes_nothing(
    core: Core, settings: Settings, clock: MovableClock
) -> None:
    deaf = replace(settings, redis_url="redis://127.0.0.1:1")
    async with Mailbox() as mailbox, open_core(deaf, clock=clock) as alone:
        alone = with_mail(alone, mailbox)
        await an_alert(alone, await make_cast(alone))
        assert await escalate_due(alone) == 1
        assert await deliver_due(alone) == 1
        await mailbox.expect(to="ada@almadia.test")
        clock.forward(minutes=5)
        assert await escalate_due(alone) == 1
        assert await deliver_due(alone) == 1
        await mailbox.expect(to="bo@almadia.test")


async def test_a_broker_that_forgot_everything_changes_nothing(core: Core, clock: MovableClock) -> None:
    async with Mailbox() as mailbox:
        mailed = with_mail(core, mailbox)
        await an_alert(core, await make_cast(core))
        await escalate_due(core)
        await core.bell.redis.flushall()
        assert await deliver_due(mailed) == 1
        await mailbox.expect(to="ada@almadia.test")


async def test_a_broker_that_hangs_delays_pages_by_seconds(
    core: Core, settings: Settings, clock: MovableClock
) -> None:
    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hanging = replace(settings, redis_url=f"redis://127.0.0.1:{port}")
    async with server, Mailbox() as mailbox, open_core(hanging, clock=clock) as alone:
        alone = with_mail(alone, mailbox)
        async with asyncio.timeout(60):
            await an_alert(alone, await make_cast(alone))
            assert await escalate_due(alone) == 1
            assert await deliver_due(alone) == 1
        await mailbox.expect(to="ada@almadia.test")
