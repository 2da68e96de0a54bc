"""The worker: sweeps over due rows, the detector's tick, the stream of mentions, and arq's jobs.

Every deadline is a row; the sweeps work them off each second whatever becomes of the broker. The bell
and arq's jobs only make it happen sooner. One look for all of them says whose turn it is (`tocsin.looks`).

Its parts are of two kinds: the ALARM decides and pages, LISTENING takes in, stores and sorts what the public
says. In processes of their own a flood of mentions slows no page; one process can do both.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic

import structlog
from arq.worker import Worker, func
from redis.exceptions import RedisError

from alerts.answering import cover
from alerts.arrivals.look import Arrivals
from alerts.audit import auditor, versions
from alerts.contacts import notes
from alerts.duty import calendars, planning
from alerts.duty.send import NOTICES
from alerts.escalating import escalate
from alerts.incoming import take
from alerts.paging import claimants, deliver
from alerts.quotes import unquote
from alerts.ticker import tick
from incident import hearing, intake, opportunities, quiet, rescoring
from incident.digest import making
from kit.bell import ALERTS, arq_settings
from kit.core import Core
from kit.db import passing
from mentions import recount
from mentions.counting import leaving
from mentions.importing.run import read_in_due
from mentions.intake import stream
from mentions.privacy.retention import keep_house
from mentions.sources import run as sources
from mentions.sources import watch
from mentions.triage import lateness, learning, opening
from people import reminding
from runbooks import overdue, start
from runbooks.outgoing import LETTERS
from tocsin import alive, looks
from tocsin.looks import Looks

log = structlog.get_logger(__name__)

ALARM, LISTENING = KINDS = ("alarm", "listening")
RECOUNT_EVERY = 1.0  # seconds
IMPORT_EVERY = 2.0  # seconds
LEARN_EVERY = 60.0  # seconds
TICK_EVERY = 2.0  # seconds
ARRIVALS_EVERY = 10.0  # seconds
WATCH_EVERY = 5.0  # seconds
AUDIT_AFTER = 30.0  # seconds: by then each part has said that it lives, and a first start has warmed up
TAKE_OVER_EVERY = 2.0  # seconds
BEAT_EVERY = 5.0  # seconds between two notes that a part is alive
RESTART_AFTER = 1.0  # seconds that a part that fell over waits before it begins again
STEADY = 10.0  # seconds that a part runs until what it waited for counts as back
CANCEL_EVERY = 2.0  # seconds that a part has to end, until it is told again; the supervisor kills after three

Sweep = Callable[[Core], Awaitable[int]]

PAGING: tuple[Sweep, ...] = (take.take_in, escalate.escalate_due)
"""Apart from what an alert leads to: a hundred runbooks that begin must not hold up the next page."""

DECIDING: tuple[Sweep, ...] = (
    intake.take_in_alerts,
    quiet.look_after_quiet,
    cover.cover_rest,
    start.start_due_runs,
    overdue.mark_overdue,
)
"""In the order of the flow, so that one round carries an alert as far as it can go."""

AUDITING: tuple[Sweep, ...] = (auditor.audit_due,)
"""Apart from all that it watches over."""

WATCHING: tuple[Sweep, ...] = (watch.watch_sources, hearing.tell_outages)
"""Apart from what is decided: how fast a source is missed is a matter of minutes."""

SENDING: dict[str, Sweep] = deliver.lanes()
"""Each channel on its own: a mail server that hangs must hold up neither what is decided nor a call."""

NOTES: tuple[Sweep, ...] = (notes.send_due,)
"""Codes and tests to people's contacts."""

CASES: tuple[Sweep, ...] = (opening.open_cases, lateness.tell_late, opportunities.open_opportunities)
"""On their own: ten thousand complaints that wait to be sorted must not hold up a page."""

WRITING: tuple[Sweep, ...] = (making.make_due, reminding.remind_due, LETTERS.send_due)
"""Digests and letters: what can wait for a minute."""


