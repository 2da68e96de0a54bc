"""The runner: each source that is asked or listened to is run by exactly one worker, at its own rhythm.

1. Once a second: renew the leases, take over what dead workers left, read the settings.
2. Begin a step (`mentions.sources.step`) for each source that is due: a look, or a connection.
3. A step whose source was changed or switched off is stopped; after a change the next begins at once.

When a step is next due stands in the database, beside the lease: another worker that takes over is as
patient with a server as the one before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random, SystemRandom

import httpx
import structlog

from kit.core import Core
from kit.db import passing
from mentions.source import Source
from mentions.sources import lease, web
from mentions.sources.base import Kind
from mentions.sources.registry import KINDS
from mentions.sources.step import Step

log = structlog.get_logger(__name__)

BEAT = 1.0  # seconds between two looks at the leases and the settings


@dataclass
class Runner:
    """One worker's sources."""

    core: Core
    owner: str
    http: httpx.AsyncClient
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    chance: Random = field(default_factory=SystemRandom)
    running: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    settings: dict[int, str] = field(default_factory=dict)
    """What each source was last seen with."""
    away: bool = False
    """Whether the last beat found the database away."""

    async def beat(self) -> None:
        """Look once: stop what is no longer ours or was changed, begin what is due."""
        asked = [name for name, kind in self.kinds.items() if kind.poll or kind.stream]
        now = self.core.clock.now()
        async with self.core.database.unit_of_work() as session:
            ours = {one.source.id: one for one in await lease.held(session, self.owner, asked, now)}
        for source_id in set(self.settings) - set(ours):
            del self.settings[source_id]
            await self._stop(source_id)
        for source_id, one in ours.items():
            changed = await self._noticed_change(one.source)
            if source_id not in self.running and (changed or one.is_due(now)):
                self._begin(one)

    async def _noticed_change(self, source: Source) -> bool:
        """Whether it was set differently since the last beat; what was begun before that is stopped."""
        seen = json.dumps([source.kind, source.secret, source.settings], sort_keys=True)
        changed = self.settings.setdefault(source.id, seen) != seen
        self.settings[source.id] = seen
        if changed:
            await self._stop(source.id)
        return changed

    def _begin(self, one: lease.Leased) -> None:
        kind = self.kinds[one.source.kind]
        step = Step(self.core, self.http, self.owner, self.chance, one.source, kind, one.failures)
        task = asyncio.create_task(step.run(), name=f"source {one.source.name}")
        self.running[one.source.id] = task
        task.add_done_callback(lambda done: self._ended(one.source.id, done))

    def _ended(self, source_id: int, task: asyncio.Task[None]) -> None:
        if self.running.get(source_id) is task:
            del self.running[source_id]

    async def _stop(self, source_id: int) -> None:
        task = self.running.pop(source_id, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop everything and let other workers have it."""
        for source_id in list(self.running):
            await self._stop(source_id)
        async with self.core.database.unit_of_work() as session:
            await lease.release(session, self.owner, self.core.clock.now())


async def run(core: Core, *, owner: str, stop: asyncio.Event) -> None:
    """Run sources until `stop` is set. `owner` names this worker among workers."""
    async with web.client() as http:
        runner = Runner(core, owner, http)
        try:
            while not stop.is_set():
                await _beat(runner)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), BEAT)
        finally:
            await runner.close()


async def _beat(runner: Runner) -> None:
    """A beat that fails, because the database is away, ends no connection: the next one may go well."""
    was_away, runner.away = runner.away, False
    try:
        await runner.beat()
    except Exception as error:
        runner.away = passing(error)
        if not runner.away:
            log.exception("sources.stumbled")
        elif not was_away:
            log.warning("sources.wait", error=type(error).__name__)
    else:
        if was_away:
            log.info("sources.go_on")
