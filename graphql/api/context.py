"""What one GraphQL operation has at hand: who asks, the core, one session, and loaders.

Resolvers of a query run at the same time, a database session does not: `read` hands the operation's one
session to one resolver after the other. Each mutation field is a unit of work of its own (`change`);
what is asked of its result is read afresh after the commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import strawberry
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api.errors import TooMuch
from api.live import Hub
from api.loaders import Loaders
from kit.core import Core
from kit.db import ReadSession, WriteSession, in_the_way, passing
from kit.errors import Invalid, SignedOut, Unavailable
from kit.languages import Sentence
from people.permissions import Viewer, require_admin, require_house, require_responder
from people.signin import viewer_of
from people.tokens import viewer_by

MAX_LIFE = 15 * 60  # seconds that one subscription lives
RECHECK = 30  # seconds between two looks at whether the sign-in still stands

AWAY = Sentence("The database is away or busy just now. Try again in a minute.")
AWAY_IN_A_CHANGE = Sentence(
    "The database is away or busy just now. Try again in a minute, but look first whether it was saved."
)

MAX_READS = 1000  # of the database in one operation; our own pages need a few dozen


@dataclass
class Allowance:
    """What an operation may still read. An incident has alerts, an alert has an incident, and so on."""

    left: int = MAX_READS

    def take(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            raise TooMuch


# a variable of the task, because the operations of a WebSocket share their context
_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


class Context:
    """The `info.context` of every resolver."""

    def __init__(
        self,
        core: Core,
        hub: Hub,
        *,
        viewer: Viewer | None,
        token: str | None = None,
        bearer: str | None = None,
        on_token: Callable[[str | None], None] = lambda _: None,
        lasting: bool = False,
        language: str | None = None,
        client: str | None = None,
    ) -> None:
        self.core = core
        self.hub = hub
        self.maybe_viewer = viewer
        self.token = token
        self.bearer = bearer
        """The access token of a program: then no cookie counts."""
        self.lasting = lasting
        """Whether it outlives one operation, as a WebSocket's does: then who asks is looked up for each."""
        self.client = client
        """The asker's address in the network."""
        self._language = language
        self._on_token = on_token
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._session: ReadSession | None = None
        self._recheck, self._seats = time.monotonic() + RECHECK, hub.seats
        self.loaders = Loaders(self.read)

    @property
    def now(self) -> datetime:
        return self.core.clock.now()

    @property
    def by_program(self) -> bool:
        """Whether a program asks, with a token that may be of no use any more."""
        return self.bearer is not None

    @property
    def language(self) -> str:
        """In which what is composed for the asker is said: the page's own, else the viewer's."""
        return self._language or (self.maybe_viewer.language if self.maybe_viewer else "en")

    @property
    def viewer(self) -> Viewer:
        """Who asks; SignedOut when nobody is signed in."""
        if self.maybe_viewer is None:
            raise SignedOut("Sign in first.")
        return self.maybe_viewer

    @property
    def house(self) -> Viewer:
        """Who asks, of the house; Forbidden for a partner."""
        require_house(self.viewer)
        return self.viewer

    @property
    def responder(self) -> Viewer:
        """Who asks, with the right to act; Forbidden for executives and partners."""
        require_responder(self.viewer)
        return self.viewer

    @property
    def administrator(self) -> Viewer:
        require_admin(self.viewer)
        return self.viewer

    def new_token(self, token: str | None, viewer: Viewer | None) -> None:
        """The browser was signed in (or out, None): later fields and the answer's cookie follow."""
        self.token, self.maybe_viewer = token, viewer
        self._on_token(token)

    @asynccontextmanager
    async def read(self, cost: int = 1) -> AsyncIterator[ReadSession]:
        """The operation's read session, for one resolver at a time. A read of many rows has a higher cost.

        TooMuch when the operation has read too much, Unavailable when the database is away.
        """
        allowance = _allowance.get()
        if allowance is not None:
            allowance.take(cost)
        async with self._lock:
            try:
                if self._session is None:
                    self._session = await self._stack.enter_async_context(self.core.database.read())
                yield self._session
            except asyncio.CancelledError as error:
                await self._abandon(error)
                raise
            except (SQLAlchemyError, OSError) as error:
                await self._abandon(error)
                raise _readable(error, AWAY) from error

    async def _abandon(self, error: BaseException) -> None:
        """Drop the session in the middle of a read: a field that failed has ended its neighbours."""
        stack, self._stack, self._session = self._stack, AsyncExitStack(), None
        with suppress(asyncio.CancelledError, SQLAlchemyError):
            await stack.__aexit__(type(error), error, error.__traceback__)

    @asynccontextmanager
    async def change(self) -> AsyncIterator[WriteSession]:
        """A unit of work; reads after it see what it committed. Unavailable when the database is away."""
        await self.close()
        try:
            async with self.core.database.unit_of_work() as session:
                if self.maybe_viewer is not None and self.maybe_viewer.program is not None:
                    session.info["program"] = self.maybe_viewer.program
                yield session
        except (SQLAlchemyError, OSError) as error:
            raise _readable(error, AWAY_IN_A_CHANGE) from error

    async def looks(self) -> AsyncIterator[None]:
        """Once now and then whenever there may be news, each time with a fresh read session.

        Ends after MAX_LIFE, or when the viewer's sign-in has ended: the client then connects again, and is
        refused if it should be.
        """
        ends, viewer = time.monotonic() + MAX_LIFE, self.viewer
        async with self.hub.listening() as rung:
            while time.monotonic() < ends and await self._is_still(viewer):
                rung.clear()
                yield
                await self.close()
                await rung.wait()
                _allowance.set(Allowance())

    async def _is_still(self, viewer: Viewer) -> bool:
        """Whether the connection is still this person with these rights.

        Looked up when the bell says that rights have changed, and every RECHECK seconds in any case.
        """
        if time.monotonic() >= self._recheck or self._seats != self.hub.seats:
            await self.recheck()
        return self.maybe_viewer == viewer

    async def begin(self) -> None:
        """Get ready for one operation, asked by who is signed in now."""
        _allowance.set(Allowance())
        if self.lasting:
            await self.recheck()

    async def recheck(self) -> None:
        """Let the viewer be who the token belongs to now: nobody after a sign-out or an NDA's last day."""
        seats = self.hub.seats
        if self.bearer is not None:
            async with self.core.database.read() as session:
                self.maybe_viewer = await viewer_by(session, self.bearer, self.now)
        elif self.token is not None:
            async with self.core.database.read() as session:
                self.maybe_viewer = await viewer_of(session, self.token, self.now)
        # not before it is known: another subscription of this connection would go on as who it was
        self._recheck, self._seats = time.monotonic() + RECHECK, seats

    async def close(self) -> None:
        """Give back the read session and forget what was loaded with it.

        Where PostgreSQL has let go of its connection meanwhile (an operation that computes for long reads
        nothing), what was read still stands: there is nothing to commit.
        """
        async with self._lock:
            stack, self._stack, self._session = self._stack, AsyncExitStack(), None
            with suppress(DBAPIError):
                await stack.aclose()
            self.loaders = Loaders(self.read)


def _readable(error: SQLAlchemyError | OSError, away: Sentence) -> Exception:
    """A value that PostgreSQL cannot hold (SQLSTATE class 22: NUL, the year 9999999) is the asker's fault."""
    if isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", None) or "").startswith("22"):
        return Invalid("A character or a date in this cannot be stored or looked up.")
    return (
        Unavailable(away) if passing(error) and not in_the_way(error) else error
    )  # `twice` begins that again


Info = strawberry.Info[Context, None]