DUTY: tuple[Sweep, ...] = (planning.plan_due, NOTICES.send_due)
"""Notices before shifts and about moved ones."""

AWAY: tuple[Sweep, ...] = (calendars.look_due,)
"""People's calendars: their servers may be slow."""

RECOUNTING: tuple[Sweep, ...] = (recount.recount_due, leaving.leave_due)
"""The past of monitors, a part at a time: by new queries, and of sources that were switched off."""

IMPORTING: tuple[Sweep, ...] = (read_in_due,)
"""Files that people sent: on their own, for a long one takes minutes."""

LEARNING: tuple[Sweep, ...] = (learning.learn_due,)
"""What people teach of labels."""

GIVE_WAY = ("deciding", "duty", "cases", "writing")
"""Parts whose rounds wait while pages are late."""

EVERYTHING = (
    *PAGING, *DECIDING, *WATCHING, deliver.deliver_due, *NOTES, *CASES, *WRITING, *DUTY, *AWAY, *RECOUNTING,
)  # fmt: skip


async def sweep(core: Core, sweeps: Sequence[Sweep] = EVERYTHING) -> int:
    """One round of sweeps; returns how many rows were worked off. One that fails stops no other."""
    worked = 0
    for one in sweeps:
        try:
            worked += await one(core)
        except Exception as error:
            if passing(error):
                log.warning("sweep.waits", sweep=one.__module__, error=type(error).__name__)
            else:
                log.exception("sweep.failed", sweep=one.__module__)
    return worked


Part = Callable[[], Awaitable[None]]


async def run(core: Core, stop: asyncio.Event, *, only: str | None = None) -> None:
    """Run the parts until `stop` is set, all or those of one kind; each is restarted when it falls over."""
    shared = Looks(core)
    parts = {
        "looking": shared.keep_looking,
        **(_alarm(core, shared) if only in (None, ALARM) else {}),
        **(_listening(core, shared, stop, signs=only == LISTENING) if only in (None, LISTENING) else {}),
    }
    tasks = [asyncio.create_task(_kept_up(name, part, stop), name=name) for name, part in parts.items()]
    await stop.wait()
    await _end(tasks)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the parts until they have ended: now and then a library swallows a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_EVERY)
    await asyncio.gather(*tasks, return_exceptions=True)


def _alarm(core: Core, shared: Looks) -> dict[str, Part]:
    """From counts to a page that was sent, and what people were promised."""

    def sign() -> None:
        alive.sign(core.settings.home, ALARM)

    sending = {f"{looks.SENDING}{name}": (lane,) for name, lane in SENDING.items()}
    sweeping = partial(_sweeping, core, shared)
    return {
        "paging": lambda: _paging(core, shared),
        "auditing": lambda: _auditing(core),
        "deciding": lambda: sweeping("deciding", DECIDING, after_each=sign),
        **{name: partial(sweeping, name, lanes) for name, lanes in sending.items()},
        "notes": lambda: sweeping("notes", NOTES),
        "duty": lambda: sweeping("duty", DUTY),
        "claims": lambda: _taking_over(core),
        "tick": lambda: _ticking(core),
        "arrivals": lambda: _looking_at_arrivals(core),
        "watching": lambda: _watching(core),
        "jobs": lambda: _jobs(core),
    }


def _listening(core: Core, shared: Looks, stop: asyncio.Event, *, signs: bool) -> dict[str, Part]:
    """From sources to stored mentions and cases. `signs`: these parts are all that the process does."""
    consumer = f"{socket.gethostname()}-{os.getpid()}"

    def sign() -> None:
        if signs:
            alive.sign(core.settings.home, LISTENING)

    sweeping = partial(_sweeping, core, shared)
    return {
        "stream": lambda: stream.consume(core, consumer=consumer, stop=stop),
        "sources": lambda: sources.run(core, owner=consumer, stop=stop),
        "cases": lambda: sweeping("cases", CASES, after_each=sign),
        "recounting": lambda: _recounting(core),
        "importing": lambda: _importing(core),
        "learning": lambda: _learning(core),
        "rescoring": lambda: rescoring.keep_rescoring(core),
        "writing": lambda: sweeping("writing", WRITING),
        "away": lambda: sweeping("away", AWAY),
        "housekeeping": lambda: keep_house(core, unquote),
    }


