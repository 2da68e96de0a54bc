"""A worker is killed while an alert waits for its acknowledgement, the broker is wiped: still paged.

The worker is a process of its own, as in production, so that what it forgets to import is missed here, too.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.open import open_alert
from alerts.page import EscalationPolicy, Page
from kit import embedded
from kit.core import Core, open_core
from kit.settings import Settings
from people.letters import Letter
from people.members import Member
from people.organisations import Brand, Organisation
from people.schedules import Schedule, ScheduleLayer
from runbooks import library
from tests.mailbox import Mailbox
from tests.world import EVIDENCE, company, without_letters
from tocsin import setup
from tocsin.supervisor import Child

WAIT_SECONDS = 6.0
MAY_BE_LATE = 60.0
LEVELS = ("marta@llevant.example", "helen@llevant.example")


@asynccontextmanager
async def real_time(settings: Settings) -> AsyncIterator[Core]:
    """The company on the real clock, with levels that follow each other within seconds.

    Whatever the hour and the year: neither a digest nor a word of tomorrow's shifts comes in between.
    """
    async with open_core(settings) as core:
        async with core.database.unit_of_work() as session:
            await setup.apply(session, without_letters(company()), now=core.clock.now())
            await library.seed(session, now=core.clock.now())
            people = (await session.execute(select(Member).where(Member.email.in_(LEVELS)))).scalars()
            ids = {member.email: member.id for member in people}
            levels = [
                {"targets": [{"member": ids[email]}], "wait_minutes": WAIT_SECONDS / 60} for email in LEVELS
            ]
            await session.execute(update(EscalationPolicy).values(levels=levels, repeats=0))
            for layer in await session.scalars(select(ScheduleLayer)):
                if ids[LEVELS[1]] in layer.participants:  # whatever the week: the duty is hers
                    layer.participants = [ids[LEVELS[1]]]
            later = core.clock.now() + timedelta(days=1)
            await session.execute(
                update(Organisation).where(Organisation.kind == "partner").values(nda_expires_on=later.date())
            )
            await session.execute(update(Schedule).values(notices_due_at=later))
        yield core


async def ring(core: Core) -> None:
    async with core.database.unit_of_work() as session:
        brand = (await session.execute(select(Brand).where(Brand.slug == "almadia"))).scalar_one()
        await open_alert(
            session,
            brand_id=brand.id,
            monitor_id=None,
            signal="volume",
            level="red",
            title="Almadía Ferries: many more mentions than usual",
            evidence=EVIDENCE,
            since=core.clock.now(),
            now=core.clock.now(),
        )


async def kill(worker: Child, core: Core) -> None:
    """Between two messages: what it has just begun to send counts as lost only after a minute."""
    assert worker.process is not None
    sending = (
        select(Page.id)
        .where(Page.state == "sending")
        .union_all(select(Letter.id).where(Letter.state == "sending"))
    )
    while True:
        worker.process.send_signal(signal.SIGSTOP)
        async with core.database.read() as session:
            if await session.scalar(sending) is None:
                break
        worker.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.02)
    worker.process.kill()
    worker.process.wait()


async def between_levels(core: Core) -> timedelta:
    """From the decision for the first page to the one for the next."""
    async with core.database.read() as session:
        first, then = await session.scalars(select(Page.created_at).order_by(Page.created_at))
        return then - first


async def begun(mail: Mailbox) -> None:
    """The incident runs its runbook: of all processes, only the worker was there to begin it."""
    await mail.expect(to=LEVELS[1], subject="4 steps for you", within=MAY_BE_LATE)
    await mail.expect(to="nuria@gavina.example", subject="Un pas per a tu", within=MAY_BE_LATE)


def environment(settings: Settings) -> dict[str, str]:
    given: dict[str, Any] = {
        "TOCSIN_HOME": settings.home,
        "TOCSIN_DATABASE_URL": settings.database_url,
        "TOCSIN_REDIS_URL": settings.redis_url,
        "TOCSIN_SECRET": settings.secret,
        "TOCSIN_SMTP_URL": settings.smtp_url,
        "TOCSIN_LOG_LEVEL": "error",
    }
    return {**os.environ, **{name: str(value) for name, value in given.items()}}


@pytest.mark.parametrize("wiped", [False, True], ids=["broker intact", "broker wiped"])
async def test_the_next_level_is_still_paged(
    core: Core, settings: Settings, tmp_path: Path, wiped: bool
) -> None:
    with embedded.valkey(tmp_path / "valkey") as broker:  # of its own: a FLUSHALL is meant for it alone
        async with Mailbox() as mail, real_time(replace(settings, redis_url=broker)) as real:
            settings = replace(settings, smtp_url=mail.url, redis_url=broker)
            worker = Child(["worker"], environment(settings))
            worker.start()
            try:
                await ring(real)
                await mail.expect(to=LEVELS[0], subject="Almadía", within=MAY_BE_LATE)
                await kill(worker, real)
                if wiped:
                    await real.bell.redis.flushall()
                worker.start()  # what the supervisor does
                await mail.expect(to=LEVELS[1], subject="Almadía", within=WAIT_SECONDS + MAY_BE_LATE)
                assert await between_levels(real) >= timedelta(seconds=WAIT_SECONDS)
                await begun(mail)
            finally:
                worker.ask_to_end()
                await asyncio.to_thread(worker.end, 0)
