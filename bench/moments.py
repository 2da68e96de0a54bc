"""When to kill: not by chance, which seldom hits the few milliseconds in which something could be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event, Lock

import asyncpg

PATIENCE = 120.0  # seconds until a moment has come
_KEY = 6_021  # of the advisory lock
_HOLD = f"""
  CREATE FUNCTION held_at_commit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock_shared({_KEY}); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER held_at_commit AFTER INSERT OR UPDATE ON %s
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held_at_commit()
"""
_HELD = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {_KEY} AND NOT granted"


class Strike:
    """A kill by the very thread that sees the moment come, at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kill: Callable[[], None] | None = None
        self._left = 0
        self._struck = Event()

    def arm(self, kill: Callable[[], None], at: int = 1) -> None:
        """Have it kill when the moment comes for the `at`-th time from now."""
        with self._lock:
            self._struck.clear()
            self._kill, self._left = kill, at

    def seen(self) -> bool:
        """The moment has come; whether this was the one."""
        with self._lock:
            self._left -= 1
            if self._kill is None or self._left > 0:
                return False
            self._kill()
            self._kill = None
        self._struck.set()
        return True

    def wait(self) -> None:
        if not self._struck.wait(PATIENCE):
            raise RuntimeError("the moment to kill has not come")


async def hold(url: str, table: str) -> None:
    """From now on `kill_at_commit` can stop whoever writes to this table."""
    connection = await asyncpg.connect(url)
    await connection.execute(_HOLD % table)
    await connection.close()


async def kill_at_commit(
    url: str, kill: Callable[[], None], begin: Callable[[], None] = lambda: None
) -> None:
    """Kill whoever writes to the held table when it has done all but commit, which it then never does.

    `begin`: what makes it write, called when it cannot slip through any more.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _KEY)
        begin()
        async with asyncio.timeout(PATIENCE):
            while not (held := await connection.fetch(_HELD)):  # noqa: ASYNC110 - a lock tells nobody
                await asyncio.sleep(0.01)
        kill()
        for row in held:
            await connection.execute("SELECT pg_terminate_backend($1, 10000)", row["pid"])
    finally:
        await connection.close()
