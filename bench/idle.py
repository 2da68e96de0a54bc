"""What a worker costs that has nothing to do, and how long it takes from the bell to the page that is due.

`python -m bench.idle` starts an alarm worker on embedded servers and a house in which nothing happens, and
watches it for a while; then it opens alerts one by one: from each to the time at which its page was written.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import asyncpg
import psutil

from alerts.open import open_alert
from bench.alerts_in import environment, postmaster, prepare, processor, row
from bench.fault_storm import until_paging
from kit import embedded, log
from kit.core import open_core
from kit.settings import Settings, load
from tests.mailbox import Mailbox
from tocsin.supervisor import Child

SECONDS = 15.0
ALERTS = 30
SETTLED = 6.0  # seconds until the worker has begun, and between alerts it is quiet again
PAUSE = 0.7


@contextmanager
def servers() -> Iterator[tuple[Settings, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-idle-"))
    folder.chmod(0o755)
    try:
        with embedded.postgres(folder / "pg") as url, embedded.valkey(folder / "valkey") as broker:
            yield replace(
                load({"TOCSIN_HOME": str(folder)}), database_url=url, redis_url=broker,
                secret="the secret of the benchmark that nobody else knows",
            ), folder  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def opened(settings: Settings) -> list[float]:
    """Seconds from each alert to its page in the database, one alert after the other."""
    async with open_core(settings) as core:
        for number in range(ALERTS):
            await asyncio.sleep(PAUSE)
            async with core.database.unit_of_work() as session:
                now = datetime.now(UTC)
                await open_alert(
                    session, brand_id=number + 1, monitor_id=None, signal="tool", level="red", title="Down",
                    evidence={}, since=now, now=now,
                )  # fmt: skip
    await asyncio.sleep(PAUSE)
    connection = await asyncpg.connect(str(settings.database_url))
    rows = await connection.fetch(_TOOK)
    await connection.close()
    return [float(one[0]) for one in rows]


_TOOK = """
  SELECT extract(epoch FROM p.created_at - a.opened_at) FROM page p JOIN alert a ON a.id = p.alert_id
"""


async def measure(settings: Settings, database: int) -> None:
    """With a provider that takes what it is given: refused pages would be followed by every other way."""
    await prepare(settings, ALERTS)
    async with Mailbox() as mail:
        worker = Child(["worker", "--only", "alarm"], environment(replace(settings, smtp_url=mail.url), 0))
        worker.start()
        try:
            await until_paging(str(settings.database_url), time.time())
            assert worker.process is not None
            pids = (worker.process.pid, database)
            while psutil.Process(worker.process.pid).children():  # noqa: ASYNC110 - it compiles, once
                await asyncio.sleep(1)
            await asyncio.sleep(SETTLED)
            before = [processor(pid) for pid in pids]
            await asyncio.sleep(SECONDS)
            used = [100 * (processor(pid) - was) / SECONDS for pid, was in zip(pids, before, strict=True)]
            row("an alarm worker with nothing to do", f"{used[0]:.1f} % of a core", "3 %")
            row("  its database", f"{used[1]:.1f} % of a core")
            took = await opened(settings)
            row("an alert is opened: its page is written, p50", f"{1000 * median(took):.0f} ms")
            row("  p95", f"{1000 * quantiles(took, n=20)[-1]:.0f} ms")
        finally:
            worker.ask_to_end()
            worker.end(time.monotonic() + 10)
            mail.take_all()


def main() -> int:
    log.configure("error", "text")
    with servers() as (settings, folder):
        asyncio.run(measure(settings, postmaster(folder)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