async def _kept_up(name: str, part: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run the part until the worker stops; one that fails while it is being stopped does not begin again.

    That PostgreSQL or Valkey is away is said once, and once that the part has run for STEADY since.
    """
    away = False

    def is_back() -> None:
        nonlocal away
        away = False
        log.info("worker.part_is_back", part=name)

    while not stop.is_set():
        steady = asyncio.get_running_loop().call_later(STEADY, is_back) if away else None
        try:
            await part()
        except Exception as error:
            if not (passing(error) or isinstance(error, RedisError)):
                log.exception("worker.part_failed", part=name)
            elif not away:
                away = True
                log.warning("worker.part_waits", part=name, error=type(error).__name__)
        finally:
            if steady is not None:
                steady.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RESTART_AFTER)


async def _sweeping(
    core: Core,
    shared: Looks,
    part: str,
    sweeps: Sequence[Sweep],
    *,
    after_each: Callable[[], None] = lambda: None,
) -> None:
    async def one_round() -> int:
        if part in GIVE_WAY:
            await shared.pages_first()
        return await sweep(core, sweeps)

    async for due in shared.rounds(part):
        while due and await one_round():
            after_each()  # what one round made due, the next works off at once
        after_each()


async def _recounting(core: Core) -> None:
    while True:
        if not await sweep(core, RECOUNTING):
            await asyncio.sleep(RECOUNT_EVERY)


async def _importing(core: Core) -> None:
    while True:
        if not await sweep(core, IMPORTING):
            await asyncio.sleep(IMPORT_EVERY)


async def _learning(core: Core) -> None:
    while True:
        await sweep(core, LEARNING)
        await asyncio.sleep(LEARN_EVERY)


async def _paging(core: Core, shared: Looks) -> None:
    await versions.step_up(core)
    beaten = float("-inf")
    async for due in shared.rounds("paging"):
        while due and await sweep(core, PAGING):
            pass
        if monotonic() - beaten >= BEAT_EVERY:
            beaten = monotonic()
            await auditor.beat(core, "paging")


async def _taking_over(core: Core) -> None:
    while True:
        await sweep(core, (claimants.take_over,))
        await asyncio.sleep(TAKE_OVER_EVERY)


async def _auditing(core: Core) -> None:
    await asyncio.sleep(AUDIT_AFTER)
    while True:
        await sweep(core, AUDITING)
        await asyncio.sleep(WATCH_EVERY)


async def _ticking(core: Core) -> None:
    beaten = float("-inf")
    while True:
        if await tick.tick(core):
            await core.bell.ring(ALERTS)
        if monotonic() - beaten >= BEAT_EVERY:
            beaten = monotonic()
            await auditor.beat(core, "tick")
        await asyncio.sleep(TICK_EVERY)


async def _looking_at_arrivals(core: Core) -> None:
    arrivals = Arrivals()
    while True:
        await sweep(core, (arrivals.look,))
        await asyncio.sleep(ARRIVALS_EVERY)


async def _watching(core: Core) -> None:
    while True:
        await sweep(core, WATCHING)
        await asyncio.sleep(WATCH_EVERY)


async def _jobs(core: Core) -> None:
    assert core.settings.redis_url is not None
    worker = Worker(
        functions=[func(deliver_pages, name="deliver")],
        redis_settings=arq_settings(core.settings.redis_url),
        handle_signals=False,
        ctx={"core": core},
        keep_result=0,
        max_tries=1,  # the sweep is the second try
    )
    try:
        await worker.async_run()
    finally:
        await worker.close()


async def deliver_pages(ctx: dict[str, Core]) -> None:
    """arq job: deliver what is due now instead of within a second."""
    await deliver.deliver_due(ctx["core"])
